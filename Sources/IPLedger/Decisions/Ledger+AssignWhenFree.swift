extension Ledger {
  /// Gives a new pod its addresses as ``assign(_:)`` does, but where it had to wait, waits: until the old
  /// incarnation is gone.
  ///
  /// Those who wait in this process for one pod's addresses get their turn in the order in which they came.
  /// What this process commits wakes them at once; for what other processes do the head of the log is
  /// looked at, and for what time alone changes the clock, once a second. Who takes nothing from those
  /// who came earlier is answered at once: with what it has already, with other addresses, or refused.
  ///
  /// - Parameters:
  ///   - request: Who asks, and for what. Later tries are as of the ledger's clock, where that is
  ///     later.
  ///   - polling: How long it may take until another process's news are seen.
  /// - Returns: The decision, never ``Decision/waiting(_:)``.
  /// - Throws: `CancellationError` where the task is cancelled while it waits; else as
  ///   ``assign(_:)``.
  public func assignWhenFree(
    _ request: AssignRequest, polling: Duration = .milliseconds(20)
  ) async throws -> Decision {
    let ticket = waitingRoom.enter(
      WaitingRoom.Key(identity: request.identity, nodeClass: request.effectiveNodeClass))
    defer { waitingRoom.leave(ticket) }
    var request = request
    while true {
      try Task.checkCancellation()
      let seen = try head
      let isTurn = waitingRoom.isFirst(ticket)
      if isTurn || takesNothing(request) {
        let decision = try await assign(request)
        guard case .waiting = decision else { return decision }
      }
      await sleep(ticket, request, after: seen, hasTried: isTurn, polling)
      request.instant = max(request.instant, clock())
    }
  }

  /// Sleeps until there is news, from this process or from another.
  private func sleep(
    _ ticket: WaitingRoom.Ticket, _ request: AssignRequest, after seen: Position, hasTried: Bool,
    _ polling: Duration
  ) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.waitingRoom.sleep(ticket, after: seen, hasTried: hasTried) }
      group.addTask {
        var known = seen
        var looked = ContinuousClock.now
        while !Task.isCancelled {
          try? await Task.sleep(for: polling)
          // Looking costs no write; whose turn it is not would only look in vain.
          guard self.waitingRoom.isFirst(ticket) else { continue }
          // What cannot be read is told by the next try.
          guard let head = try? self.head else { return }
          let now = ContinuousClock.now
          guard head > known || looked.duration(to: now) >= .seconds(1) else { continue }
          (known, looked) = (head, now)
          if self.mayHaveChanged(for: request) { return }
        }
      }
      await group.next()
      group.cancelAll()
    }
  }

  /// Whether what it would be told is not what those who came earlier wait for.
  private func takesNothing(_ request: AssignRequest) -> Bool {
    let decision = try? read { view in try view.preview(request) }
    switch decision {
    case .refused, .fresh: return true
    case .reused(let assignment): return !assignment.isNew
    case .waiting, nil: return false
    }
  }

  /// Whether a try would not be told to wait.
  private func mayHaveChanged(for request: AssignRequest) -> Bool {
    var request = request
    request.instant = max(request.instant, clock())
    let decision = try? read { view in try view.preview(request) }
    // What cannot be read is told by the next try.
    guard case .waiting? = decision else { return true }
    return false
  }
}
