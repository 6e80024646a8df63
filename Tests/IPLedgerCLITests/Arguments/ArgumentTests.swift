import ArgumentParser
import Testing

@testable import IPLedger
@testable import IPLedgerCLI

/// What is typed on the command line.
@Suite(.serialized) struct ArgumentTests {
  @Test func `a target is an IP, a prefix or a pod`() throws {
    #expect(try Target(parsing: "10.0.4.17") == .address(IPAddress(parsing: "10.0.4.17")))
    #expect(try Target(parsing: "::ffff:10.0.4.17") == .address(IPAddress(parsing: "10.0.4.17")))
    #expect(try Target(parsing: "fd00::/64") == .prefix(AddressPrefix(parsing: "fd00::/64")))
    #expect(
      try Target(parsing: "default/web-0")
        == .pod(cluster: nil, namespace: "default", name: "web-0"))
    #expect(
      try Target(parsing: "prod/default/web-0")
        == .pod(cluster: ClusterName("prod"), namespace: "default", name: "web-0"))
  }

  @Test(arguments: [
    "", "10.0.4", "10.0.4.17/33", "web-0", "a/b/c/d", "/web-0", "default/", "Default/web-0",
    "fe80::1%eth0",
  ])
  func `what is none of them is refused`(_ text: String) {
    #expect(throws: Failure.self) { try Target(parsing: text) }
  }

  @Test func `digits are a position, all else a time`() throws {
    #expect(try AsOf(parsing: "1200") == .position(Position(1200)))
    #expect(try AsOf(parsing: "5m ago") == .time(.beforeNow(.minutes(5))))
    #expect(throws: TimeExpressionError.self) { try AsOf(parsing: "-1200") }
    #expect(throws: TimeExpressionError.self) { try AsOf(parsing: "99999999999999999999999") }
  }

  @Test func `the ledger's path comes from the option, the variable, XDG or HOME, in this order`()
    throws
  {
    var environment = ["HOME": "/h", "XDG_STATE_HOME": "/s", "IPLEDGER_PATH": "/p"]
    #expect(try LedgerOptions.path("here", environment: environment) == "here")
    #expect(try LedgerOptions.path(nil, environment: environment) == "/p")
    environment["IPLEDGER_PATH"] = ""
    #expect(try LedgerOptions.path(nil, environment: environment) == "/s/ipledger")
    environment["XDG_STATE_HOME"] = "relative"
    #expect(try LedgerOptions.path(nil, environment: environment) == "/h/.local/state/ipledger")
    #expect(throws: Failure.self) { try LedgerOptions.path(nil, environment: [:]) }
  }

  @Test func `a span is shown where it may overlap the time that is asked for`() throws {
    let span = HistorySpan(
      kind: .held, certainty: .exact,
      address: Address(network: try NetworkName("n"), ip: try IPAddress(parsing: "10.0.0.1")),
      holders: [], retention: nil, from: Bounds(earliest: .seconds(10), latest: .seconds(12)),
      to: Bounds(earliest: .seconds(20), latest: .seconds(22)), ended: nil, evidence: [])
    #expect(span.mayOverlap(from: nil, to: nil))
    #expect(span.mayOverlap(from: .seconds(21), to: nil))
    #expect(!span.mayOverlap(from: .seconds(22), to: nil))
    #expect(span.mayOverlap(from: nil, to: .seconds(11)))
    #expect(!span.mayOverlap(from: nil, to: .seconds(10)))
  }

  @Test func `each command has its name written down`() {
    func subcommands(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
      command.configuration.subcommands.flatMap { [$0] + subcommands($0) }
    }
    for command in subcommands(IPLedgerCommand.self) {
      // Made of the type's name, it would take longer than most answers.
      #expect(command.configuration.commandName != nil, "\(command)")
    }
  }
}
