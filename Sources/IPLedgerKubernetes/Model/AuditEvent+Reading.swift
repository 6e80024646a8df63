extension AuditEvent: Decodable {
  /// Reads the event; the objects in it only where they are about pods.
  public init(from decoder: any Decoder) throws {
    try self.init(CodedFields(decoder))
  }

  init(_ event: some ObjectFields) throws {
    level = try event.text("level")
    auditID = try event.text("auditID")
    stage = try event.text("stage")
    verb = try event.text("verb")
    requestURI = try event.text("requestURI")
    objectRef = try event.object("objectRef").map { try AuditObjectReference($0) }
    responseCode = try event.object("responseStatus").map { try StatusObject($0) }?.code
    requestReceivedTimestamp = try event.text("requestReceivedTimestamp")
    stageTimestamp = try event.text("stageTimestamp")
    isDryRun = Self.asksForDryRun(requestURI)
    deleteRequest = nil
    response = .none
    guard let objectRef, objectRef.isPods else { return }

    // Only of these requests is the body known to be an object: a patch may be an array.
    if objectRef.subresource == "eviction" {
      deleteRequest = try event.object("requestObject").map { eviction in
        try eviction.object("deleteOptions").map { try DeleteRequest($0) }
          ?? DeleteRequest(gracePeriodSeconds: nil, isDryRun: false)
      }
    } else if verb == "delete" || verb == "deletecollection" {
      // Options without a body stand in the query.
      deleteRequest =
        try event.object("requestObject").map { try DeleteRequest($0) }
        ?? Self.query("gracePeriodSeconds", of: requestURI).flatMap { Int($0) }
        .map { DeleteRequest(gracePeriodSeconds: $0, isDryRun: false) }
    }
    if deleteRequest?.isDryRun == true { isDryRun = true }
    response = try Self.response(in: event, isDryRun: isDryRun)
  }

  private static func response(
    in event: some ObjectFields, isDryRun: Bool
  ) throws -> AuditResponse {
    guard let object = try event.object("responseObject") else { return .none }
    let kind = try object.text("kind") ?? ""
    switch kind {
    case "Pod" where !isDryRun:
      return .pod(try PodObject(object))
    case "PodList" where !isDryRun:
      return .podList(
        resourceVersion: try ListEnvelope(object).resourceVersion,
        try object.objects("items") { try PodObject($0) })
    default:
      // A pod that was never stored has no resource version: it cannot be read as one.
      return .other(kind: kind)
    }
  }

  private static func asksForDryRun(_ requestURI: String?) -> Bool {
    !(query("dryRun", of: requestURI) ?? "").isEmpty
  }

  /// The value of a parameter in the query of a URI.
  private static func query(_ name: String, of requestURI: String?) -> Substring? {
    guard let query = requestURI?.split(separator: "?", maxSplits: 1).dropFirst().first else {
      return nil
    }
    return query.split(separator: "&").lazy
      .map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
      .first { $0.count == 2 && $0[0] == name }
      .map { $0[1] }
  }
}

extension AuditObjectReference {
  init(_ fields: some ObjectFields) throws {
    resource = try fields.string("resource")
    subresource = try fields.string("subresource")
    namespace = try fields.string("namespace")
    name = try fields.string("name")
    uid = try fields.string("uid")
    apiGroup = try fields.string("apiGroup")
  }
}

extension DeleteRequest {
  /// Reads `DeleteOptions`.
  init(_ options: some ObjectFields) throws {
    gracePeriodSeconds = try options.integer("gracePeriodSeconds")
    isDryRun = try !options.strings("dryRun").isEmpty
  }
}
