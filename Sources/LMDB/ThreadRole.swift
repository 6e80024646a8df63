import Glibc

/// What the current thread is doing in one environment, so that a call that could only hang fails.
final class ThreadRole: Sendable {
  /// The roles, small integers in a thread-specific pointer.
  enum Role: Int {
    /// Nothing.
    case outside = 0
    /// It runs the body of a read.
    case reading
    /// It runs the body of a write.
    case writing
    /// It is the writer's thread, between bodies.
    case writer
  }

  private let key: pthread_key_t

  init() throws(LMDBError) {
    var key = pthread_key_t()
    let result = unsafe pthread_key_create(&key, nil)
    guard result == 0 else {
      throw LMDBError(errno: result, subject: "a thread-specific key", action: "creating")
    }
    self.key = key
  }

  deinit { pthread_key_delete(key) }

  /// The role of the current thread.
  var current: Role {
    get {
      let value = unsafe Int(bitPattern: pthread_getspecific(key))
      return Role(rawValue: value) ?? .outside
    }
    set { unsafe pthread_setspecific(key, UnsafeRawPointer(bitPattern: newValue.rawValue)) }
  }
}
