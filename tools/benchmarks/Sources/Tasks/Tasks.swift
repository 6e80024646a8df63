import Foundation
public import IPLedger
import Synchronization
import Workload

/// The pieces of work that are measured, each done by one process: it prints what it took, in columns
/// separated by tabs: seconds, how many, the most anonymous memory in MiB.
public enum Tasks {
  /// What was asked for wrongly.
  struct Usage: Error, CustomStringConvertible {
    let description: String
  }

  static let usage = """
    record DIR EVENTS BATCH PODS [CALLERS]   records a made-up fleet, so many events to a transaction
    rebuild DIR                              folds the log again
    audit DIR QUESTIONS SEED                 asks who held a random address at a random time
    rows DIR ROWS SEED                       prints CSV with random addresses and times, to attribute
    tenures DIR                              prints all tenures, separated by tabs, for a peer
    size DIR                                 prints the bytes in use and the number of events
    """

  /// Does what the arguments ask for.
  public static func run(_ arguments: [String]) async throws {
    let words = Array(arguments.dropFirst())
    switch words.first {
    case "record" where words.count >= 5:
      try await record(
        words[1], events: number(words[2]), batch: number(words[3]), pods: number(words[4]),
        callers: words.count > 5 ? number(words[5]) : 1)
    case "rebuild" where words.count == 2:
      try await rebuild(words[1])
    case "audit" where words.count == 4:
      try audit(words[1], questions: number(words[2]), seed: UInt64(number(words[3])))
    case "rows" where words.count == 4:
      try rows(words[1], number(words[2]), seed: UInt64(number(words[3])))
    case "tenures" where words.count == 2:
      try tenures(words[1])
    case "size" where words.count == 2:
      let ledger = try open(words[1], readOnly: true)
      print("\(try ledger.storage().usedBytes)\t\(try ledger.head)")
    default:
      throw Usage(description: usage)
    }
  }

  private static func number(_ text: String) throws -> Int {
    guard let number = Int(text) else { throw Usage(description: "no number: \(text)") }
    return number
  }

  /// After all that is made up: a year of it.
  static let clock: @Sendable () -> Instant = {
    Instant(microseconds: Fleet.beginning + 4 * 365 * 86_400_000_000)
  }

  /// Opens a ledger; by its clock all of the made-up fleets is past.
  public static func open(_ path: String, readOnly: Bool = false) throws -> Ledger {
    try Ledger.open(at: path, options: Ledger.Options(readOnly: readOnly, clock: clock))
  }

  private static func record(
    _ path: String, events: Int, batch: Int, pods: Int, callers: Int
  ) async throws {
    let ledger = try open(path)
    var fleet = try Fleet(FleetShape(pods: pods), seed: 7)
    // What is there already comes first in the same fleet.
    let there = Int(try ledger.read { view in try view.head }.rawValue)
    for _ in 0..<there { _ = fleet.next() }
    var stopwatch = Stopwatch()
    var left = events
    while left > 0 {
      var next: [Event] = []
      while next.count < min(batch * callers, left), let event = fleet.next() { next.append(event) }
      left -= next.count
      let group = next
      try await stopwatch.measure {
        if callers == 1 {
          try await ledger.record(contentsOf: group)
        } else {
          try await withThrowingTaskGroup(of: Void.self) { tasks in
            for event in group { tasks.addTask { try await ledger.record(event) } }
            try await tasks.waitForAll()
          }
        }
      }
    }
    stopwatch.report(events)
    ledger.close()
  }

  private static func rebuild(_ path: String) async throws {
    let ledger = try open(path)
    let stopwatch = Mutex(Stopwatch())
    let began = ContinuousClock.now
    let head = try await ledger.rebuild { _ in stopwatch.withLock { $0.sampleMemory() } }
    let taken = ContinuousClock.now - began
    stopwatch.withLock { $0.add(taken) }
    stopwatch.withLock { $0.report(Int(head.rawValue)) }
    ledger.close()
  }

  /// Random addresses that pods had, at random times of those that the ledger covers.
  public static func questions(
    _ count: Int, about ledger: Ledger, seed: UInt64
  ) throws -> [(ip: IPAddress, at: Instant)] {
    var randomness = Randomness(seed: seed)
    let network = try NetworkName("bench")
    let addresses = try ledger.read { view in
      try view.addresses(in: AddressPrefix(parsing: "10.0.0.0/8"), of: network)
    }
    let head = try ledger.head
    let last = try ledger.events(after: Position(head.rawValue - 600), limit: 600)
      .compactMap { $0.event.evidence?.receivedAt }.max()
    let span = UInt64(max(1, (last?.microseconds ?? 0) - Fleet.beginning))
    return (0..<count).map { _ in
      (
        addresses[Int(randomness.next() % UInt64(addresses.count))].ip,
        Instant(microseconds: Fleet.beginning + Int64(randomness.next() % span))
      )
    }
  }

  private static func audit(_ path: String, questions count: Int, seed: UInt64) throws {
    let ledger = try open(path, readOnly: true)
    let network = try NetworkName("bench")
    let asked = try questions(count, about: ledger, seed: seed)
    var counts: [String: Int] = [:]
    var stopwatch = Stopwatch()
    let began = ContinuousClock.now
    try ledger.read { view in
      for (ip, instant) in asked {
        let answer = try view.audit(Address(network: network, ip: ip), at: instant)
        counts["\(answer.verdict) \(answer.certainty)", default: 0] += 1
      }
    }
    stopwatch.add(ContinuousClock.now - began)
    stopwatch.report(count)
    complain("\(counts)")
    ledger.close()
  }

  private static func rows(_ path: String, _ count: Int, seed: UInt64) throws {
    let ledger = try open(path, readOnly: true)
    var text = "time,address,bytes\n"
    for (index, (ip, instant)) in try questions(count, about: ledger, seed: seed).enumerated() {
      text += "\(instant),\(ip),\(index % 1500)\n"
      if text.utf8.count > 1 << 20 {
        print(text, terminator: "")
        text = ""
      }
    }
    print(text, terminator: "")
    ledger.close()
  }

  private static func tenures(_ path: String) throws {
    let ledger = try open(path, readOnly: true)
    let network = try NetworkName("bench")
    try ledger.read { view in
      for address in try view.addresses(in: AddressPrefix(parsing: "10.0.0.0/8"), of: network) {
        for span in try view.history(of: address) where span.kind == .held {
          guard let holder = span.holders.first else { continue }
          let pod = holder.pod.identity
          let from = holder.from.latest ?? holder.from.earliest ?? .earliest
          let to = holder.to?.latest ?? .latest
          print(
            "\(address.ip)\t\(from.microseconds)\t\(to.microseconds)\t\(pod.cluster)\t"
              + "\(pod.namespace)\t\(pod.name)\t\(holder.pod.uid)")
        }
      }
    }
    ledger.close()
  }
}

/// Tells something that is no measurement.
public func complain(_ text: String) {
  FileHandle.standardError.write(Data("\(text)\n".utf8))
}
