import Foundation

/// A run of the program that damages a ledger in one place after another: begun again behind each place
/// at which it ended.
struct DamageRun {
  /// What became of the answers.
  struct Tally: Sendable {
    /// As they should be.
    var same = 0
    /// Refused with an error.
    var refused = 0
    /// Refused by the message with which a fault in the map ends the process.
    var faulted = 0
    /// Another one than it should be, and the check finds why.
    var hidden = 0
    /// Another one than it should be, and nothing finds it; or the process ended without a message.
    var wrong: [String] = []

    var all: Int { same + refused + faulted + hidden + wrong.count }

    static func + (left: Tally, right: Tally) -> Tally {
      Tally(
        same: left.same + right.same, refused: left.refused + right.refused,
        faulted: left.faulted + right.faulted, hidden: left.hidden + right.hidden,
        wrong: left.wrong + right.wrong)
    }
  }

  let ledger: URL
  let kind: String

  /// Damages each place of a range, so many at a step.
  func run(_ places: Range<Int>, by step: Int) throws -> Tally {
    let work = try Directory()
    var tally = Tally()
    var next = places.lowerBound
    while next < places.upperBound {
      let outcome = try Program.run(
        [ledger.path, work.url.path, kind, "\(next)", "\(places.upperBound)", "\(step)"],
        in: work, environment: ["SWIFT_BACKTRACE": "enable=no"], executable: Self.program)
      tally.wrong += outcome.output.split(separator: "\n").map(String.init)
      let note = try String(contentsOf: work.url.appending(path: "place"), encoding: .utf8)
      let numbers = note.prefix { $0 != "\n" }.split(separator: " ").compactMap { Int($0) }
      guard numbers.count == 4 else { throw NoPlace(text: outcome.errors) }
      tally.same += numbers[1]
      tally.refused += numbers[2]
      tally.hidden += numbers[3]
      guard outcome.status != 0 else { break }
      if outcome.status == 74, outcome.errors == "a fault in the map\n" {
        tally.faulted += 1
      } else {
        tally.wrong.append("\(kind) \(numbers[0]): ended with \(outcome.status) \(outcome.errors)")
      }
      next = numbers[0] + step
    }
    return tally
  }

  struct NoPlace: Error {
    let text: String
  }

  private static var program: URL {
    Program.path.deletingLastPathComponent().appending(path: "DamageWorker")
  }
}
