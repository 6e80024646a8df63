import Foundation

/// A run of the program that harms a ledger at the calls that LMDB makes to the disk.
struct FaultRun {
  /// What was tried, and what was wrong.
  struct Tally: Sendable {
    /// How many points were tried of each fault.
    var points: [String: Int] = [:]
    /// How many calls the steps made.
    var calls = 0
    /// Points at which something was not as it should be, with how to repeat them.
    var bad: [String] = []

    var all: Int { points.values.reduce(0, +) }

    mutating func add(_ other: Tally) {
      points.merge(other.points, uniquingKeysWith: +)
      calls = max(calls, other.calls)
      bad += other.bad
    }
  }

  /// Which of the scenario's steps.
  var steps = 0..<10_000
  /// Each so many-th point only.
  var stride = 1
  var isLying = false

  /// Tries faults, in a directory in memory where there is one: no power is really cut.
  func run(_ faults: [String]) throws -> Tally {
    let memory = URL(filePath: "/dev/shm")
    let isThere = FileManager.default.isWritableFile(atPath: memory.path)
    let home = isThere ? memory : FileManager.default.temporaryDirectory
    let place = home.appending(path: "ipledger-faults-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: place) }
    let numbers = [steps.lowerBound, steps.upperBound, stride].map(String.init)
    let outcome = try Program.run(
      (isLying ? ["--lying"] : []) + [place.path] + numbers + faults, in: Directory(),
      executable: Program.path.deletingLastPathComponent().appending(path: "FaultWorker"))
    guard outcome.status == 0 else { throw Failed(text: outcome.output + outcome.errors) }
    var tally = Tally()
    for line in outcome.output.split(separator: "\n") {
      let words = line.split(separator: " ")
      if line.hasPrefix("bad ") {
        tally.bad.append(String(line))
      } else if words.count == 2, let number = Int(words[1]) {
        if words[0] == "calls" {
          tally.calls = number
        } else if words[0] != "not-reached" {
          tally.points[String(words[0])] = number
        }
      }
    }
    return tally
  }

  struct Failed: Error {
    let text: String
  }
}
