import FoundationEssentials
import IPLedger
import Logging

/// The labels of nodes, which tell the class of a node better than its name (R17).
///
/// Each node is asked for when a pod on it is seen for the first time. Who may not read nodes goes by their
/// names; that is said once.
actor NodeLabels {
  /// A node is asked for so often where it cannot be had.
  private static let attempts = 3
  private static let pause = Duration.milliseconds(300)

  private let server: APIServer
  private let logger: Logger
  private var isForbidden = false

  init(_ server: APIServer, logger: Logger) {
    self.server = server
    self.logger = logger
  }

  /// The class of a node by its labels; `nil` where they do not tell it, or cannot be had just now.
  ///
  /// - Throws: `CancellationError`.
  func nodeClass(of name: String) async throws -> NodeClass? {
    struct Node: Decodable {
      struct Metadata: Decodable { var labels: [String: String]? }
      var metadata: Metadata
    }
    for attempt in 1...Self.attempts where !isForbidden {
      do {
        let path = "/api/v1/nodes/\(Percent.encoded(name))"
        let (_, bytes) = try await server.body(path, limit: 16 << 20)
        if let node = try? JSONDecoder().decode(Node.self, from: Data(bytes)) {
          return NodeClass(nodeLabels: node.metadata.labels ?? [:])
        }
      } catch let error as WatchError where error.code == .forbidden {
        isForbidden = true
        logger.notice(
          "nodes may not be read, so their names tell their class: allow get of nodes to change that"
        )
        return nil
      } catch let error as WatchError where error.code == .unexpected {
        // It went away meanwhile.
        return nil
      } catch is WatchError {
        // A label is no reason to keep anything from being recorded for long.
      }
      if attempt < Self.attempts { try await Task.sleep(for: Self.pause) }
    }
    if !isForbidden {
      logger.warning("the node \(name) cannot be read, so its name tells its class")
    }
    return nil
  }
}
