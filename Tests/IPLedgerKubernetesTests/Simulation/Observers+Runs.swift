import IPLedger

@testable import IPLedgerKubernetes

/// Watches that begin anew in one stream, and watches from the middle.
extension Observers {
  /// Runs of kubectl's in one stream, with gaps between them, some of them without a change.
  ///
  /// A run whose list has nobody but pods that were created just now cannot be told from an unbroken
  /// watch: there are none of those.
  mutating func runs(timed: Bool, bookmark: Bool) -> [[String]] {
    let cuts = cuts(8)
    var lines: [String] = []
    var seen: Set<String> = []
    for index in stride(from: 0, to: cuts.count, by: 2) {
      let items = cluster.state(after: cuts[index])
      guard lines.isEmpty || items.contains(where: { seen.contains($0.uid) || !isNew($0) }) else {
        continue
      }
      let isQuiet = !bookmark && Int.random(in: 0..<3, using: &generator) == 0
      let last = isQuiet ? cuts[index] : cuts[index + 1]
      lines += watch(cuts[index], last, true, timed: timed, bookmark: bookmark)
      seen.formUnion(items.map(\.uid))
      seen.formUnion(
        cluster.changes.filter { $0.version > cuts[index] && $0.version <= last }.map(\.pod.uid))
    }
    return lines.isEmpty ? [] : [lines]
  }

  /// Whether a pod looks as it did when it was created.
  private func isNew(_ pod: SimulatedPod) -> Bool {
    pod.node == nil && pod.addresses.isEmpty && pod.deletion == nil && !pod.isCompleted
      && pod.stamps.values.allSatisfy { $0 <= pod.created.adding(microseconds: 1_000_000) }
  }

  /// Watches that begin with a change, and lists, so far behind one another that nobody can take one
  /// of the watches for the resumption of another, or of a list.
  mutating func middles(timed: Bool, besides kind: String) -> [[String]] {
    let cuts = cuts(6)
    var parts: [[String]] = []
    var begins: [Int] = []
    var end = 0
    for index in stride(from: 0, to: cuts.count, by: 2) where end == 0 || cuts[index] > end + 5 {
      let part = watch(cuts[index], cuts[index + 1], false, timed: timed)
      guard !part.isEmpty else { continue }
      parts.append(part)
      begins.append(cuts[index])
      end = cuts[index + 1]
    }
    return parts
      + lists(kind, isVersioned: kind == "PodList") { list in
        !begins.contains { (list - 5...list + 5).contains($0) }
      }
  }
}
