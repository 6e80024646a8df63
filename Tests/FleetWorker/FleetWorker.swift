import Foundation
import IPLedger
import LMDB

/// One of several processes that record, decide and read on one ledger until they are killed.
///
///     FleetWorker LEDGER NUMBER ACKNOWLEDGED
///
/// What was acknowledged is written to the new file ACKNOWLEDGED, a line each: `created UID` and
/// `assigned UID`. A ledger that has no reader's slot left is asked again; any other error ends the process
/// with what it says.
@main struct FleetWorker {
  static func main() async {
    let arguments = CommandLine.arguments
    guard arguments.count == 4,
      FileManager.default.createFile(atPath: arguments[3], contents: nil),
      let file = FileHandle(forWritingAtPath: arguments[3])
    else {
      print("usage: FleetWorker LEDGER NUMBER ACKNOWLEDGED")
      exit(64)
    }
    do {
      let ledger = try openLedger(arguments[1])
      // Not the process's number, which another one has again after some thousand others.
      let own = String(UInt64.random(in: 0 ... .max), radix: 36)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for task in 0..<4 {
          let life = Life(ledger: ledger, file: file, name: "\(arguments[2])-\(own)-\(task)")
          group.addTask { try await life.live() }
        }
        try await group.waitForAll()
      }
    } catch {
      print("\(error)")
      exit(1)
    }
  }

  /// The map is small, so that it has to grow, and there are few slots for readers, so that they run out.
  static func openLedger(_ path: String) throws -> Ledger {
    var options = Ledger.Options(clock: { Instant.wallClock })
    options.storage = Environment.Options(mapSize: 1 << 20, maxReaders: 8)
    return try Ledger.open(at: path, options: options)
  }
}

/// A task of a process: pods come and go.
struct Life: Sendable {
  let ledger: Ledger
  let file: FileHandle
  let name: String

  func live() async throws {
    var round = 0
    while true {
      round += 1
      let uid = "\(name)-\(round)"
      switch round % 4 {
      case 0: try look(round)
      case 1, 2: try await decide(uid, round)
      default: try await observe(uid, round)
      }
    }
  }

  private func acknowledge(_ line: String) throws {
    try file.write(contentsOf: Data((line + "\n").utf8))
  }

  private func observe(_ uid: String, _ round: Int) async throws {
    let cluster = try ClusterName("lab")
    let evidence = Evidence(
      source: .watch, resourceVersion: ResourceVersion(.random(in: 1...1 << 40)),
      isExactChange: true)
    let created = PodCreated(
      identity: try PodIdentity(cluster: cluster, namespace: "jobs", name: uid),
      uid: try PodUID(uid), network: NetworkName(of: cluster),
      addresses: [try IPAddress(parsing: "10.\(round % 200).\(round / 200 % 200).7")],
      description: PodDescription(describedAt: evidence.resourceVersion), evidence: evidence)
    try await ledger.record(.created(created))
    try acknowledge("created \(uid)")
  }

  private func decide(_ uid: String, _ round: Int) async throws {
    let identity = try PodIdentity(
      cluster: ClusterName("lab"), namespace: "shop", name: "\(name)-\(round % 3)")
    let request = AssignRequest(
      identity: identity, uid: try PodUID(uid), at: .wallClock,
      network: try NetworkName("vpc-1"), node: "node-1", retainHours: round % 2 == 0 ? 1 : nil)
    switch try await retrying({ try await ledger.assign(request) }) {
    case .fresh, .reused:
      try acknowledge("assigned \(uid)")
      let notice = PodNotice(identity: identity, uid: try PodUID(uid), at: .wallClock)
      _ = try await retrying { try await ledger.delete(notice) }
    case .waiting, .refused: break
    }
  }

  /// Reads, and holds the snapshot for a while now and then.
  private func look(_ round: Int) throws {
    let address = Address(
      network: try NetworkName("vpc-1"), ip: try IPAddress(parsing: "10.1.0.\(round % 250)"))
    do {
      try ledger.read { view in
        _ = try view.audit(address, at: .wallClock)
        if round % 32 == 0 { usleep(20_000) }
      }
    } catch let error as StorageError where error.code == .readersFull {
      usleep(1_000)
    }
  }

  /// Asks again where no reader's slot is left: every other error is the caller's.
  private func retrying<Value>(_ body: () async throws -> Value) async throws -> Value {
    while true {
      do {
        return try await body()
      } catch let error as StorageError where error.code == .readersFull {
        try await Task.sleep(for: .milliseconds(1))
      }
    }
  }
}

extension Instant {
  /// What time it is.
  static var wallClock: Instant {
    Instant(microseconds: Int64((Date.now.timeIntervalSince1970 * 1_000_000).rounded()))
  }
}
