import ArgumentParser
import Glibc
import IPLedger

/// The program.
@main
struct IPLedgerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ipledger",
    abstract: "A ledger of pod IP addresses: which pod held an address when, and how sure that is.",
    discussion: """
      Record what a cluster does, then ask:
        ipledger watch --cluster prod
        ipledger audit 10.0.4.17 --at '5m ago'
        ipledger explain default/web-0

      Or let it hand the addresses out:
        ipledger pool define 10.0.4.0/24 --network vpc-1
        ipledger apply requests.jsonl

      Exit codes: 0 answered, 1 refused, waiting, not equal, damaged (check) or an unknown pod, 64 \
      wrong command line, 65 bad input, 70 internal error, 74 the ledger or a file cannot be read \
      or written.
      """,
    version: "0.1.0",
    subcommands: [
      Watch.self, Ingest.self, Audit.self, Attribute.self, History.self, Reservations.self,
      Explain.self, Expire.self, Release.self, Replay.self, Status.self, PoolCommand.self,
      Assign.self,
      Terminate.self, Complete.self, Delete.self, Apply.self, Check.self, Backup.self, Restore.self,
      Compact.self, Export.self, Import.self,
    ])

  /// Parses the command line, runs the command and ends with the code that tells how it went.
  static func main() async {
    StandardStreams.reserve()
    // Ledgers, exports and the directories that are made for them are their owner's only.
    umask(0o077)
    // A limit on the size of files (`ulimit -f`) is an error like a full disk, not the end without a word.
    signal(SIGXFSZ, SIG_IGN)
    let parsed: any ParsableCommand
    do {
      parsed = try command(CommandLine.arguments.dropFirst())
    } catch {
      end(with: error)
    }
    let advice = Advice(for: parsed)
    Ledger.explainFaults(
      "Error: the ledger's file is damaged: what a page of it says leads nowhere. Run "
        + "\(advice.command("check")), which tells what is wrong and what to do.\n",
      exitCode: ExitReason.inputOutput.rawValue)
    do {
      if var command = parsed as? any AsyncParsableCommand {
        try await command.run()
      } else {
        var command = parsed
        try command.run()
      }
    } catch let error where isOwn(error) {
      end(with: error)
    } catch {
      let failure = Failure(error)
      Terminal.note("Error: \(advice.completed(failure.message))\n")
      exit(withError: ExitCode(failure.status.rawValue))
    }
  }

  /// The command that the arguments ask for.
  ///
  /// Looking through all commands takes the parser longer than most answers take. So one that is named
  /// first is parsed by itself; where that does not go, all are, and what is wrong is told as ever. For the
  /// same reason each command's name is written down: to make it of a type's takes a runtime's search through
  /// all conformances.
  private static func command(_ arguments: ArraySlice<String>) throws -> any ParsableCommand {
    let named = configuration.subcommands.first { command in
      let configuration = command.configuration
      guard configuration.subcommands.isEmpty, let name = arguments.first else { return false }
      return configuration.commandName == name || configuration.aliases.contains(name)
    }
    if let parsed = try? named?.parse(Array(arguments.dropFirst())) { return parsed }
    return try parseAsRoot()
  }

  /// Ends as the argument parser would, which repeats arguments as they are.
  private static func end(with error: any Error) -> Never {
    let code = exitCode(for: error)
    guard !code.isSuccess else { exit(withError: error) }
    let message = fullMessage(for: error)
    if !message.isEmpty { Terminal.note(message + "\n") }
    exit(withError: code)
  }

  /// Whether an error is one that the argument parser knows how to end with.
  ///
  /// To all others it gives the code of a plain failure.
  private static func isOwn(_ error: any Error) -> Bool {
    error is ExitCode || exitCode(for: error) != .failure
  }
}
