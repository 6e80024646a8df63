import FoundationEssentials

/// Adds up what is measured, and looks at the anonymous memory of the process.
struct Stopwatch: Sendable {
  private var taken = Duration.zero
  private var memory = 0

  mutating func measure(_ body: () async throws -> Void) async rethrows {
    let began = ContinuousClock.now
    try await body()
    add(ContinuousClock.now - began)
    sampleMemory()
  }

  mutating func add(_ span: Duration) {
    taken += span
    sampleMemory()
  }

  /// Mapped pages belong to the page cache; what is anonymous is the process's own.
  mutating func sampleMemory() {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else {
      return
    }
    for line in status.split(separator: "\n") where line.hasPrefix("RssAnon:") {
      let kibibytes = line.split(separator: " ").compactMap { Int($0) }.first ?? 0
      memory = max(memory, kibibytes / 1024)
    }
  }

  func report(_ count: Int) {
    let seconds = Double(taken.components.seconds) + Double(taken.components.attoseconds) / 1e18
    print("\(seconds)\t\(count)\t\(memory)")
  }
}
