import Foundation
import IPLedger
import Testing

/// R23: several services decide on one ledger.
///
/// `IPLEDGER_DECISIONS` says how many decisions are taken in all; `tools/stress-assign` takes 100,000.
@Suite(.serialized) struct `four processes decide` {
  private static let processes = 4
  private static let tasks = 64
  private static let decisions =
    ProcessInfo.processInfo.environment["IPLEDGER_DECISIONS"].flatMap(Int.init) ?? 8000

  @Test func `R23: no address twice, no lost wake-up, and the log explains every answer`()
    async throws
  {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "ipledger-many-\(UInt64.random(in: 0 ... .max))")
    defer { try? FileManager.default.removeItem(at: directory) }
    let ledger = try Ledger.open(
      at: directory.path, options: Ledger.Options(clock: { .wallClock }))
    // Fewer addresses than tasks: some are refused, and what comes free is given again at once.
    _ = try await ledger.define(
      Pool(
        network: NetworkName("many"), zone: .default, prefix: AddressPrefix(parsing: "10.0.0.0/24"),
        exclusions: [AddressRange(parsing: "10.0.0.200-10.0.0.255")]), at: .wallClock)
    let rounds = Self.decisions / 2 / Self.processes / Self.tasks
    let path = directory.path
    async let first = child(path, 0, rounds)
    async let second = child(path, 1, rounds)
    async let third = child(path, 2, rounds)
    async let fourth = child(path, 3, rounds)
    for report in await [first, second, third, fourth] {
      #expect(report == "done\n")
    }
    let events = try ledger.events(after: .origin, limit: .max)
    let oracle = DecidedLog(events)
    #expect(oracle.faults == [])
    #expect(oracle.assignments > rounds * Self.tasks * Self.processes / 2)
    #expect(oracle.reused > 0)
    #expect(try ledger.replay(scratch: directory.path).isEqual)
    ledger.close()
  }

  /// One service in a process of its own; it prints `done` when all its tasks have ended.
  private func child(_ path: String, _ number: Int, _ rounds: Int) async -> String {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardOutputContent]
    ) { [path = path as String, number = number as Int, rounds = rounds as Int] in
      let ledger = try Ledger.open(at: path, options: Ledger.Options(clock: { .wallClock }))
      try await withThrowingTaskGroup(of: Void.self) { group in
        for task in 0..<64 {
          group.addTask {
            for round in 0..<rounds {
              try await life(of: task, round, in: number, on: ledger)
            }
          }
        }
        try await group.waitForAll()
      }
      ledger.close()
      print("done")
    }
    return String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
  }
}

/// A pod's life: every other one has a name that all processes share, so it may have to wait for
/// another process.
private func life(of task: Int, _ round: Int, in process: Int, on ledger: Ledger) async throws {
  let isShared = round.isMultiple(of: 2)
  let identity = try PodIdentity(
    cluster: ClusterName("many"), namespace: "many",
    name: isShared ? "shared-\(task)" : "own-\(process)-\(task)")
  let uid = try PodUID("p\(process)-t\(task)-r\(round)")
  let decision = try await ledger.assignWhenFree(
    AssignRequest(
      identity: identity, uid: uid, at: .wallClock, retainHours: task.isMultiple(of: 3) ? nil : 1),
    polling: .milliseconds(5))
  guard decision.assignment != nil else { return }
  try await ledger.delete(PodNotice(identity: identity, uid: uid, at: .wallClock))
}

extension Instant {
  /// What time it is.
  fileprivate static var wallClock: Instant {
    Instant(microseconds: Int64(Date.now.timeIntervalSince1970 * 1_000_000))
  }
}

/// The log of decisions, followed with a dictionary: who has what, and what is kept for whom.
private struct DecidedLog {
  private struct Kept {
    var identity: PodIdentity
    var deadline: Instant
  }

  var faults: [String] = []
  var assignments = 0
  var reused = 0
  private var holder: [IPAddress: PodUID] = [:]
  private var kept: [IPAddress: Kept] = [:]
  private var given: [PodUID: PodCreated] = [:]

  init(_ events: [RecordedEvent]) {
    for event in events { take(event) }
  }

  private mutating func take(_ recorded: RecordedEvent) {
    switch recorded.event {
    case .created(let event):
      assignments += 1
      for ip in event.addresses {
        if let other = holder[ip] { faults.append("\(recorded.position): \(ip) is \(other)'s") }
        if let kept = kept[ip], kept.identity != event.identity,
          let at = recorded.event.occurredAt, at < kept.deadline
        {
          faults.append("\(recorded.position): \(ip) is kept for \(kept.identity)")
        }
        holder[ip] = event.uid
        kept[ip] = nil
      }
      if case .reused? = event.assignment?.ground { reused += 1 }
      given[event.uid] = event
    case .deleted(let event):
      guard let life = given.removeValue(forKey: event.uid) else {
        faults.append("\(recorded.position): \(event.uid) had nothing")
        return
      }
      for ip in life.addresses {
        holder[ip] = nil
        if let hours = life.description.policy.hours, let at = recorded.event.occurredAt {
          kept[ip] = Kept(identity: event.identity, deadline: at + .hours(Int64(hours)))
        }
      }
    case .deleting, .completed, .expired, .watched, .pool: break
    }
  }
}
