import ArgumentParser
import IPLedger
import IPLedgerArchive

/// Answers requests from a file or a pipe.
struct Apply: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Decide requests, one JSON object a line, and answer each with a line.",
    discussion: """
      For scripts, load tests and simulations: one process, time from the requests. Lines are \
      decided in their order, and answered as soon as what was decided is durable. A ledger is made \
      where there is none.

      Requests (times are RFC 3339; null is as good as absent):
        {"op":"assign","at","cluster","namespace","name","uid"
          [,"network","zone","families":["ipv4","ipv6"],"node",
          "nodeClass":"ecs|virtual","computeClass","retainHours"]}
        {"op":"terminate|delete|complete","at","cluster","namespace","name","uid"
          [,"requestedAt"]}
        {"op":"pool","network","prefix"
          [,"zone","exclude":["RANGE"],"coolDownSeconds","withdraw":true,"at"]}
        {"op":"expire","at"}
        {"op":"release","at","cluster","namespace","name","by","reason"}

      Answers have line, which is its number in the input, result, message and:
        assign     reused, fresh, waiting or refused:
                   addresses, zone, reason, waitingFor, position
        delete …   retained, released, unchanged or refused:
                   deadline, addresses, reason, position
        pool       defined, withdrawn, unchanged or refused: reason, position
        expire     expired: count, and no message
        release    released or refused: addresses, reason
      Reason is null or a code: of the refusal; old-incarnation for waiting; for fresh of what kept \
      the old address from being given back.

      Times may go back: late news. A pool without at is as of the latest one so far. A line that \
      cannot be understood is answered with the result error, the rest go on, and the exit code \
      is 65 at the end; a refusal is an answer, and 0.

      Examples:
        ipledger apply requests.jsonl
        simulate | ipledger apply - | jq -c 'select(.result == "refused")'
      """)

  @Argument(help: ArgumentHelp("A file, or - for standard input.", valueName: "file"))
  var file: String

  @OptionGroup var options: LedgerOptions

  func validate() throws {
    if options.output == .csv {
      throw ValidationError("the answers are JSON lines: leave -o away, or give -o json")
    }
  }

  func run() async throws {
    try Inputs.requireReadable(file)
    let ledger = try options.openToWrite(create: true)
    if file == "-" { Interrupt.leaveToSender() }
    let handoff = Handoff<RequestBlock>(capacity: RequestBlock.capacity)
    RequestThread(path: file).start(into: handoff)
    var run = ApplyRun(ledger, clock: options.clock)
    try await run.answer(from: handoff)
    guard run.faults.count > 0 else { return }
    throw Failure(
      message: "\(run.faults.count) of \(plural(run.lines, "line")) could not be understood, the "
        + "first is line \(run.faults.first): the answers say why; the rest was done",
      status: .badData)
  }
}
