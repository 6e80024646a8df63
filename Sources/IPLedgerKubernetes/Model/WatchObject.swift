/// What a watch event says about its object.
public enum WatchEventType: String, Sendable, CaseIterable {
  /// The watch shows the object for the first time; it need not be new.
  case added = "ADDED"

  /// The object changed.
  case modified = "MODIFIED"

  /// The object is gone, or it left the watch's selection.
  case deleted = "DELETED"

  /// Nothing but how far the watch has come.
  case bookmark = "BOOKMARK"

  /// The watch ends with a `Status`.
  case error = "ERROR"
}

/// The object of a watch event.
public enum WatchObject: Sendable, Equatable {
  /// A pod as it is after the event; for a deletion its last state.
  case pod(PodObject)

  /// A node: its labels tell the class of the pods on it.
  case node(NodeObject)

  /// How far the watch has come, and whether the objects that were there at its start are all told.
  case bookmark(resourceVersion: String?, initialEventsEnd: Bool)

  /// From here on `ipledger watch` keeps what it sees: whatever begins anew says so.
  case opening(WatchOpening)

  /// `ipledger watch` had to leave something out here, at this change where that can be told.
  case passedOver(resourceVersion: String?)

  /// Why the server ends the watch.
  case status(StatusObject)

  /// The object of an error that is no `Status`.
  case other(kind: String)
}

/// The API server's `Status`: how an operation ended.
public struct StatusObject: Sendable, Equatable {
  /// The HTTP status that it stands for, such as 410.
  public var code: Int?

  /// One word for why, such as `Expired`.
  public var reason: String?

  /// Why, in words.
  public var message: String?

  /// HTTP's "gone": the resource version or the continue token is too old.
  public static let gone = 410
}

extension StatusObject {
  init(_ fields: some ObjectFields) throws {
    code = try fields.integer("code")
    reason = try fields.string("reason")
    message = try fields.string("message")
  }
}

extension WatchObject {
  /// The annotation of the bookmark behind which all objects of the start have been told.
  private static let initialEventsEnd = "k8s.io/initial-events-end"

  /// The annotation of a bookmark that says that something was left out.
  package static let passedOver = "ipledger/passed-over"

  /// Reads the object beside a `type`.
  init(_ object: some ObjectFields, type: WatchEventType) throws {
    let kind = try object.text("kind")
    switch type {
    case .added, .modified, .deleted:
      switch kind {
      case "Pod": self = .pod(try PodObject(object))
      case "Node": self = .node(try NodeObject(object))
      default:
        throw InputFault.unexpected(
          kind: kind, apiVersion: try object.text("apiVersion"), in: .watch)
      }
    case .bookmark:
      let metadata = try object.object("metadata")
      let annotations = try metadata?.map("annotations") ?? [:]
      let version = try metadata?.text("resourceVersion")
      if let opening = WatchOpening(annotations: annotations) {
        self = .opening(opening)
      } else if annotations[Self.passedOver] == "true" {
        self = .passedOver(resourceVersion: version)
      } else {
        self = .bookmark(
          resourceVersion: version,
          initialEventsEnd: annotations[Self.initialEventsEnd] == "true")
      }
    case .error where kind == "Status":
      self = .status(try StatusObject(object))
    case .error:
      self = .other(kind: kind ?? "")
    }
  }
}
