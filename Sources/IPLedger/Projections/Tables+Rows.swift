package import LMDB

// How rows are read: each with its checksum, and their absence with its proof.
//
// A damaged byte of a key leads a search astray, so that a row that is there is not found. Such a
// search ends beside the damaged key, so the rows on both sides of the place are verified, too: what
// is not there is known not to be there. What a damaged branch page hides is found where its
// neighbours do not enclose the place, else by `Ledger.check`.

extension Tables {
  /// A row, its checksum verified.
  package typealias Entry = (key: [UInt8], content: [UInt8])

  /// The content of a row; `nil` where it is proved that there is none.
  package func row(
    _ kind: Kind, _ key: [UInt8], in txn: borrowing ReadTransaction
  ) throws -> [UInt8]? {
    guard let value = try txn.get(self[kind], key) else {
      try visitSides(of: kind, .before, key, in: txn) { _, _, _ in }
      return nil
    }
    return try Row.open(value, under: key, of: kind.seed)
  }

  /// The content of a row; `nil` where none is found, which proves nothing: who goes on from there looks
  /// at what is around.
  package func rowIfFound(
    _ kind: Kind, _ key: [UInt8], in txn: borrowing ReadTransaction
  ) throws -> [UInt8]? {
    try txn.get(self[kind], key).map { try Row.open($0, under: key, of: kind.seed) }
  }

  /// Whether there is a row under a key.
  package func contains(
    _ kind: Kind, _ key: [UInt8], in txn: borrowing ReadTransaction
  ) throws -> Bool {
    try row(kind, key, in: txn) != nil
  }

  /// The row with the least key of a table.
  package func first(_ kind: Kind, in txn: borrowing ReadTransaction) throws -> Entry? {
    try verified(txn.first(self[kind]), of: kind)
  }

  /// The row with the least key that is not less than a key.
  package func ceiling(
    _ kind: Kind, _ key: [UInt8], in txn: borrowing ReadTransaction
  ) throws -> Entry? {
    try beside(.above, of: kind, .before, key, in: txn)
  }

  /// The row with the least key that is greater than a key.
  package func higher(
    _ kind: Kind, _ key: [UInt8], in txn: borrowing ReadTransaction
  ) throws -> Entry? {
    try beside(.above, of: kind, .after, key, in: txn)
  }

  /// The row with the greatest key that is less than a key.
  package func lower(
    _ kind: Kind, _ key: [UInt8], in txn: borrowing ReadTransaction
  ) throws -> Entry? {
    try beside(.below, of: kind, .before, key, in: txn)
  }

  /// The row with the greatest key that is not greater than a key.
  package func floor(
    _ kind: Kind, _ key: [UInt8], in txn: borrowing ReadTransaction
  ) throws -> Entry? {
    try beside(.below, of: kind, .after, key, in: txn)
  }

  /// Visits the rows of a range in order of their keys.
  package func scan(
    _ kind: Kind, _ range: KeyRange, reverse: Bool = false, in txn: borrowing ReadTransaction,
    _ body: (_ key: [UInt8], _ content: [UInt8]) throws -> ScanStep
  ) throws {
    var walk = try walk(kind, range, reverse: reverse, in: txn)
    try txn.scan(self[kind], walk.reach, reverse: reverse) { key, value in
      let content = try Row.open(value, under: key, of: kind.seed)
      return try walk.isWithin(key.span) ? try body(key, content) : .stop
    }
  }

  /// Visits the rows of a range in order of their keys, and lends both in place, which must not be kept.
  package func scanInPlace(
    _ kind: Kind, _ range: KeyRange, in txn: borrowing ReadTransaction,
    _ body: (_ key: Span<UInt8>, _ content: Span<UInt8>) throws -> ScanStep
  ) throws {
    var walk = try walk(kind, range, reverse: false, in: txn)
    try txn.scanSpans(self[kind], walk.reach) { key, value in
      let length = try Row.contentLength(of: value, under: key, of: kind.seed)
      guard try walk.isWithin(key) else { return .stop }
      return try body(key, value.extracting(..<length))
    }
  }

