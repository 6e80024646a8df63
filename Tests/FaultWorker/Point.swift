import FaultShim
import Foundation
import IPLedger
import LMDB

/// One fault at one call of one step, and what the ledger came to.
struct Point: Sendable {
  let step: Int
  let call: Int
  let fault: fault
  /// The ledger before the step, and the one that is harmed.
  let source: String
  let work: String
  /// What a ledger holds before the step, and after it.
  let before: Contents
  let after: Contents
  let seed: UInt

  /// What a point came to.
  enum Outcome: Equatable {
    /// As it should be.
    case good
    /// The step was over before the call came.
    case notReached
    /// What is wrong.
    case bad(String)
  }

  /// Harms a copy of the ledger and looks at what is left.
  func run() throws -> Outcome {
    try Files.copy(source, to: work)
    let (ending, said) = Fork.run { [self] speaker in try await harm(speaker) }
    let isDone = said.contains("done")
    switch ending {
    case .killed(SIGKILL): break
    case .exited(0) where !isCrash: break
    case .exited(0): return .notReached
    default: return .bad("the harmed process ended with \(ending): \(said)")
    }
    if said.contains("not reached") { return .notReached }
    let (verdict, why) = Fork.run { [self] _ in try await verify(isDone: isDone) }
    return verdict == .exited(0) ? .good : .bad("\(verdict): \(why)")
  }

  private var isCrash: Bool {
    [FAULT_KILL, FAULT_KILL_AFTER, FAULT_TEAR, FAULT_POWER].contains(fault)
  }

  // MARK: The harm

  private func harm(_ speaker: Speaker) async throws {
    let ledger = try Scenario.open(work, at: step)
    guard unsafe fault_arm("\(work)/data.mdb", fault, call, seed) == 0 else {
      throw Broken("not armed")
    }
    do {
      try await Scenario().perform(step, on: ledger)
      speaker.say("done")
    } catch let error as LedgerError {
      // The scenario's own refusals come whatever the disk does.
      guard case .notReleased = error else { throw error }
      speaker.say("done")
    } catch {
      try await endure(error, ledger)
    }
    if fault_happened() == 0 { speaker.say("not reached") }
  }

  /// After a fault of the disk: what it says, and that nothing is tried again in place.
  private func endure(_ error: any Error, _ ledger: Ledger) async throws {
    guard let error = error as? StorageError else { throw Broken("no storage error: \(error)") }
    guard error.code == .commitOutcomeUnknown, error.message.contains("reopen") else {
      throw Broken("an error that does not say what to do: \(error)")
    }
    let calls = fault_calls()
    do {
      try await Scenario().perform(1, on: ledger)
      throw Broken("the ledger went on writing after a commit that failed")
    } catch let error as StorageError {
      guard error.code == .commitOutcomeUnknown else { throw Broken("then: \(error)") }
    }
    guard fault_calls() == calls else { throw Broken("it wrote again in place") }
    do {
      _ = try ledger.read { view in try view.head }
    } catch let error as StorageError {
      // Where the meta page could not be written LMDB gives the whole environment up.
      guard error.code == .panic, error.message.contains("reopen") else { throw error }
    }
    ledger.close()
    fault_disarm()
    let again = try Scenario.open(work, at: step)
    _ = try again.read { view in try view.head }
    again.close()
  }

  // MARK: What is left

  /// The ledger opens by itself, has all that was acknowledged and nothing that was not recorded; taking
  /// the step again brings it where it should be.
  private func verify(isDone: Bool) async throws {
    let left = try Contents(of: work)
    let least = isDone ? after.head : before.head
    guard left.head >= least else { throw Broken("lost: \(left.head) events of \(least)") }
    guard left.head <= after.head else { throw Broken("phantom: \(left.head) of \(after.head)") }
    // A step may have several commits, and those who share one may come in another order.
    let isShared = Scenario.name(step) == "create together"
    if left.head == before.head, left != before { throw Broken("phantom: not as before the step") }
    if !isShared, left.head == after.head, left != after {
      throw Broken("phantom: not as after the step")
    }
    let ledger = try Scenario.open(work, at: step)
    do {
      try await Scenario().perform(step, on: ledger)
    } catch LedgerError.notReleased {}
    if isShared || left.head != before.head && left.head != after.head {
      guard try ledger.replay(scratch: work).isEqual else { throw Broken("replay differs") }
    }
    ledger.close()
    let again = try Contents(of: work)
    guard again.head == after.head, isShared || again == after else {
      throw Broken("taken again, the step gave another ledger: \(again), expected \(after)")
    }
  }

  struct Broken: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }
}

/// Ledgers as files.
enum Files {
  /// Copies a closed ledger.
  static func copy(_ source: String, to destination: String) throws {
    let files = FileManager.default
    try? files.removeItem(atPath: destination)
    try files.createDirectory(atPath: destination, withIntermediateDirectories: true)
    try files.copyItem(atPath: "\(source)/data.mdb", toPath: "\(destination)/data.mdb")
  }
}
