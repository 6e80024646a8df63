// What a line of the audit log says of pods: what it shows, or what it leaves open (R8a).

/// What became of an audited request, as far as its line tells.
enum AuditOutcome {
  /// Its answer shows what it did.
  case shown
  /// It did nothing to a pod, for this reason.
  case nothing(Skip)
  /// It may have done this, and its line does not show it.
  case unseen(UnseenWrite.Effect, Skip)
}

extension AuditEvent {
  /// What is asked of a pod without changing it, though the verb is that of a change.
  private static let conversations: Set = ["attach", "exec", "log", "portforward", "proxy"]
  /// What changes a pod, but neither its status nor whether it is there.
  private static let otherFields: Set = ["binding", "ephemeralcontainers", "resize"]

  var outcome: AuditOutcome {
    // Of a request that panicked, this is the last stage.
    guard stage == "ResponseComplete" || stage == "Panic" else { return .nothing(.otherStage) }
    guard let objectRef, objectRef.isPods, let effect = effect(of: objectRef) else {
      return .nothing(.otherRequest)
    }
    let code = responseCode ?? 0
    if (400..<500).contains(code) {
      // A refused eviction may have written its condition into the pod.
      return objectRef.subresource == "eviction"
        ? .unseen(.otherFields, .failedRequest) : .nothing(.failedRequest)
    }
    guard !isDryRun else { return .nothing(.dryRun) }
    // The server gave up waiting, or failed on its way: it may be stored, or stored for some pods.
    guard code < 500, stage != "Panic" else { return .unseen(effect, .unclearRequest) }
    switch response {
    case .pod, .podList: return .shown
    case .other: return .unseen(effect, .otherRequest)
    case .none: return .unseen(effect, .noResponseObject)
    }
  }

  /// What such a request can do; nil for one that changes no pod.
  private func effect(of object: AuditObjectReference) -> UnseenWrite.Effect? {
    let subresource = object.subresource ?? ""
    guard let verb, !Self.conversations.contains(subresource) else { return nil }
    switch (verb, subresource) {
    case ("create", "eviction"), ("delete", ""), ("deletecollection", ""):
      return .deletion(grace)
    case ("create", ""): return .creation
    case ("create", _), ("update", _), ("patch", _), ("delete", _), ("deletecollection", _):
      if Self.otherFields.contains(subresource) { return .otherFields }
      return subresource.isEmpty ? .object : .status
    default: return nil
    }
  }

  /// How much time a deletion leaves.
  var grace: UnseenWrite.Grace {
    guard let deleteRequest else { return .unknown }
    return deleteRequest.gracePeriodSeconds.map { .seconds($0) } ?? .own
  }
}
