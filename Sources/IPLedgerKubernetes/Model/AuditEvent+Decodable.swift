extension AuditEvent: Decodable {
  private enum CodingKeys: String, CodingKey {
    case level
    case auditID
    case stage
    case verb
    case requestURI
    case objectRef
    case responseStatus
    case requestReceivedTimestamp
    case stageTimestamp
    case requestObject
    case responseObject
  }

  /// Reads the event; the objects in it only where they are about pods.
  public init(from decoder: any Decoder) throws {
    let event = try decoder.container(keyedBy: CodingKeys.self)
    level = try event.text(.level)
    auditID = try event.text(.auditID)
    stage = try event.text(.stage)
    verb = try event.text(.verb)
    requestURI = try event.text(.requestURI)
    objectRef = try event.decodeIfPresent(AuditObjectReference.self, forKey: .objectRef)
    responseCode = try event.decodeIfPresent(StatusObject.self, forKey: .responseStatus)?.code
    requestReceivedTimestamp = try event.text(.requestReceivedTimestamp)
    stageTimestamp = try event.text(.stageTimestamp)
    isDryRun = Self.asksForDryRun(requestURI)
    deleteRequest = nil
    response = .none
    guard let objectRef, objectRef.isPods else { return }

    // Only of these requests is the body known to be an object: a patch may be an array.
    if objectRef.subresource == "eviction" {
      deleteRequest = try event.decodeIfPresent(Eviction.self, forKey: .requestObject)
        .map { $0.deleteOptions ?? DeleteRequest(gracePeriodSeconds: nil, isDryRun: false) }
    } else if verb == "delete" || verb == "deletecollection" {
      // Options without a body stand in the query.
      deleteRequest =
        try event.decodeIfPresent(DeleteRequest.self, forKey: .requestObject)
        ?? Self.query("gracePeriodSeconds", of: requestURI).flatMap { Int($0) }
        .map { DeleteRequest(gracePeriodSeconds: $0, isDryRun: false) }
    }
    if deleteRequest?.isDryRun == true { isDryRun = true }
    response = try Self.response(in: event, isDryRun: isDryRun)
  }

  private static func response(
    in event: KeyedDecodingContainer<CodingKeys>, isDryRun: Bool
  ) throws -> AuditResponse {
    guard let object = try event.object(.responseObject, keyedBy: TypeKey.self) else {
      return .none
    }
    let kind = try object.text(.kind) ?? ""
    switch kind {
    case "Pod" where !isDryRun:
      return .pod(try event.decode(PodObject.self, forKey: .responseObject))
    case "PodList" where !isDryRun:
      let list = try event.decode(PodList.self, forKey: .responseObject)
      return .podList(resourceVersion: list.resourceVersion, list.items)
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

extension DeleteRequest: Decodable {
  private enum CodingKeys: String, CodingKey {
    case gracePeriodSeconds
    case dryRun
  }

  /// Reads `DeleteOptions`.
  public init(from decoder: any Decoder) throws {
    let options = try decoder.container(keyedBy: CodingKeys.self)
    gracePeriodSeconds = try options.decodeIfPresent(Int.self, forKey: .gracePeriodSeconds)
    let stages: [String] = try options.list(.dryRun)
    isDryRun = !stages.isEmpty
  }
}

private struct Eviction: Decodable {
  var deleteOptions: DeleteRequest?
}

private struct PodList: Decodable {
  var resourceVersion: String?
  var items: [PodObject]

  private enum CodingKeys: String, CodingKey {
    case items
  }

  init(from decoder: any Decoder) throws {
    resourceVersion = try ListEnvelope(from: decoder).resourceVersion
    items = try decoder.container(keyedBy: CodingKeys.self).list(.items)
  }
}
