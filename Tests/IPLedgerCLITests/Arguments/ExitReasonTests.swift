import Testing

@testable import IPLedger
@testable import IPLedgerCLI

/// Which error ends with which code.
@Suite(.serialized) struct ExitReasonTests {
  @Test func `each error of the ledger has its code`() throws {
    let identity = try PodIdentity(cluster: ClusterName("c"), namespace: "n", name: "p")
    let uid = try PodUID("u")
    let expected: [(LedgerError, ExitReason)] = [
      (.damagedRow(table: "t", key: [1]), .inputOutput),
      (.unreadableEvent(Position(1), .unknownVersion(9)), .inputOutput),
      (.missingEvent(Position(1)), .inputOutput), (.noLedger(path: "p"), .inputOutput),
      (.notALedger(path: "p"), .inputOutput), (.newerLayout(found: 2, known: 1), .inputOutput),
      (.identityChanged(uid: uid, known: identity, found: identity), .badData),
      (.notReleased(identity, why: "w"), .refused),
      (.positionAhead(Position(2), head: Position(1)), .usage),
    ]
    for (error, status) in expected {
      #expect(Failure(error).status == status)
      #expect(Failure(error).message == "\(error)")
    }
  }

  @Test func `what nobody expects is an internal error`() {
    struct Surprise: Error {}
    #expect(Failure(Surprise()).status == .internalError)
  }

  @Test func `the codes are those of sysexits`() {
    let all: [ExitReason] = [.refused, .usage, .badData, .internalError, .inputOutput]
    #expect(all.map(\.rawValue) == [1, 64, 65, 70, 74])
  }
}
