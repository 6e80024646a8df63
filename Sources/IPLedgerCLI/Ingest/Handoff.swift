import Foundation
import Synchronization

/// Hands what was read from a thread that blocks to a task that must not, a bounded amount at a
/// time.
///
/// So parsing goes on while a commit is on its way, and a slow input never keeps what was read
/// before from being recorded.
final class Handoff<Item: Sendable>: Sendable {
  /// What the task finds when it looks.
  enum Delivery: Sendable {
    /// What was read since it looked last.
    case items([Item])
    /// Nothing came for a while.
    case idle
    /// Nothing more will come.
    case end
  }

  /// How many items wait at the most.
  private let capacity: Int

  private struct State {
    var waiting: [Item] = []
    var isClosed = false
    var isTicking = false
    var isReaderWaiting = false
    var consumer: CheckedContinuation<Void, Never>?

    mutating func wake() {
      consumer.take()?.resume()
    }

    /// Lets the reader go on; whether it waits at all.
    mutating func releaseReader() -> Bool {
      defer { isReaderWaiting = false }
      return isReaderWaiting
    }
  }

  private let state = Mutex(State())
  private let room = DispatchSemaphore(value: 0)

  /// A hand-off in which so many items wait at the most.
  init(capacity: Int) {
    self.capacity = capacity
  }

  /// Adds something that was read; blocks the calling thread while too much waits.
  ///
  /// - Returns: Whether anybody still wants to know.
  func put(_ item: Item) -> Bool {
    let (isClosed, hasToWait) = state.withLock { state in
      if state.isClosed { return (true, false) }
      state.waiting.append(item)
      state.wake()
      state.isReaderWaiting = state.waiting.count >= capacity
      return (false, state.isReaderWaiting)
    }
    if hasToWait { room.wait() }
    return !isClosed
  }

  /// Says that nothing more will come, or that nobody wants to know any more.
  func close() {
    let isReaderWaiting = state.withLock { state in
      state.isClosed = true
      state.wake()
      return state.releaseReader()
    }
    if isReaderWaiting { room.signal() }
  }

  /// Wakes a task that waits, with ``Delivery/idle``.
  func tick() {
    state.withLock { state in
      state.isTicking = true
      state.wake()
    }
  }

  /// What was read since the last call, as soon as there is anything.
  func take() async -> Delivery {
    while true {
      if let delivery = deliver() { return delivery }
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          if !state.waiting.isEmpty || state.isClosed || state.isTicking { return true }
          state.consumer = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    }
  }

  private func deliver() -> Delivery? {
    let (delivery, isReaderWaiting) = state.withLock { state -> (Delivery?, Bool) in
      if !state.waiting.isEmpty {
        let items = state.waiting
        state.waiting = []
        return (.items(items), state.releaseReader())
      }
      if state.isClosed { return (.end, false) }
      defer { state.isTicking = false }
      return (state.isTicking ? .idle : nil, false)
    }
    if isReaderWaiting { room.signal() }
    return delivery
  }
}
