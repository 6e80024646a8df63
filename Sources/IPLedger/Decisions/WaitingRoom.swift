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
    var queues: [Key: [UInt64]] = [:]
    /// Who sleeps, and the head of the log that each has seen.
    var sleepers: [UInt64: (seen: Position, continuation: CheckedContinuation<Void, Never>)] = [:]
    /// Those whose task was cancelled before they fell asleep.
    var cancelled: Set<UInt64> = []
    var head = Position.origin
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
      state.cancelled.remove(ticket.number)
      var queue = state.queues[ticket.key] ?? []
      queue.removeAll { $0 == ticket.number }
      state.queues[ticket.key] = queue.isEmpty ? nil : queue
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

  /// Sleeps until the log goes on after a position, or it is one's turn, or the task is cancelled.
  func sleep(_ ticket: Ticket, after seen: Position) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isAwake = state.withLock { state in
          if state.cancelled.contains(ticket.number) { return true }
          let isTurn = state.queues[ticket.key]?.first == ticket.number
          if isTurn, state.head > seen { return true }
          state.sleepers[ticket.number] = (seen, continuation)
          return false
        }
        if isAwake { continuation.resume() }
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        state.cancelled.insert(ticket.number)
        return state.sleepers.removeValue(forKey: ticket.number)?.continuation
      }
      sleeper?.resume()
    }
  }

  /// The log has come to a position: the first of each queue tries again.
  func notify(_ head: Position) {
    let awake = state.withLock { state in
      guard head > state.head else { return [CheckedContinuation<Void, Never>]() }
      state.head = head
      guard !state.sleepers.isEmpty else { return [] }
      var awake: [CheckedContinuation<Void, Never>] = []
      for queue in state.queues.values {
        guard let first = queue.first, let sleeper = state.sleepers[first], sleeper.seen < head
        else { continue }
        state.sleepers[first] = nil
        awake.append(sleeper.continuation)
      }
      return awake
    }
    for continuation in awake { continuation.resume() }
  }
}
