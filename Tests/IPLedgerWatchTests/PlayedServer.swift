import Foundation
import IPLedger
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization
import TestSupport

/// An API server that shows a ``PlayedCluster``, over TLS or without, and goes wrong as it is told.
final class PlayedServer: Sendable {
  /// How one answer goes.
  enum Behaviour: Sendable, Equatable {
    /// As it should.
    case good
    /// The server ends the watch after so many lines, as it ends slow ones.
    case endsAfter(lines: Int)
    /// The connection breaks after so many lines, and so many bytes of the next one.
    case breaksAfter(lines: Int, bytes: Int)
    /// What is sent comes in pieces of so many bytes.
    case trickles(bytes: Int)
    /// A refusal.
    case refuses(status: Int, retryAfter: Int?)
    /// The watch ends with an error that is none of the client's.
    case tellsError(afterLines: Int)
    /// The connection breaks before anything is answered.
    case breaks
    /// Nothing is answered for so long.
    case hangs(milliseconds: Int)
  }

  /// A request, and what came with it.
  struct Request: Sendable {
    let path: String
    let query: [String: String]
    let headers: [String: String]
  }

  typealias Part = HTTPServerRequestPart
  private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>
  private typealias Writer = NIOAsyncChannelOutboundWriter<HTTPServerResponsePart>

  let port: Int
  private let cluster: PlayedCluster
  private let clock: PlayedClock
  private let behave: @Sendable (Request) -> Behaviour
  private let seen = Mutex<[Request]>([])
  private let task: Task<Void, any Error>
  private let channel: any Channel

  /// What was asked so far.
  var requests: [Request] { seen.withLock { $0 } }

