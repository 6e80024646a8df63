import ArgumentParser
import IPLedger
import IPLedgerArchive

/// Records that a pod ended.
struct Complete: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "complete",
    abstract: "Record that a pod ended (Succeeded or Failed), though its object remains.",
    discussion: """
      On an ECS node it has given its addresses up: they are kept, without a deadline until it is \
      deleted, or free. On a virtual node it has them until it is gone (R9). Answers retained, \
      released, unchanged, or refused with exit code 1; JSON and CSV are those of 'ipledger delete'.

      Example:
        ipledger complete default/job-0 --uid $uid
      """)

  @OptionGroup var pod: PodOptions

  @OptionGroup var options: LedgerOptions

  func run() async throws {
    let ledger = try options.openToWrite()
    let notice = try pod.notice(in: ledger, options)
    try options.finish(with: NoticeAnswer(disposition: try await ledger.complete(notice)))
  }
}
