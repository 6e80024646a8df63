import Glibc

/// State behind a lock, with waiting until a condition holds: a POSIX mutex and condition variable.
///
/// `Synchronization.Mutex` has no condition variable, and the thread sanitizer cannot see it.
@safe
final class Monitor<State>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var state: State

  init(_ state: sending State) {
    unsafe mutex = .allocate(capacity: 1)
    unsafe condition = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(condition, nil)
    self.state = state
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Changes the state, then wakes whoever waits for a change.
  func withLock<R, E: Error>(_ body: (inout State) throws(E) -> R) throws(E) -> R {
    unsafe pthread_mutex_lock(mutex)
    defer {
      unsafe pthread_mutex_unlock(mutex)
      unsafe pthread_cond_broadcast(condition)
    }
    return try body(&state)
  }

  /// Waits until `body` answers with something, asking again after each change.
  func wait<R, E: Error>(until body: (inout State) throws(E) -> R?) throws(E) -> R {
    unsafe pthread_mutex_lock(mutex)
    defer {
      unsafe pthread_mutex_unlock(mutex)
      unsafe pthread_cond_broadcast(condition)
    }
    while true {
      if let result = try body(&state) { return result }
      unsafe pthread_cond_wait(condition, mutex)
    }
  }
}
