/// One event of the API server's audit log, `audit.k8s.io/v1`.
///
/// Its objects are read for pods only; times are texts as they stand in the event.
public struct AuditEvent: Sendable, Equatable {
  /// How much the server's policy logs: `Metadata`, `Request` or `RequestResponse`.
  public var level: String?

  /// The same for all stages of one request.
  public var auditID: String?

  /// When in the request it was written, such as `ResponseComplete`.
  public var stage: String?

  /// `create`, `update`, `patch`, `delete`, `deletecollection`, `get`, `list` or `watch`.
  public var verb: String?

  /// The path and query that were asked for.
  public var requestURI: String?

  /// What it was about; nil for requests that are about no object, such as `/healthz`.
  public var objectRef: AuditObjectReference?

  /// The HTTP status of the response.
  public var responseCode: Int?

  /// When the server had the request, RFC 3339 in microseconds.
  public var requestReceivedTimestamp: String?

  /// When this stage was reached, RFC 3339 in microseconds.
  public var stageTimestamp: String?

  /// Whether the request asked that nothing be changed, in its query or in its options.
  public var isDryRun: Bool

  /// How the deletion of a pod was asked for; nil where that was not logged.
  public var deleteRequest: DeleteRequest?

  /// What the server answered about a pod.
  public var response: AuditResponse
}

/// What a request was about.
public struct AuditObjectReference: Sendable, Equatable {
  /// Such as `pods`.
  public var resource: String?

  /// Such as `status` or `binding`; nil for the object itself.
  public var subresource: String?

  /// Its namespace.
  public var namespace: String?

  /// Its name; nil for collections and for names that the server makes.
  public var name: String?

  /// Its incarnation, where the request names it.
  public var uid: String?

  /// The API group of the resource; nil for the core group.
  public var apiGroup: String?

  /// Whether it is pods: those of the core group, not the metrics of pods.
  public var isPods: Bool { resource == "pods" && (apiGroup ?? "").isEmpty }
}

/// How a deletion was asked for: the options of a delete or of an eviction.
public struct DeleteRequest: Sendable, Equatable {
  /// The grace that was asked for, in seconds; nil for the pod's own.
  public var gracePeriodSeconds: Int?

  /// Whether it was only tried.
  public var isDryRun: Bool
}

/// What the server answered.
public enum AuditResponse: Sendable, Equatable {
  /// The pod after the request; for a deletion with grace, the pod that is asked to go.
  case pod(PodObject)

  /// Pods: for `deletecollection`, as they were *before* the deletion.
  case podList(resourceVersion: String?, [PodObject])

  /// An object of another kind, such as a `Status`; or a pod that a dry run shows.
  case other(kind: String)

  /// Nothing was logged, as at the level `Metadata`; or it was not about pods.
  case none
}
