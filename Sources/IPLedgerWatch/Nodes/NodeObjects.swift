import FoundationEssentials

/// The little that is read of a node: its metadata.
struct NodeMetadata: Decodable {
  struct Metadata: Decodable {
    var name: String?
    var labels: [String: String]?
    var resourceVersion: String?
  }

  var metadata: Metadata?
}

/// A page of a list of nodes.
struct NodePage: Decodable {
  struct Metadata: Decodable {
    enum CodingKeys: String, CodingKey {
      case resourceVersion
      case continueToken = "continue"
    }

    var resourceVersion: String?
    var continueToken: String?
  }

  var metadata: Metadata
  var items: [NodeMetadata]?
}

/// A line of a watch of nodes.
struct NodeLine: Decodable {
  var type: String
  var object: NodeMetadata
}

extension Decodable {
  /// Reads it from what a server answered; `nil` where it is something else.
  init?(answered bytes: [UInt8]) {
    guard let value = try? JSONDecoder().decode(Self.self, from: Data(bytes)) else { return nil }
    self = value
  }
}