  /// A scan that sees whether the rows are in order, and where its range ends.
  private struct Walk {
    let kind: Kind
    let range: KeyRange
    let isReverse: Bool
    /// The key before, where there is one.
    private var previous: [UInt8]
    private var hasPrevious: Bool

    init(_ kind: Kind, _ range: KeyRange, isReverse: Bool, behind fence: [UInt8]?) {
      self.kind = kind
      self.range = range
      self.isReverse = isReverse
      previous = fence ?? []
      hasPrevious = fence != nil
    }

    /// What has to be looked at: one row too many proves that the range ends there.
    var reach: KeyRange {
      guard isReverse else { return .from(range.lower) }
      return range.upper.map { .between([], $0) } ?? .all
    }

    /// Whether the next row is within the range.
    mutating func isWithin(_ key: Span<UInt8>) throws -> Bool {
      if hasPrevious {
        let isInOrder =
          isReverse
          ? KeyOrder.precedes(key, previous.span) : KeyOrder.precedes(previous.span, key)
        guard isInOrder else {
          throw LedgerError.damagedRow(table: kind.rawValue, key: [UInt8](copying: key))
        }
      }
      hasPrevious = true
      previous.removeAll(keepingCapacity: true)
      previous.append(copying: key)
      guard !isReverse else { return !KeyOrder.precedes(key, range.lower.span) }
      return range.upper.map { KeyOrder.precedes(key, $0.span) } ?? true
    }
  }

  private func walk(
    _ kind: Kind, _ range: KeyRange, reverse: Bool, in txn: borrowing ReadTransaction
  ) throws -> Walk {
    let start = reverse ? range.upper : range.lower
    return Walk(
      kind, range, isReverse: reverse, behind: try fence(kind, start, reverse: reverse, in: txn))
  }

  /// Verifies the row on the far side of the place where a scan begins.
  private func fence(
    _ kind: Kind, _ start: [UInt8]?, reverse: Bool, in txn: borrowing ReadTransaction
  ) throws -> [UInt8]? {
    guard let start, !start.isEmpty else { return nil }
    var fence: [UInt8]?
    try visitSides(of: kind, .before, start, in: txn) { side, key, _ in
      if side == (reverse ? .above : .below) { fence = [UInt8](copying: key) }
    }
    return fence
  }

  /// Visits the rows on both sides of a gap, the one above first, both verified, and lends them in place.
  package func visitSides(
    of kind: Kind, _ gap: ReadTransaction.Gap, _ key: [UInt8], in txn: borrowing ReadTransaction,
    _ body: (
      _ side: ReadTransaction.Side, _ key: Span<UInt8>, _ content: Span<UInt8>
    ) throws -> Void
  ) throws {
    try txn.visitSides(of: self[kind], gap, key) { side, key, value in
      let length = try Row.contentLength(of: value, under: key, of: kind.seed)
      try body(side, key, value.extracting(..<length))
    }
  }

  /// The row on one side of a gap; that on the other side is verified, too.
  private func beside(
    _ side: ReadTransaction.Side, of kind: Kind, _ gap: ReadTransaction.Gap, _ key: [UInt8],
    in txn: borrowing ReadTransaction
  ) throws -> Entry? {
    var found: Entry?
    try visitSides(of: kind, gap, key, in: txn) { own, key, content in
      if own == side { found = ([UInt8](copying: key), [UInt8](copying: content)) }
    }
    return found
  }

  private func verified(_ entry: ReadTransaction.Entry?, of kind: Kind) throws -> Entry? {
    guard let entry else { return nil }
    return (entry.key, try Row.open(entry.value, under: entry.key, of: kind.seed))
  }

  /// Writes a row with its checksum.
  package func put(
    _ kind: Kind, _ key: [UInt8], _ content: [UInt8], in txn: borrowing WriteTransaction
  ) throws {
    try txn.put(self[kind], key, Row.seal(content, under: key, of: kind.seed))
  }
}
