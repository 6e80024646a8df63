import Testing

@testable import IPLedger

/// R21: the row of what was said of an incarnation, and where.
struct `rows of evidence` {
  private static let statements = [
    EvidenceRows.Statement(
      position: Position(7), version: ResourceVersion(1_000), kind: .created, digest: 0xDEAD_BEEF),
    EvidenceRows.Statement(
      position: Position(300), version: ResourceVersion(998), kind: .deleting, digest: 1),
    EvidenceRows.Statement(
      position: Position(301), version: ResourceVersion(epoch: .max, 0), kind: .deleted, digest: 2),
  ]

  @Test func `it is read as it was written, whatever the versions`() throws {
    #expect(try EvidenceRows.decode(EvidenceRows.encode(Self.statements)) == Self.statements)
    #expect(try EvidenceRows.decode([]) == [])
    #expect(EvidenceRows.encode(Array(Self.statements.prefix(2))).count < 24)
  }

  @Test func `one that is cut, out of order or of an unknown kind is refused`() {
    let row = EvidenceRows.encode(Self.statements)
    for length in [1, 5, row.count - 1] {
      #expect(throws: (any Error).self) { try EvidenceRows.decode(Array(row.prefix(length))) }
    }
    var unknown = row
    unknown[0] = 200
    #expect(throws: (any Error).self) { try EvidenceRows.decode(unknown) }
    var twice = row
    twice[1] = 0
    #expect(throws: (any Error).self) { try EvidenceRows.decode(twice) }
  }
}