  /// Begins to answer at a port of this machine.
  ///
  /// - Parameters:
  ///   - cluster: What it shows.
  ///   - clock: What time it is there.
  ///   - tls: With which certificates.
  ///   - port: The port; any that is free where it is 0.
  ///   - behave: How each answer goes.
  /// - Throws: Where the port cannot be had.
  init(
    _ cluster: PlayedCluster, _ clock: PlayedClock, tls: TLSConfiguration? = nil,
    port: Int = 0, behave: @escaping @Sendable (Request) -> Behaviour = { _ in .good }
  ) async throws {
    self.cluster = cluster
    self.clock = clock
    self.behave = behave
    let context = try tls.map { try NIOSSLContext(configuration: $0) }
    let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .bind(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          if let context {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
          }
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          return try Connection(wrappingChannelSynchronously: channel)
        }
      }
    channel = server.channel
    self.port = server.channel.localAddress?.port ?? 0
    let handle = Handle()
    task = Task {
      try await withThrowingDiscardingTaskGroup { group in
        try await server.executeThenClose { connections in
          for try await connection in connections {
            group.addTask { await handle.server?.serve(connection) }
          }
        }
      }
    }
    handle.server = self
  }

  /// A way for the task to the server that it belongs to.
  private final class Handle: Sendable {
    private let value = Mutex<PlayedServer?>(nil)
    var server: PlayedServer? {
      get { value.withLock { $0 } }
      set { value.withLock { $0 = newValue } }
    }
  }

  /// Ends answering.
  func stop() async {
    await cluster.disconnect()
    try? await channel.close()
    task.cancel()
    _ = await task.result
  }

  // MARK: Answering

  private func serve(_ connection: Connection) async {
    try? await connection.executeThenClose { parts, writer in
      for try await part in parts {
        guard case .head(let head) = part else { continue }
        guard try await answer(head, writer) else { return }
      }
    }
  }

  /// Answers a request; whether the connection may be used again.
  private func answer(_ head: HTTPRequestHead, _ writer: Writer) async throws -> Bool {
    let request = Self.request(head)
    seen.withLock { $0.append(request) }
    let behaviour = behave(request)
    switch behaviour {
    case .breaks: return false
    case .hangs(let milliseconds):
      try await Task.sleep(for: .milliseconds(milliseconds))
    case .refuses(let status, let retryAfter):
      var headers = HTTPHeaders()
      if let retryAfter { headers.add(name: "Retry-After", value: "\(retryAfter)") }
      let body = Self.status(status, "played: \(status)")
      try await send(body, HTTPResponseStatus(statusCode: status), headers, writer)
      return true
    default: break
    }
    switch request.path {
    case "/api/v1/namespaces/kube-system":
      let body = #"{"kind":"Namespace","metadata":{"name":"kube-system","uid":"\#(Self.uid)"}}"#
      try await send(Array(body.utf8), .ok, HTTPHeaders(), writer)
      return true
    case "/api/v1/nodes" where request.query["watch"] != nil:
      return try await watchNodes(request, writer)
    case "/api/v1/nodes":
      try await listNodes(request, writer)
      return true
    case _ where request.query["watch"] != nil: return try await watch(request, behaviour, writer)
    case _ where request.path.hasSuffix("/pods"):
      try await list(request, writer)
      return true
    case _ where request.path.hasPrefix("/api/v1/nodes/"):
      let name = String(request.path.dropFirst("/api/v1/nodes/".count))
      guard let labels = await cluster.labels[name] else {
        try await send(Self.status(404, "no such node"), .notFound, HTTPHeaders(), writer)
        return true
      }
      try await send(Array(try Self.node(name, labels).utf8), .ok, HTTPHeaders(), writer)
      return true
    default:
      try await send(
        Self.status(404, "the server could not find it"), .notFound, HTTPHeaders(), writer)
      return true
    }
  }

  /// The uid of the played cluster's namespace `kube-system`.
  static let uid = "0b1d1f36-5c24-4f4e-9a39-7f0d7d4d9c11"

  private static func request(_ head: HTTPRequestHead) -> Request {
    let parts = head.uri.split(separator: "?", maxSplits: 1)
    var query: [String: String] = [:]
    for item in parts.dropFirst().first?.split(separator: "&") ?? [] {
      let pair = item.split(separator: "=", maxSplits: 1)
      query[String(pair[0])] = String(pair.dropFirst().first ?? "").removingPercentEncoding
    }
    let headers = head.headers.map { ($0.name.lowercased(), $0.value) }
    return Request(
      path: String(parts.first ?? ""), query: query,
      headers: Dictionary(headers, uniquingKeysWith: { "\($0),\($1)" }))
  }

  static func status(_ code: Int, _ message: String) -> [UInt8] {
    Array(
      #"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"\#(message)","code":\#(code)}"#
        .utf8)
  }

  private func send(
    _ body: [UInt8], _ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ writer: Writer
  ) async throws {
    var headers = headers
    headers.add(name: "Content-Length", value: "\(body.count)")
    try await begin(status, headers, writer)
    try await writer.write(.body(.byteBuffer(ByteBuffer(bytes: body))))
    try await writer.write(.end(nil))
  }

  private func begin(
    _ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ writer: Writer
  ) async throws {
    var headers = headers
    headers.add(name: "Date", value: Self.date(clock.now))
    headers.add(name: "Content-Type", value: "application/json")
    try await writer.write(
      .head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)))
  }

  /// The date of an answer.
  static func date(_ instant: Instant) -> String {
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let text = "\(instant)"
    let month = Int(text.dropFirst(5).prefix(2)) ?? 1
    return "Mon, \(text.dropFirst(8).prefix(2)) \(months[month - 1]) \(text.prefix(4)) "
      + "\(text.dropFirst(11).prefix(8)) GMT"
  }

  // MARK: Lists and watches

  private func list(_ request: Request, _ writer: Writer) async throws {
    let (pods, version) = await cluster.listing()
    let size = request.query["limit"].flatMap(Int.init) ?? pods.count
    // Small pages, so that there are several.
    let limit = size == 0 ? pods.count : min(size, 7)
    let token = request.query["continue"].map { $0.split(separator: ".").compactMap { UInt64($0) } }
    if let token, token.first != version {
      try await send(
        Self.status(410, "the continue token is too old"), .gone, HTTPHeaders(), writer)
      return
    }
    let start = token.map { Int($0[1]) } ?? 0
    let page = request.query["limit"] == nil ? pods[...] : pods[start...].prefix(limit)
    let next = start + page.count
    let more = next < pods.count ? #","continue":"\#(version).\#(next)""# : ""
    var body = Array(
      #"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"\#(version)"\#(more)},"items":["#
        .utf8)
    let kind = Array(#""kind":"Pod","apiVersion":"v1","#.utf8)
    for (index, pod) in page.enumerated() {
      if index > 0 { body.append(UInt8(ascii: ",")) }
      // The items of a list name no kind.
      let members = pod.object.dropFirst()
      body.append(UInt8(ascii: "{"))
      body += members.starts(with: kind) ? members.dropFirst(kind.count) : members
    }
    body += "]}".utf8
    try await send(body, .ok, HTTPHeaders(), writer)
  }

  private func watch(
    _ request: Request, _ behaviour: Behaviour, _ writer: Writer
  ) async throws -> Bool {
    let generation = await cluster.connections
    var version = request.query["resourceVersion"].flatMap(UInt64.init) ?? 0
    var headers = HTTPHeaders()
    headers.add(name: "Transfer-Encoding", value: "chunked")
    try await begin(.ok, headers, writer)
    var lines = 0
    while true {
      switch behaviour {
      case .endsAfter(lines):
        try await writer.write(.end(nil))
        return true
      case .tellsError(lines):
        try await write(
          PlayedCluster.line("ERROR", Self.status(500, "etcd has no leader")), behaviour, writer)
        try await writer.write(.end(nil))
        return true
      default: break
      }
      switch await cluster.next(after: version, in: generation) {
      case .end: return false
      case .gone:
        let gone = Self.status(410, "too old resource version: \(version)")
        try await write(PlayedCluster.line("ERROR", gone), behaviour, writer)
        try await writer.write(.end(nil))
        return true
      case .change(let change):
        if case .breaksAfter(lines, let bytes) = behaviour {
          let part = Array(change.line.prefix(bytes))
          try await write(part, behaviour, writer)
          return false
        }
        try await write(change.line, behaviour, writer)
        version = change.version
        lines += 1
      }
    }
  }

  // MARK: Nodes

  /// A node as who asks for its metadata gets it.
  private static func node(
    _ name: String, _ labels: [String: String], version: UInt64 = 1
  ) throws -> String {
    let text = String(decoding: try JSONEncoder().encode(labels), as: UTF8.self)
    return #"{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":"#
      + #"{"name":"\#(name)","labels":\#(text),"resourceVersion":"\#(version)"}}"#
  }

  private func listNodes(_ request: Request, _ writer: Writer) async throws {
    let (labels, version) = (await cluster.labels, await cluster.nodeVersion)
    let nodes = labels.sorted { $0.key < $1.key }
    let start = request.query["continue"].flatMap(Int.init) ?? 0
    let page = try nodes[start...].prefix(2).map { try Self.node($0.key, $0.value) }
    let next = start + page.count
    let more = next < nodes.count ? #","continue":"\#(next)""# : ""
    let body =
      #"{"kind":"PartialObjectMetadataList","metadata":{"resourceVersion":"\#(version)"\#(more)},"#
      + #""items":[\#(page.joined(separator: ","))]}"#
    try await send(Array(body.utf8), .ok, HTTPHeaders(), writer)
  }

  private func watchNodes(_ request: Request, _ writer: Writer) async throws -> Bool {
    let generation = await cluster.connections
    var version = request.query["resourceVersion"].flatMap(UInt64.init) ?? 0
    var headers = HTTPHeaders()
    headers.add(name: "Transfer-Encoding", value: "chunked")
    try await begin(.ok, headers, writer)
    while let change = await cluster.nextNode(after: version, in: generation) {
      let node = try Self.node(change.name, change.labels, version: change.version)
      try await write(PlayedCluster.line(change.type, Array(node.utf8)), .good, writer)
      version = change.version
    }
    return false
  }

  private func write(_ line: [UInt8], _ behaviour: Behaviour, _ writer: Writer) async throws {
    guard case .trickles(let bytes) = behaviour else {
      try await writer.write(.body(.byteBuffer(ByteBuffer(bytes: line))))
      return
    }
    var rest = line[...]
    while !rest.isEmpty {
      try await writer.write(.body(.byteBuffer(ByteBuffer(bytes: rest.prefix(bytes)))))
      rest = rest.dropFirst(bytes)
      await Task.yield()
    }
  }
}
