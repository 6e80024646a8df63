import ArgumentParser
import Foundation
import IPLedger

/// Commands in messages, so that who copies one asks the ledger that the message is about.
struct Advice: Hashable, Sendable {
  /// What names the ledger behind a command; empty for the one that a command finds by itself.
  private let suffix: String

  /// Commands about the ledger at a path; without one, about the one that a command finds by itself.
  init(ledger path: String? = nil) {
    suffix = path.map { " --ledger \($0.shellWord)" } ?? ""
  }

  /// Commands about the ledger that a command line is about.
  init(for command: any ParsableCommand) {
    self = (command as? any LedgerCommand)?.options.advice ?? Advice()
  }

  /// A command in quotes, such as `'ipledger check --ledger dm'`.
  func command(_ words: String) -> String { "'ipledger \(words)\(suffix)'" }

  /// Text of the library's, which knows no `--ledger`, with the commands that it tells to run.
  func completed(_ text: String) -> String {
    Self.advised.reduce(text) { text, words in
      text.replacing("'ipledger \(words)'", with: command(words))
    }
  }

  /// The commands that errors tell to run.
  private static let advised = ["check", "ingest", "pool define", "replay --rebuild"]
}

extension LedgerOptions {
  /// Commands about the ledger that these options name.
  var advice: Advice {
    let usual = try? Self.path(nil, environment: ProcessInfo.processInfo.environment)
    return Advice(ledger: ledger == usual ? nil : ledger)
  }
}

/// A command that asks or changes a ledger.
protocol LedgerCommand {
  /// Which ledger.
  var options: LedgerOptions { get }
}

extension Apply: LedgerCommand {}
extension Assign: LedgerCommand {}
extension Attribute: LedgerCommand {}
extension Audit: LedgerCommand {}
extension Backup: LedgerCommand {}
extension Check: LedgerCommand {}
extension Compact: LedgerCommand {}
extension Complete: LedgerCommand {}
extension Delete: LedgerCommand {}
extension Expire: LedgerCommand {}
extension Explain: LedgerCommand {}
extension Export: LedgerCommand {}
extension History: LedgerCommand {}
extension Import: LedgerCommand {}
extension Ingest: LedgerCommand {}
extension PoolDefine: LedgerCommand {}
extension PoolList: LedgerCommand {}
extension PoolShow: LedgerCommand {}
extension PoolWithdraw: LedgerCommand {}
extension Release: LedgerCommand {}
extension Replay: LedgerCommand {}
extension Reservations: LedgerCommand {}
extension Restore: LedgerCommand {}
extension Status: LedgerCommand {}
extension Terminate: LedgerCommand {}
extension Watch: LedgerCommand {}
