import Synchronization

/// Those who wait for a pod's addresses, each in a queue of its pod: the first of a queue tries,
/// the others wait for it.
package final class WaitingRoom: Sendable {
  /// A place in a queue.
  struct Ticket: Hashable, Sendable {
    fileprivate let key: Key
    fileprivate let number: UInt64
  }

  /// What is waited for: the reservation of an identity on a class of nodes.
  struct Key: Hashable, Sendable {
    let identity: PodIdentity
    let nodeClass: NodeClass
  }

  private struct State {
    var nextNumber: UInt64 = 0
    var nextSleep: UInt64 = 0
    var queues: [Key: [UInt64]] = [:]
    /// Who sleeps, by ticket.
    var sleepers: [UInt64: Sleeper] = [:]
    /// The sleeps that were cancelled before they began.
    var cancelled: Set<UInt64> = []
    /// The last position with news of each pod that somebody waits for.
    var news: [PodIdentity: Position] = [:]
  }

  /// Somebody who sleeps, and the head of the log that was seen before.
  private struct Sleeper {
    let sleep: UInt64
    let seen: Position
    let continuation: CheckedContinuation<Void, Never>
  }

  private let state = Mutex(State())

  /// Queues up.
  func enter(_ key: Key) -> Ticket {
    state.withLock { state in
      state.nextNumber += 1
      state.queues[key, default: []].append(state.nextNumber)
      return Ticket(key: key, number: state.nextNumber)
    }
  }

  /// Leaves the queue; the next one has its turn.
  func leave(_ ticket: Ticket) {
    let next = state.withLock { state in
      var queue = state.queues[ticket.key] ?? []
      queue.removeAll { $0 == ticket.number }
      state.queues[ticket.key] = queue.isEmpty ? nil : queue
      let isAwaited = state.queues.keys.contains { $0.identity == ticket.key.identity }
      if !isAwaited { state.news[ticket.key.identity] = nil }
      return queue.first.flatMap { state.sleepers.removeValue(forKey: $0)?.continuation }
    }
    next?.resume()
  }

  /// Whether it is somebody's turn.
  func isFirst(_ ticket: Ticket) -> Bool {
    state.withLock { $0.queues[ticket.key]?.first == ticket.number }
  }

  /// How many sleep.
  package var count: Int { state.withLock { $0.sleepers.count } }

  /// Sleeps until there is news of its pod after a position, or it is one's turn, or the task is cancelled.
  ///
  /// - Parameters:
  ///   - ticket: Who sleeps.
  ///   - seen: The head of the log that the last try knew of.
  ///   - hasTried: Whether it tried when it was its turn; if not, it does not sleep when it is.
  func sleep(_ ticket: Ticket, after seen: Position, hasTried: Bool) async {
    let sleep = state.withLock { state in
      state.nextSleep += 1
      return state.nextSleep
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isAwake = state.withLock { state in
          if state.cancelled.contains(sleep) { return true }
          let isTurn = state.queues[ticket.key]?.first == ticket.number
          let news = state.news[ticket.key.identity] ?? .origin
          if isTurn, !hasTried || news > seen { return true }
          state.sleepers[ticket.number] = Sleeper(
            sleep: sleep, seen: seen, continuation: continuation)
          return false
        }
        if isAwake { continuation.resume() }
      }
    } onCancel: {
      let sleeper = state.withLock { state -> CheckedContinuation<Void, Never>? in
        state.cancelled.insert(sleep)
        guard state.sleepers[ticket.number]?.sleep == sleep else { return nil }
        return state.sleepers.removeValue(forKey: ticket.number)?.continuation
      }
      sleeper?.resume()
    }
    state.withLock { state in _ = state.cancelled.remove(sleep) }
  }

  /// The log has come to a position with news of some pods: the first of each queue of theirs tries
  /// again.
  func notify(_ head: Position, of identities: Set<PodIdentity>) {
    let awake = state.withLock { state in
      var awake: [CheckedContinuation<Void, Never>] = []
      guard !state.queues.isEmpty else { return awake }
      for identity in identities {
        for nodeClass in NodeClass.allCases {
          let key = Key(identity: identity, nodeClass: nodeClass)
          guard let first = state.queues[key]?.first else { continue }
          state.news[identity] = head
          guard let sleeper = state.sleepers[first], sleeper.seen < head else { continue }
          state.sleepers[first] = nil
          awake.append(sleeper.continuation)
        }
      }
      return awake
    }
    for continuation in awake { continuation.resume() }
  }
}
