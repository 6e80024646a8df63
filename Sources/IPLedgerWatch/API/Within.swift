/// Does something, and gives it up when it takes too long.
///
/// - Parameters:
///   - limit: How long it may take.
///   - body: What is done; it ends soon when its task is cancelled.
/// - Returns: What came of it; `nil` where it was given up.
/// - Throws: What `body` throws.
@discardableResult
func within<Result: Sendable>(
  _ limit: Duration, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result? {
  try await withThrowingTaskGroup(of: Result?.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await Task.sleep(for: limit)
      return nil
    }
    defer { group.cancelAll() }
    return try await group.next() ?? nil
  }
}
