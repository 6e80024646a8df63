import LMDB
import Synchronization

/// Requests that wait for the writer: whatever comes in while one commit is on its way, or while the next
/// one is being written, shares that one, so that many callers cost one synchronous write.
final class GroupCommit: Sendable {
  /// What one caller wants written: all of it or nothing.
  struct Request: Sendable {
    /// About how many events it writes.
    let weight: Int
    /// Writes them.
    ///
    /// It may be called again, in another transaction, where one that shared the first was refused.
    let body: @Sendable (inout LogWriter, borrowing WriteTransaction) throws -> Void
    /// Told when what was written is durable, or that nothing was.
    let completion: @Sendable (Result<Void, any Error>) -> Void
  }

  /// The requests that share one transaction.
  final class Group: Sendable {
    private struct Members {
      var requests: [Request] = []
      /// About how many events they write.
      var weight = 0

      mutating func add(_ more: [Request]) {
        requests += more
        weight += more.reduce(0) { $0 + $1.weight }
      }
    }

    private let members = Mutex(Members())

    init(_ requests: [Request]) { add(requests) }

    /// All of them so far.
    var requests: [Request] { members.withLock(\.requests) }

    /// One of them; `nil` behind the last.
    fileprivate func request(_ index: Int) -> Request? {
      members.withLock { members in
        members.requests.indices.contains(index) ? members.requests[index] : nil
      }
    }

    /// How many events may still join them.
    fileprivate var room: Int {
      members.withLock { GroupCommit.maximumEvents - $0.weight }
    }

    fileprivate func add(_ requests: [Request]) {
      members.withLock { $0.add(requests) }
    }
  }

  /// How many events go into one transaction, so that its dirty pages stay within bounds.
  static let maximumEvents = 4096

  private struct State {
    var waiting: [Request] = []
    var isDraining = false

    /// Takes the requests at the front that have room, whatever the first one takes where `isFirst`.
    mutating func take(room: Int, isFirst: Bool) -> [Request] {
      var count = 0
      var taken = 0
      for request in waiting {
        guard (isFirst && taken == 0) || count + request.weight <= room else { break }
        count += request.weight
        taken += 1
      }
      defer { waiting.removeFirst(taken) }
      return Array(waiting.prefix(taken))
    }
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
  func next() -> Group? {
    state.withLock { state in
      let requests = state.take(room: Self.maximumEvents, isFirst: true)
      if requests.isEmpty { state.isDraining = false }
      return requests.isEmpty ? nil : Group(requests)
    }
  }

  /// The request of a group at an index; behind its last, one that has come in meanwhile and now belongs to
  /// the group, if there is one that fits.
  func request(_ index: Int, of group: Group) -> Request? {
    if let known = group.request(index) { return known }
    let room = group.room
    group.add(state.withLock { $0.take(room: room, isFirst: false) })
    return group.request(index)
  }
}

extension Ledger {
  /// Writes something in a transaction that it may share with others; returns when it is durable.
  ///
  /// - Parameters:
  ///   - weight: About how many events it writes.
  ///   - body: Writes, and says what to return. A ``LedgerError`` that it throws is its own; any other
  ///     error is that of all who share the transaction.
  /// - Returns: What the body returned.
  /// - Throws: What the body threw; ``StorageError`` where the storage fails.
  func commit<Value: Sendable>(
    weight: Int = 1,
    _ body: @escaping @Sendable (inout LogWriter, borrowing WriteTransaction) throws -> Value
  ) async throws -> Value {
    let slot = Slot<Value>()
    try await withCheckedThrowingContinuation {
      (continuation: CheckedContinuation<Void, any Error>) in
      let request = GroupCommit.Request(weight: weight) { writer, txn in
        let value = try body(&writer, txn)
        slot.value.withLock { $0 = value }
      } completion: {
        continuation.resume(with: $0)
      }
      if writes.enqueue(request) { drain() }
    }
    guard let value = slot.value.withLock({ $0 }) else {
      preconditionFailure("a request that succeeded has left what it returns")
    }
    return value
  }

  /// Where a request leaves what it returns.
  private final class Slot<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
  }

  /// Writes the next group of waiting requests, and so on until none waits.
  ///
  /// - Returns: Whether one is on its way.
  @discardableResult
  func drain() -> Bool {
    guard let group = writes.next() else { return false }
    commit(group)
    return true
  }

  private func commit(_ group: GroupCommit.Group) {
    environment.submit { [self] txn in
      var writer = try LogWriter(self, in: txn)
      var index = 0
      while let request = writes.request(index, of: group) {
        do {
          try request.body(&writer, txn)
        } catch let error as LedgerError {
          throw RefusedRequest(index: index, cause: error)
        }
        index += 1
      }
      try writer.finish(in: txn)
      return (writer.head, writer.identities)
    } completion: { [self] result in
      let requests = group.requests
      switch result {
      case .success(let (head, identities)):
        waitingRoom.notify(head, of: identities)
        finish(requests, isWriterNeeded: drain())
      case .failure(let refused as RefusedRequest):
        requests[refused.index].completion(.failure(refused.cause))
        var others = requests
        others.remove(at: refused.index)
        if others.isEmpty { drain() } else { commit(GroupCommit.Group(others)) }
      case .failure(let error):
        for request in requests { request.completion(.failure(error)) }
        drain()
      }
    }
  }

  /// Tells callers that what they wanted is durable.
  ///
  /// To wake many takes about as long as to write for them: another thread does it where the writer's has
  /// something to write.
  private func finish(_ requests: [GroupCommit.Request], isWriterNeeded: Bool) {
    guard isWriterNeeded, requests.count > 1 else {
      for request in requests { request.completion(.success(())) }
      return
    }
    Task {
      for request in requests { request.completion(.success(())) }
    }
  }

  /// One request of a group that cannot be written: the others are tried again without it.
  private struct RefusedRequest: Error {
    let index: Int
    let cause: LedgerError
  }
}
