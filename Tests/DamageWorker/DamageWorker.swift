import Foundation
import IPLedger

/// Damages a ledger's file in one place after another, asks it, and tells what became of the answers.
///
///     DamageWorker LEDGER WORK KIND FROM TO STEP
///
/// LEDGER is sound and stays so; WORK is a copy of it that is damaged. KIND is `flip` (places are
/// bytes), `cut`, `zero` or `swap` (places are pages). `WORK/place` has the place that is damaged now, and
/// of those before it how many left the answers as they were, had one refused, and hid a row that a
/// check found: so whoever started this knows where it ended, if it does not come to its end. An answer
/// that was given as right, is not, and that no check finds is printed as `wrong KIND PLACE QUESTION`.
@main struct DamageWorker {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 7, let kind = Damage(rawValue: arguments[3]),
      let from = Int(arguments[4]),
      let to = Int(arguments[5]), let step = Int(arguments[6])
    else {
      print("usage: DamageWorker LEDGER WORK flip|cut|zero|swap FROM TO STEP")
      exit(64)
    }
    Ledger.explainFaults("a fault in the map\n", exitCode: 74)
    let questions = try Questions(ledger: arguments[1])
    var trial = try Trial(sound: arguments[1], work: arguments[2], questions)
    for place in stride(from: from, to: to, by: step) { try trial.run(kind, at: place) }
    try trial.note(to)
  }
}

/// What is done to a file.
enum Damage: String {
  /// A byte is changed.
  case flip
  /// The file ends at a page.
  case cut
  /// A page is all zeros.
  case zero
  /// A page changes places with another one.
  case swap

  /// The file with the damage at a place.
  func applied(to bytes: Data, at place: Int) -> Data {
    let page = 4096
    var bytes = bytes
    switch self {
    case .flip:
      // Another bit of each byte, and sometimes several, the same in every run.
      bytes[place] ^= UInt8(truncatingIfNeeded: 1 << (place % 8) | (place % 3 == 0 ? 0x81 : 0))
    case .cut: bytes = bytes.prefix(place * page)
    case .zero:
      let end = min(bytes.count, (place + 1) * page)
      bytes.replaceSubrange(place * page..<end, with: Data(count: end - place * page))
    case .swap:
      let other = (place * 7 + 3) % (bytes.count / page)
      let (one, two) = (place * page..<(place + 1) * page, other * page..<(other + 1) * page)
      let first = bytes[one]
      bytes.replaceSubrange(one, with: bytes[two])
      bytes.replaceSubrange(two, with: first)
    }
    return bytes
  }
}

/// One damaged file after another.
struct Trial {
  private var same = 0
  private var refused = 0
  private var hidden = 0
  private let intact: Data
  private let work: String
  private let questions: Questions
  private let file: FileHandle
  private let progress: FileHandle

  init(sound: String, work: String, _ questions: Questions) throws {
    intact = try Data(contentsOf: URL(filePath: "\(sound)/data.mdb"))
    self.work = work
    self.questions = questions
    try intact.write(to: URL(filePath: "\(work)/data.mdb"))
    _ = FileManager.default.createFile(atPath: "\(work)/place", contents: nil)
    file = try FileHandle(forUpdating: URL(filePath: "\(work)/data.mdb"))
    progress = try FileHandle(forUpdating: URL(filePath: "\(work)/place"))
  }

  mutating func run(_ kind: Damage, at place: Int) throws {
    try note(place)
    try write(kind.applied(to: intact, at: place), kind, place)
    defer { try? write(intact, kind, place) }
    switch questions.outcome(at: work, place) {
    case .same: same += 1
    case .refused: refused += 1
    case .different(let question):
      let report = try? Ledger.check(at: work, scratch: NSTemporaryDirectory())
      if report?.isSound ?? false {
        print("wrong \(kind) \(place) \(question)")
      } else {
        hidden += 1
      }
    }
  }

  /// Writes where it has come to: the place, and what the places before it came to.
  func note(_ place: Int) throws {
    try progress.seek(toOffset: 0)
    try progress.write(contentsOf: Data("\(place) \(same) \(refused) \(hidden)\n".utf8))
  }

  private func write(_ bytes: Data, _ kind: Damage, _ place: Int) throws {
    if bytes.count != intact.count { try file.truncate(atOffset: UInt64(bytes.count)) }
    let changed = kind == .flip ? place..<place + 1 : 0..<bytes.count
    try file.seek(toOffset: UInt64(changed.lowerBound))
    try file.write(contentsOf: bytes[changed])
  }
}
