import ArgumentParser
import IPLedger
import IPLedgerArchive

/// Records that a pod is gone.
struct Delete: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Record that a pod is completely gone: its addresses are kept, or free.",
    discussion: """
      Answers retained with a deadline, released, unchanged (nothing that was not known) or \
      refused. The period counts from when the deletion was first asked for (R15).

      Exit codes: 0 retained, released or unchanged, 1 refused.

      JSON has result, deadline, addresses, reason, position and message: what 'ipledger apply' \
      answers; CSV has the same.

      Examples:
        ipledger delete default/web-0 --uid $uid
        ipledger delete default/web-0 --uid $uid --requested-at '30s ago' -o json
      """)

  @OptionGroup var pod: PodOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("When the deletion was asked for, where that was before.", valueName: "t"),
    transform: TimeExpression.init(parsing:))
  var requestedAt: TimeExpression?

  @Flag(help: "It was removed by force.")
  var forced = false

  @OptionGroup var options: LedgerOptions

  func run() async throws {
    let ledger = try options.openToWrite()
    let notice = try pod.notice(in: ledger, requestedAt: requestedAt, options)
    let disposition = try await ledger.delete(notice, forced: forced)
    try options.finish(with: NoticeAnswer(disposition: disposition))
  }
}
