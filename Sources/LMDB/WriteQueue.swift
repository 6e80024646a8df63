import Glibc

/// A write that waits for its turn.
///
/// The body is dropped before `finish` is called, so that a caller who lent it gets it back.
final class WriteJob: @unchecked Sendable {
  private var body: (@Sendable (borrowing WriteTransaction) throws -> Void)?
  private let completion: @Sendable ((any Error)?) -> Void

  init(
    body: @escaping @Sendable (borrowing WriteTransaction) throws -> Void,
    completion: @escaping @Sendable ((any Error)?) -> Void
  ) {
    self.body = body
    self.completion = completion
  }

  func run(_ transaction: borrowing WriteTransaction) throws {
    try body?(transaction)
  }

  func finish(_ error: (any Error)?) {
    body = nil
    completion(error)
  }
}

/// The writes in order of submission.
struct WriteQueue {
  /// Newest last.
  var jobs: [WriteJob] = []
  /// Whether no more jobs are taken.
  var isStopping = false
  /// Whether the environment has been closed.
  var hasFinished = false
}

extension EnvironmentCore {
  /// Starts the one thread on which transactions are begun and ended.
  ///
  /// A write transaction belongs to its thread: a commit on another returns success, and then the
  /// next writer blocks for ever. Hence a thread of our own, and no dispatch queue.
  func startWriter() throws(LMDBError) {
    let context = unsafe Unmanaged.passRetained(self)
    var thread = pthread_t()
    // Signals are for the program's threads; one here could interrupt a sync. Not those by which the
    // thread's own faults are told: blocked, they would end the process without a word.
    var everything = sigset_t()
    var previous = sigset_t()
    unsafe sigfillset(&everything)
    for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS] {
      unsafe sigdelset(&everything, fault)
    }
    unsafe pthread_sigmask(SIG_SETMASK, &everything, &previous)
    let result = unsafe pthread_create(
      &thread, nil,
      { context in
        guard let context = unsafe context else { return nil }
        let core = unsafe Unmanaged<EnvironmentCore>.fromOpaque(context).takeRetainedValue()
        core.writeUntilStopped()
        return nil
      }, context.toOpaque())
    unsafe pthread_sigmask(SIG_SETMASK, &previous, nil)
    guard result == 0 else {
      unsafe context.release()
      throw LMDBError(errno: result, subject: path, action: "starting the writer's thread")
    }
    pthread_detach(thread)
  }

  private func writeUntilStopped() {
    role.current = .writer
    FaultGuard.noteWriter()
    while let jobs = nextJobs() {
      for job in jobs { perform(job) }
    }
    finish()
  }

  /// Waits for jobs; `nil` when there will be none any more.
  private func nextJobs() -> [WriteJob]? {
    queue.wait { queue -> [WriteJob]?? in
      if !queue.jobs.isEmpty {
        let jobs = queue.jobs
        queue.jobs = []
        return .some(jobs)
      }
      return queue.isStopping ? .some(nil) : nil
    }
  }

  /// Adds a job to the queue, or finishes it with an error on the caller's thread.
  func enqueue(_ job: WriteJob) {
    let refusal: LMDBError? = queue.withLock { queue in
      if queue.isStopping {
        return LMDBError(.closed, "\(path): the environment has been closed; open it again")
      }
      if isReadOnly {
        return LMDBError(
          .readOnly, "\(path): opened read-only; open it without `readOnly` to write")
      }
      queue.jobs.append(job)
      return nil
    }
    if let refusal { job.finish(refusal) }
  }

  /// Takes no more writes, and closes the environment once those that wait are done.
  ///
  /// - Parameter waiting: whether to return only after that.
  func stop(waiting: Bool) {
    let wasRunning = queue.withLock { queue in
      defer { queue.isStopping = true }
      return !queue.isStopping
    }
    if isReadOnly, wasRunning { finish() }
    if waiting { queue.wait { $0.hasFinished ? () : nil } }
  }
}
