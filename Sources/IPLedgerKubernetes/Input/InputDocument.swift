/// One thing that an input says, and where it stood.
public struct InputDocument: Sendable, Equatable {
  /// The line, from 1, on which it begins.
  public var line: Int

  /// What it says.
  public var content: Content

  package init(line: Int, content: Content) {
    self.line = line
    self.content = content
  }

  /// What an input can say.
  public enum Content: Sendable, Equatable {
    /// A watch event, with the time at which it was received if the line has one.
    case watchEvent(type: WatchEventType, object: WatchObject, receivedAt: String?)

    /// A pod of a stream that does not tell what happened to it.
    case pod(PodObject)

    /// A list begins; what it says about itself may come at its end only.
    case listBegin(ListHeader)

    /// A pod of the list.
    case listItem(PodObject)

    /// A node, in a list of kubectl's that has both.
    case listItemNode(NodeObject)

    /// An item of another kind, in a list of kubectl's with several.
    case listItemOther(kind: String)

    /// The list ended, and all of it was read.
    case listEnd(ListMetadata)

    /// An event of the audit log.
    case auditEvent(AuditEvent)

    /// The format whose inputs have such content.
    public var format: InputFormat {
      switch self {
      case .watchEvent: .watch
      case .pod: .pods
      case .listBegin, .listItem, .listItemNode, .listItemOther, .listEnd: .list
      case .auditEvent: .audit
      }
    }
  }
}
