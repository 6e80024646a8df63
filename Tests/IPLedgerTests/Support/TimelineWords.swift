import Foundation
import IPLedger

/// What a story says that makes no sense.
struct StoryError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// A line's words, one after another.
struct Words {
  private var words: [String]

  init(_ line: String) {
    words = line.split { $0 == " " || $0 == "," }.map(String.init)
  }

  var rest: [String] { words }

  mutating func next() -> String? { words.isEmpty ? nil : words.removeFirst() }

  /// The bounds at the beginning of a line.
  mutating func bounds() throws -> Bounds {
    guard var word = next() else { return Bounds() }
    if word == "?" { return Bounds() }
    var day = ""
    if word.hasPrefix("d"), let time = next() { (day, word) = (word + " ", time) }
    let ends = word.components(separatedBy: "..")
    return Bounds(
      earliest: ends[0].isEmpty ? nil : try Instant(story: day + ends[0]),
      latest: ends[ends.count - 1].isEmpty ? nil : try Instant(story: day + ends[ends.count - 1]))
  }
}

extension Instant {
  /// An instant of a story: `HH:MM[:SS[.ffffff]]` on day 1, or `dN HH:MM…`.
  init(story text: String) throws {
    let parts = text.split(separator: " ")
    let day = parts.count > 1 ? Int64(parts[0].dropFirst()) ?? 1 : 1
    let time = String(parts[parts.count - 1])
    let full = time.split(separator: ":").count == 2 ? time + ":00" : time
    self = try Instant(rfc3339: "2026-01-01T\(full)Z")
      .adding(microseconds: (day - 1) * 86_400_000_000)
  }

  /// The same form back: `d3 10:05:20`, without what is zero.
  var story: String {
    let start = Instant.seconds(1_767_225_600)
    let day = (microseconds - start.microseconds) / 86_400_000_000 + 1
    var time = String(description.dropFirst(11).dropLast())
    if time.hasSuffix(".000000") { time.removeLast(7) }
    if time.hasSuffix(":00") { time.removeLast(3) }
    return day == 1 ? time : "d\(day) \(time)"
  }
}

extension Words {
  /// The addresses, and what else a `gets` says.
  mutating func description(
    at version: ResourceVersion
  ) throws -> ([IPAddress], PodDescription) {
    var addresses: [IPAddress] = []
    var description = PodDescription(describedAt: version)
    while let word = next() {
      switch word {
      case "none": break
      case "on":
        description.node = next()
        description.nodeClass = description.node.map { NodeClass(nodeName: $0) }
        description.nodeClassGround = .name
      case "labelled":
        description.nodeClass = next() == "virtual" ? .virtual : .ecs
        description.nodeClassGround = .label
      case "retain":
        description.policy = .retain(hours: Int(next() ?? "") ?? RetentionPolicy.defaultHours)
        description.grounds = RetentionGrounds(eligibility: .eligible)
      case "ineligible":
        description.computeClass = next()
        description.grounds = RetentionGrounds(eligibility: .ineligibleComputeClass)
      case "bad":
        _ = next()
        description.policy = .retain(hours: RetentionPolicy.defaultHours)
        description.grounds = RetentionGrounds(
          eligibility: .eligible, hoursDefaulted: true, rejectedHours: next())
      case "described":
        description.describedAt = ResourceVersion(UInt64(next() ?? "") ?? version.value)
      default: addresses.append(try IPAddress(parsing: word))
      }
    }
    return (addresses, description)
  }
}

/// Raw evidence in brackets at the end of a line: `[received 10:00:01, stamped 10:00, preceding
/// 09:59]`.
///
/// `listed` (else a watch saw it), `received T`, `created T`, `stamped T`, `preceding T`, `field T`
/// and `without VERSION` are the fields of ``Evidence``; `at VERSION` or `at EPOCH:VERSION` sets
/// the resource version of the change, and in a line without a pod that of the lines after it too.
struct EvidenceNote {
  private(set) var version: ResourceVersion?
  private var parts: [(key: String, value: String)] = []
  private var instants: [String: Instant] = [:]

  init(_ text: String) throws {
    for part in text.prefix(while: { $0 != "]" }).split(separator: ",") {
      var words = part.split(separator: " ").map(String.init)
      let key = words.removeFirst()
      let value = words.joined(separator: " ")
      switch key {
      case "listed": break
      case "received", "created", "stamped", "preceding", "field":
        instants[key] = try Instant(story: value)
      case "without": break
      case "at":
        let numbers = value.split(separator: ":").compactMap { UInt64($0) }
        version = ResourceVersion(
          epoch: numbers.count > 1 ? UInt32(numbers[0]) : 0, numbers[numbers.count - 1])
      default: throw StoryError("nobody understands the evidence \(part)")
      }
      parts.append((key, value))
    }
  }

  func apply(to evidence: inout Evidence) {
    let keys = Set(parts.map(\.key))
    if keys != ["at"] { evidence.source = keys.contains("listed") ? .list : .watch }
    evidence.receivedAt = instants["received"]
    evidence.creationStamp = instants["created"]
    evidence.newestStamp = instants["stamped"]
    evidence.precedingStamp = instants["preceding"]
    evidence.fieldStamp = instants["field"]
    if let without = parts.first(where: { $0.key == "without" }) {
      evidence.knownWithout = UInt64(without.value).map { ResourceVersion($0) }
    }
  }
}
