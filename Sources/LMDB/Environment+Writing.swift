extension Environment {
  /// Runs `body` in a write transaction on the writer's thread, and waits for its commit.
  ///
  /// The body commits by returning and aborts by throwing. It may run more than once, because the
  /// transaction begins again when the map has to grow: it must have no effect outside the
  /// transaction.
  ///
  /// - Returns: what `body` returned, once that is durable.
  /// - Throws: `.commitOutcomeUnknown` when only reopening can tell whether it was committed;
  ///   `.readOnly`; `.closed`; whatever `body` throws.
  public func write<R: Sendable>(
    _ body: @Sendable (borrowing WriteTransaction) throws -> R
  ) throws -> R {
    precondition(
      core.role.current == .outside,
      "write was called from a body or a completion of the same environment, and would wait for "
        + "itself; use submit, or the transaction that the body has")
    return try withoutActuallyEscaping(body) { body in
      let outcome = Monitor<Result<R, any Error>?>(nil)
      submit(body) { result in outcome.withLock { $0 = result } }
      return try outcome.wait { $0 }.get()
    }
  }

  /// Runs `body` in a write transaction on the writer's thread, and suspends until its commit.
  ///
  /// The body is synchronous and may run more than once, as in the blocking form. Cancelling the
  /// task does not withdraw it.
  ///
  /// - Returns: what `body` returned, once that is durable.
  /// - Throws: as the blocking form.
  public func write<R: Sendable>(
    _ body: @escaping @Sendable (borrowing WriteTransaction) throws -> R
  ) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
      submit(body) { continuation.resume(with: $0) }
    }
  }

  /// Enqueues a write; writes run one after another, in the order of submission.
  ///
  /// Neither closure may wait for another write of this environment, but `completion` may read it.
  ///
  /// - Parameters:
  ///   - body: runs on the writer's thread, perhaps more than once: it must have no effect outside
  ///     the transaction. It commits by returning and aborts by throwing.
  ///   - completion: called once on the writer's thread, after the commit is durable or has failed;
  ///     on the caller's thread when the environment is closed or read-only.
  public func submit<R: Sendable>(
    _ body: @escaping @Sendable (borrowing WriteTransaction) throws -> R,
    completion: @escaping @Sendable (Result<R, any Error>) -> Void
  ) {
    let answer = Answer<R>()
    let job = WriteJob { transaction in
      answer.value = try body(transaction)
    } completion: { error in
      if let error {
        completion(.failure(error))
      } else if let value = answer.value {
        completion(.success(value))
      }
    }
    core.enqueue(job)
  }
}

/// What the last run of a body returned; the body and its completion run on one thread.
private final class Answer<R: Sendable>: @unchecked Sendable {
  var value: R?
}
