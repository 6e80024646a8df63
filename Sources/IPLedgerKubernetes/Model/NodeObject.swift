/// What the ledger needs of a node's object: its labels tell its class (R17).
public struct NodeObject: Sendable, Equatable {
  /// Its name.
  public var name: String

  /// Its labels.
  public var labels: [String: String]
}

extension NodeObject {
  init(_ fields: some ObjectFields) throws {
    guard let metadata = try fields.object("metadata"), let name = try metadata.text("name") else {
      throw InputFault.missing("name", in: "a node")
    }
    self.name = name
    labels = try metadata.map("labels")
  }
}
