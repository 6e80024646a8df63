import ArgumentParser
import IPLedger
import IPLedgerArchive

/// Records that a pod's deletion was asked for.
struct Terminate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "terminate",
    abstract: "Record that a pod was asked to go: it still has its addresses (R9).",
    discussion: """
      The period for which its addresses are kept will count from here (R15). Answers unchanged, \
      or refused with exit code 1; JSON and CSV are those of 'ipledger delete'.

      Example:
        ipledger terminate default/web-0 --uid $uid
      """)

  @OptionGroup var pod: PodOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("When the deletion was asked for, where that was before.", valueName: "t"),
    transform: TimeExpression.init(parsing:))
  var requestedAt: TimeExpression?

  @OptionGroup var options: LedgerOptions

  func run() async throws {
    let ledger = try options.openToWrite()
    let notice = try pod.notice(in: ledger, requestedAt: requestedAt, options)
    try options.finish(with: NoticeAnswer(disposition: try await ledger.terminate(notice)))
  }
}
