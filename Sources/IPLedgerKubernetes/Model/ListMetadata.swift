/// What a list said about itself before its items: kubectl tells nearly all of it behind them.
public struct ListHeader: Sendable, Equatable {
  /// `PodList` or `List`, if it was told yet.
  public var kind: String?

  /// The version at which the list was taken, if it was told yet.
  public var resourceVersion: String?

  /// What asks for the next page, if it was told yet.
  public var continueToken: String?
}

/// What a list said about itself, known at its end.
public struct ListMetadata: Sendable, Equatable {
  /// `PodList` from the API, `List` from kubectl.
  public var kind: String

  /// The version at which the list was taken; nil in kubectl's.
  public var resourceVersion: String?

  /// What asks for the next page; nil on the last one.
  public var continueToken: String?

  /// How many items the further pages have, where the server says so.
  public var remainingItemCount: Int?

  /// How many items were read from this page.
  public var itemCount: Int
}

/// A list without its items: what stands before them, behind them, or both.
struct ListEnvelope: Equatable {
  var kind: String?
  var apiVersion: String?
  var resourceVersion: String?
  var continueToken: String?
  var remainingItemCount: Int?
}

extension ListEnvelope {
  init(_ fields: some ObjectFields) throws {
    kind = try fields.text("kind")
    apiVersion = try fields.text("apiVersion")
    let metadata = try fields.object("metadata")
    resourceVersion = try metadata?.text("resourceVersion")
    continueToken = try metadata?.text("continue")
    remainingItemCount = try metadata?.integer("remainingItemCount")
  }

  /// Takes over what the other part says.
  mutating func merge(_ other: ListEnvelope) {
    kind = other.kind ?? kind
    apiVersion = other.apiVersion ?? apiVersion
    resourceVersion = other.resourceVersion ?? resourceVersion
    continueToken = other.continueToken ?? continueToken
    remainingItemCount = other.remainingItemCount ?? remainingItemCount
  }
}
