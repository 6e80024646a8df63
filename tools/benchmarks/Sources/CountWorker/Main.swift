import Dispatch
import Foundation
import IPLedger
import IPLedgerKubernetes
import Tasks
import Workload

/// `CountWorker WORK COUNT SUBJECT`: does one small thing so many times, so that valgrind can count the
/// instructions that it takes.
///
/// Its main function is not async: valgrind ends at a thread that the runtime starts for one that is.
@main enum Main {
  static func main() {
    let words = CommandLine.arguments
    guard words.count == 4, let count = Int(words[2]) else {
      complain("usage: CountWorker time|address|read|record|audit|attribute|watch COUNT SUBJECT")
      exit(64)
    }
    do {
      try work(words[1], count, on: words[3])
    } catch {
      complain("CountWorker: \(error)")
      exit(1)
    }
  }

  private static func work(_ name: String, _ count: Int, on subject: String) throws {
    switch name {
    case "time": try times(count)
    case "address": try addresses(count)
    case "read": try read(count, from: subject)
    case "record": try record(count, to: subject)
    case "audit": try audit(count, of: subject)
    case "attribute": try attribute(count, by: subject)
    case "watch": try observe(count, subject)
    default: complain("CountWorker: no work is called \(name)")
    }
  }

  /// Parses times.
  private static func times(_ count: Int) throws {
    let text = Array("2026-11-23T05:39:53.123456+08:00".utf8)
    var sum: Int64 = 0
    for _ in 0..<count { sum &+= try Instant(rfc3339: text[...]).microseconds }
    complain("\(sum)")
  }

  /// Parses addresses, of both families in turn.
  private static func addresses(_ count: Int) throws {
    let texts = ["192.168.104.117", "fd00:0:12:3400::8a2e:370:7334"].map { Array($0.utf8) }
    var sum = 0
    for index in 0..<count {
      sum &+= try IPAddress(parsing: texts[index % 2][...]).family.bitWidth
    }
    complain("\(sum)")
  }

  /// Reads events of the log, checksums and all.
  private static func read(_ count: Int, from directory: String) throws {
    let ledger = try Tasks.open(directory, readOnly: true)
    complain("\(try ledger.events(after: .origin, limit: count).count)")
    ledger.close()
  }

  /// Records events of a made-up fleet in one transaction, into a new ledger.
  private static func record(_ count: Int, to directory: String) throws {
    let ledger = try Tasks.open(directory)
    var fleet = try Fleet(FleetShape(pods: 400), seed: 7)
    var events: [Event] = []
    while events.count < count, let event = fleet.next() { events.append(event) }
    let isDone = DispatchSemaphore(value: 0)
    Task { [events] in
      do { try await ledger.record(contentsOf: events) } catch { complain("record: \(error)") }
      isDone.signal()
    }
    isDone.wait()
    complain("\(try ledger.head)")
    ledger.close()
  }

  /// Asks who held random addresses at random times.
  private static func audit(_ count: Int, of directory: String) throws {
    let ledger = try Tasks.open(directory, readOnly: true)
    let network = try NetworkName("bench")
    let asked = try Tasks.questions(count, about: ledger, seed: 11)
    var positions = 0
    try ledger.read { view in
      for (ip, instant) in asked {
        let answer = try view.audit(Address(network: network, ip: ip), at: instant)
        try view.verify(answer.evidence)
        positions += answer.evidence.count
      }
    }
    complain("\(positions)")
    ledger.close()
  }

  /// Attributes random addresses at random times.
  private static func attribute(_ count: Int, by directory: String) throws {
    let ledger = try Tasks.open(directory, readOnly: true)
    let network = try NetworkName("bench")
    let attributor = Attributor(of: network, verifies: true) { $0.claimants.count }
    let asked = try Tasks.questions(count, about: ledger, seed: 12)
      .map { AddressQuestion(ip: $0.ip, instant: $0.at) }
    let claimants = try ledger.read { view in try attributor.values(for: asked, in: view) }
    complain("\(claimants.reduce(0, +))")
    ledger.close()
  }

  /// Turns a recorded watch into events, so many times.
  private static func observe(_ count: Int, _ path: String) throws {
    let options = ObservationOptions(
      cluster: try ClusterName("bench"), network: try NetworkName("bench"))
    var events = 0
    for _ in 0..<count {
      var reader = try InputReader(.file(path))
      var observer = PodObserver(options)
      while let document = try reader.next() {
        events += try observer.observe(document, readAt: nil).count
      }
      events += observer.finish().count
    }
    complain("\(events)")
  }
}
