/// A JSON object that stands by itself in an input, told by its fields and never by a name.
enum TopLevelObject: Sendable, Equatable {
  case document(InputDocument.Content)

  /// A list whose `items` are null: Go's way to write that there are none.
  case emptyList(ListEnvelope)

  /// The `apiVersion` of the audit events that are read.
  static let auditVersion = "audit.k8s.io/v1"

  /// The kinds of a list of pods: the API's and kubectl's.
  static let listKinds = ["PodList", "List"]

  static let auditListKind = "EventList"
}

extension TopLevelObject {
  init(_ fields: some ObjectFields) throws {
    if fields.contains("type"), fields.contains("object") {
      self = .document(try Self.watchEvent(fields))
      return
    }
    let kind = try fields.text("kind")
    let apiVersion = try fields.text("apiVersion")
    switch kind {
    case "Pod":
      self = .document(.pod(try PodObject(fields)))
    case "Event" where apiVersion == Self.auditVersion:
      self = .document(.auditEvent(try AuditEvent(fields)))
    case "Status":
      throw InputFault.refused(by: try StatusObject(fields))
    case let kind? where (Self.listKinds + [Self.auditListKind]).contains(kind):
      guard fields.contains("items"), try fields.isNull("items") else {
        throw InputFault.missing("list of items", in: "a \(kind)")
      }
      self = .emptyList(try ListEnvelope(fields))
    default:
      throw InputFault.unexpected(kind: kind, apiVersion: apiVersion, in: nil)
    }
  }

  private static func watchEvent(_ fields: some ObjectFields) throws -> InputDocument.Content {
    let name = try fields.requiredString("type")
    guard let type = WatchEventType(rawValue: name) else {
      throw InputFault.unknownWatchType(name)
    }
    return .watchEvent(
      type: type, object: try WatchObject(fields.requiredObject("object"), type: type),
      receivedAt: try fields.text("receivedAt"))
  }
}
