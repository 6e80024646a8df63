import ArgumentParser

@main
struct IPLedgerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "ipledger")
}
