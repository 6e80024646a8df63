import Testing

@testable import IPLedgerCLI

/// Commands that messages tell to run.
@Suite(.serialized) struct AdviceTests {
  @Test(
    arguments: [
      (nil, "'ipledger check'"), ("dm", "'ipledger check --ledger dm'"),
      ("my ledger", "'ipledger check --ledger 'my ledger''"), ("", "'ipledger check --ledger '''"),
    ] as [(String?, String)])
  func `a command names the ledger, as a shell reads it`(_ path: String?, _ command: String) {
    #expect(Advice(ledger: path).command("check") == command)
  }

  @Test func `what a library says is completed, but not what it tells of`() {
    let advice = Advice(ledger: "dm")
    #expect(
      advice.completed("run 'ipledger check', then 'ipledger replay --rebuild'")
        == "run 'ipledger check --ledger dm', then 'ipledger replay --rebuild --ledger dm'")
    let text = "as 'ipledger export' wrote it; 'ipledger check --ledger other' tells more"
    #expect(advice.completed(text) == text)
    #expect(Advice().completed("run 'ipledger check'") == "run 'ipledger check'")
  }
}
