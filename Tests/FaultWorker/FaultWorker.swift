import FaultShim
import Foundation
import IPLedger

/// Harms a ledger at each call that LMDB makes to the disk, in each way, and looks at what is left.
///
///     FaultWorker [--lying] DIRECTORY FROM TO STRIDE FAULT…
///
/// With `--lying` the disk says that it has synced, and has not: what was acknowledged must be found lost.
/// The steps FROM to TO of the scenario are looked at, and of their points (a step, a call, a fault)
/// each STRIDE-th. FAULT is kill, kill-after, tear, power, eio, eio-for-good, enospc or short. What was
/// wrong is printed in lines that begin with `bad`, the numbers of points tried in lines of a fault and a
/// number, and of calls in a line `calls`.
@main struct FaultWorker {
  private static let faults: [String: fault] = [
    "kill": FAULT_KILL, "kill-after": FAULT_KILL_AFTER, "tear": FAULT_TEAR, "power": FAULT_POWER,
    "eio": FAULT_EIO, "eio-for-good": FAULT_EIO_FOR_GOOD, "enospc": FAULT_ENOSPC,
    "short": FAULT_SHORT,
  ]

  static func main() throws {
    var arguments = CommandLine.arguments
    if arguments.dropFirst().first == "--lying" {
      fault_lie()
      arguments.remove(at: 1)
    }
    guard arguments.count > 5, let from = Int(arguments[2]), let to = Int(arguments[3]),
      let stride = Int(arguments[4])
    else {
      print("usage: FaultWorker [--lying] DIRECTORY FROM TO STRIDE FAULT…")
      exit(64)
    }
    var run = FaultRun(directory: arguments[1], stride: stride)
    for step in 0..<min(to, Scenario.steps) {
      try run.take(step, faults: step < from ? [] : Array(arguments[5...]))
    }
    run.report()
  }

  static func fault(_ name: String) -> fault { faults[name] ?? FAULT_NONE }
}

/// The scenario, with its points.
struct FaultRun {
  private let directory: String
  private let stride: Int
  private var counts: [String: Int] = [:]
  private var calls = 0
  private var place = 0

  init(directory: String, stride: Int) {
    self.directory = directory
    self.stride = stride
  }

  /// Takes a step of the scenario, and tries the faults in it.
  mutating func take(_ step: Int, faults: [String]) throws {
    let (before, after) = ("\(directory)/before", "\(directory)/after")
    if step == 0 { try makeEmpty(before) }
    try Files.copy(before, to: after)
    let clean = try Self.takeCleanly(step, before, after)
    if !faults.isEmpty { calls += clean.calls }
    for fault in faults {
      for call in 1...max(1, clean.calls) where clean.calls > 0 {
        place += 1
        guard place % stride == 0 else { continue }
        try run(
          Point(
            step: step, call: call, fault: FaultWorker.fault(fault), source: before,
            work: "\(directory)/work", before: clean.before, after: clean.after,
            seed: UInt(step * 1000 + call)), fault)
      }
    }
    try Files.copy(after, to: before)
  }

  /// Takes a step without a fault, in a child.
  private static func takeCleanly(
    _ step: Int, _ before: String, _ after: String
  ) throws -> (calls: Int, before: Contents, after: Contents) {
    let (ending, said) = Fork.run { speaker in
      speaker.say("\(try Contents(of: after))")
      let ledger = try Scenario.open(after, at: step)
      _ = unsafe fault_arm("\(after)/data.mdb", FAULT_NONE, 0, 0)
      do {
        try await Scenario().perform(step, on: ledger)
      } catch LedgerError.notReleased {}
      let calls = fault_calls()
      ledger.close()
      speaker.say("\(try Contents(of: after))\n\(calls)")
    }
    let lines = said.split(separator: "\n")
    guard ending == .exited(0), lines.count == 3, let first = Contents(lines[0]),
      let second = Contents(lines[1]), let calls = Int(lines[2])
    else { throw Point.Broken("the scenario fails at step \(step): \(said)") }
    return (calls, first, second)
  }

  private mutating func run(_ point: Point, _ fault: String) throws {
    switch try point.run() {
    case .good: counts[fault, default: 0] += 1
    case .notReached: counts["not-reached", default: 0] += 1
    case .bad(let why):
      print(
        "bad step \(point.step) (\(Scenario.name(point.step))) call \(point.call) \(fault): \(why)")
      counts[fault, default: 0] += 1
    }
  }

  private func makeEmpty(_ path: String) throws {
    let (ending, said) = Fork.run { _ in
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try Scenario.open(path, at: 0).close()
    }
    guard ending == .exited(0) else { throw Point.Broken("no ledger can be made: \(said)") }
  }

  /// Prints how many points were tried.
  func report() {
    for (fault, count) in counts.sorted(by: { $0.key < $1.key }) { print("\(fault) \(count)") }
    print("calls \(calls)")
  }
}
