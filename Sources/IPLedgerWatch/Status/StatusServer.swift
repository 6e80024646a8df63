public import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
public import ServiceLifecycle

/// Answers `/metrics`, `/healthz` and `/readyz`.
public struct StatusServer: Service {
  private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>

  private let board: StatusBoard
  private let port: Int
  private let logger: Logger

  /// A server at a port of all addresses of this machine; at any that is free where it is 0, which is logged.
  public init(_ board: StatusBoard, port: Int, logger: Logger) {
    self.board = board
    self.port = port
    self.logger = logger
  }

  /// Answers until the task is cancelled or shut down.
  ///
  /// - Throws: ``WatchError`` where the port is taken.
  public func run() async throws {
    let server: NIOAsyncChannel<Connection, Never>
    do {
      server = try await listen()
    } catch {
      throw WatchError(
        .configuration,
        "the port \(port) of --metrics-port cannot be had: \(APIServer.words(of: error))",
        remedy: "choose another one")
    }
    logger.info("metrics", metadata: ["port": "\(server.channel.localAddress?.port ?? port)"])
    do {
      try await cancelWhenGracefulShutdown {
        try await withThrowingDiscardingTaskGroup { group in
          try await server.executeThenClose { connections in
            for try await connection in connections {
              group.addTask { await serve(connection) }
            }
          }
          group.cancelAll()
        }
      }
    } catch is CancellationError {
      // As it was meant.
    }
  }

  /// Listens at all addresses: IPv6's `::` is IPv4's, too, where the machine has both.
  private func listen() async throws -> NIOAsyncChannel<Connection, Never> {
    do {
      return try await listen(at: "::")
    } catch {
      return try await listen(at: "0.0.0.0")
    }
  }

  private func listen(at host: String) async throws -> NIOAsyncChannel<Connection, Never> {
    try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .bind(host: host, port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          return try Connection(wrappingChannelSynchronously: channel)
        }
      }
  }

  private func serve(_ connection: Connection) async {
    // A client that goes away is none of our business.
    try? await connection.executeThenClose { parts, writer in
      for try await part in parts {
        guard case .head(let head) = part else { continue }
        let (status, body) = await answer(head)
        let headers = HTTPHeaders([
          ("Content-Type", "text/plain; version=0.0.4; charset=utf-8"),
          ("Content-Length", "\(body.utf8.count)"),
        ])
        try await writer.write(
          .head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)))
        try await writer.write(.body(.byteBuffer(ByteBuffer(string: body))))
        try await writer.write(.end(nil))
      }
    }
  }

  private func answer(_ head: HTTPRequestHead) async -> (HTTPResponseStatus, String) {
    guard head.method == .GET else { return (.methodNotAllowed, "only GET\n") }
    switch head.uri.prefix(while: { $0 != "?" }) {
    case "/metrics":
      do {
        return (.ok, try await board.metrics())
      } catch {
        logger.error("metrics: \(error)")
        return (.internalServerError, "the ledger cannot be read\n")
      }
    case "/healthz": return board.isHealthy() ? (.ok, "ok\n") : (.serviceUnavailable, "not well\n")
    case "/readyz":
      return await board.isReady() ? (.ok, "ok\n") : (.serviceUnavailable, "not ready\n")
    default: return (.notFound, "/metrics, /healthz or /readyz\n")
    }
  }
}
