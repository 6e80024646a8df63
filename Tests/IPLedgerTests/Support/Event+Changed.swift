import IPLedger

extension Event {
  /// The same fact about another pod.
  func renamed(_ identity: PodIdentity, _ uid: PodUID) -> Event {
    switch self {
    case .created(var event):
      (event.identity, event.uid) = (identity, uid)
      return .created(event)
    case .deleting(var event):
      (event.identity, event.uid) = (identity, uid)
      return .deleting(event)
    case .completed(var event):
      (event.identity, event.uid) = (identity, uid)
      return .completed(event)
    case .deleted(var event):
      (event.identity, event.uid) = (identity, uid)
      return .deleted(event)
    case .expired, .watched, .pool: return self
    }
  }

  /// The same fact with other evidence.
  func with(_ change: (inout Evidence) -> Void) -> Event {
    switch self {
    case .created(var event):
      change(&event.evidence)
      return .created(event)
    case .deleting(var event):
      change(&event.evidence)
      return .deleting(event)
    case .completed(var event):
      change(&event.evidence)
      return .completed(event)
    case .deleted(var event):
      change(&event.evidence)
      return .deleted(event)
    case .expired, .watched, .pool: return self
    }
  }
}
