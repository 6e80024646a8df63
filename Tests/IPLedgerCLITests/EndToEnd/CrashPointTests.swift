import Foundation
import TestSupport
import Testing

/// A scenario of a thousand events, in which the process is killed, the power is cut or the disk fails
/// at the calls that LMDB makes to it.
///
/// With `IPLEDGER_DEEP` at each call, otherwise at some of them. To repeat a point that failed:
/// `FaultWorker DIRECTORY STEP STEP+1 1 FAULT`.
@Suite(.serialized, .enabled(if: FaultWorkerSupport.isThere, FaultWorkerSupport.why))
struct `crash points` {
  private static let isDeep = Seeds.isDeep

  /// Runs groups of faults at once.
  private func run(_ groups: [(stride: Int, faults: [String])]) async throws -> FaultRun.Tally {
    try await withThrowingTaskGroup(of: FaultRun.Tally.self) { group in
      guard Self.isDeep else {
        return try FaultRun(steps: 0..<250, stride: 149).run(groups.flatMap(\.faults))
      }
      for (stride, faults) in groups {
        group.addTask { try FaultRun(stride: stride).run(faults) }
      }
      return try await group.reduce(into: FaultRun.Tally()) { $0.add($1) }
    }
  }

  @Test(.timeLimit(.minutes(60)))
  func `what was acknowledged is there, and nothing that was not recorded`() async throws {
    let tally = try await run([
      (1, ["kill"]), (1, ["power"]), (5, ["tear"]), (5, ["kill-after"]),
    ])
    #expect(tally.bad == [])
    #expect(tally.all >= (Self.isDeep ? 5_000 : 80))
    let points = tally.points.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    Report.line(
      "crash points",
      "\(tally.all) at \(tally.calls) calls (\(points.joined(separator: ", "))): "
        + "\(tally.bad.filter { $0.contains("lost") }.count) lost, "
        + "\(tally.bad.filter { $0.contains("phantom") }.count) phantom, \(tally.bad.count) wrong in all"
    )
  }

  @Test(.timeLimit(.minutes(60)))
  func `a disk that fails gives a clear error, and a state that is before or after`()
    async throws
  {
    let tally = try await run([
      (1, ["eio", "short"]), (1, ["enospc"]), (5, ["eio-for-good"]),
    ])
    #expect(tally.bad == [])
    #expect(tally.all >= (Self.isDeep ? 5_000 : 60))
    let points = tally.points.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    Report.line(
      "faults injected",
      "\(tally.all) at \(tally.calls) calls (\(points.joined(separator: ", "))): "
        + "\(tally.bad.count) wrong")
  }

  @Test func `a disk that lies about its syncs is found out`() throws {
    let tally = try FaultRun(steps: 1..<40, stride: 5, isLying: true).run(["power"])
    #expect(tally.all > 50)
    #expect(!tally.bad.isEmpty)
  }
}

/// Whether calls can be stood between.
enum FaultWorkerSupport {
  static let why: Comment =
    "a sanitizer stands between LMDB and the C library itself, so no faults are tried"

  /// Under a sanitizer the build is in a folder of its own.
  static let isThere = !["thread", "address"].contains {
    Program.path.path.contains(".build-\($0)")
  }
}
