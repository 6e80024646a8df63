import Synchronization

/// Requests that wait for the writer: whatever has come in while one commit is on its way shares
/// the next one, so that many callers cost one synchronous write.
final class GroupCommit: Sendable {
  /// One caller's events: they are recorded together or not at all.
  struct Request: Sendable {
    let events: [Event]
    let completion: @Sendable (Result<[Recording], any Error>) -> Void
  }

  /// How many events go into one transaction, so that its dirty pages stay within bounds.
  static let maximumEvents = 4096

  private struct State {
    var waiting: [Request] = []
    var isDraining = false
  }

  private let state = Mutex(State())

  /// Adds a request.
  ///
  /// - Returns: Whether the caller has to start a drain, because none is going on.
  func enqueue(_ request: Request) -> Bool {
    state.withLock { state in
      state.waiting.append(request)
      defer { state.isDraining = true }
      return !state.isDraining
    }
  }

  /// Takes the next requests that fit one transaction; when there are none, the drain is over.
  func next() -> [Request] {
    state.withLock { state in
      var count = 0
      var taken = 0
      for request in state.waiting {
        guard taken == 0 || count + request.events.count <= Self.maximumEvents else { break }
        count += request.events.count
        taken += 1
      }
      let batch = Array(state.waiting.prefix(taken))
      state.waiting.removeFirst(taken)
      if batch.isEmpty { state.isDraining = false }
      return batch
    }
  }
}
