import FoundationEssentials
import Logging

/// The labels of nodes, which tell the class of a node better than its name (R17).
///
/// Each node is asked for when a pod on it is seen for the first time. Who may not read nodes goes by their
/// names; that is said once.
actor NodeLabels {
  private let server: APIServer
  private let logger: Logger
  private var isForbidden = false

  init(_ server: APIServer, logger: Logger) {
    self.server = server
    self.logger = logger
  }

  /// The labels of a node; `nil` where it is gone, or where nobody may know.
  ///
  /// - Throws: ``WatchError`` where it can be asked for again.
  func labels(of name: String) async throws -> [String: String]? {
    struct Node: Decodable {
      struct Metadata: Decodable { var labels: [String: String]? }
      var metadata: Metadata
    }
    guard !isForbidden else { return nil }
    do {
      let path = "/api/v1/nodes/\(Percent.encoded(name))"
      let (_, bytes) = try await server.body(path, limit: 16 << 20)
      return (try? JSONDecoder().decode(Node.self, from: Data(bytes)))?.metadata.labels ?? [:]
    } catch let error as WatchError where error.code == .forbidden {
      isForbidden = true
      logger.notice(
        "nodes may not be read, so their names tell their class: allow get of nodes to change that")
      return nil
    } catch let error as WatchError where error.code == .unexpected {
      // It went away meanwhile.
      return nil
    }
  }
}
