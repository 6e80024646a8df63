import IPLedger

/// The pods that a watch showed before its first change: its list, or two of which the second was
/// begun anew without a word.
///
/// Whoever was there at both lists is in both, so a pod that comes once more tells. Where nobody
/// does, all who are in the second list were created after the first one was made. Where that is
/// possible, the items before do not count as listed together with those behind.
struct InitialItems {
  /// One of them.
  private struct Item {
    let uid: PodUID
    let version: UInt64
    let creationStamp: Instant?
    let newestStamp: Instant?
    let isFresh: Bool
    let receivedAt: Instant?
    /// Whether it was shown before, and it is open whether that was in this list.
    let isRepeat: Bool
  }

  /// How soon after a line no other list can begin, in microseconds: a tenth of a second.
  private static let shortestPause: Int64 = 100_000

  private var items: [Item] = []
  /// The greatest version of an item.
  private(set) var greatestVersion: UInt64 = 0

  var isEmpty: Bool { items.isEmpty }

  /// Takes in the next item.
  ///
  /// - Parameters:
  ///   - sighting: The pod.
  ///   - receivedAt: When it was received.
  ///   - isRepeat: Whether it was shown before, and it is open whether that was in this list.
  mutating func append(_ sighting: PodSighting, receivedAt: Instant?, isRepeat: Bool) {
    items.append(
      Item(
        uid: sighting.uid, version: sighting.version, creationStamp: sighting.creationStamp,
        newestStamp: sighting.newestStamp, isFresh: sighting.isFresh, receivedAt: receivedAt,
        isRepeat: isRepeat))
    greatestVersion = max(greatestVersion, sighting.version)
  }

  /// Who was listed, with the places at which a list may have been begun anew.
  var roll: ListedRoll {
    ListedRoll(uids: items.map(\.uid), starts: possibleStarts(withOld: true))
  }

  /// Who may be in a list of which the next item is known to be.
  var suspects: ArraySlice<PodUID> {
    items.map(\.uid)[(possibleStarts(withOld: false).first ?? items.count)...]
  }

  /// The indices, ascending, of items that may be the first ones of a list that was begun anew.
  ///
  /// - Parameter withOld: Whether it needs an item that was not just created: a run of pods that
  ///   were is taken for what it seems to be.
  /// - Returns: The indices.
  private func possibleStarts(withOld: Bool) -> [Int] {
    // What has to be true of all items behind a place, from the last one back.
    var oldest: Instant? = .latest
    var leastVersion = UInt64.max
    var isAnyOld = false
    var behind: [(created: Instant?, version: UInt64, isAnyOld: Bool)] = []
    for item in items.reversed() {
      if !item.isRepeat {
        oldest = oldest.flatMap { oldest in item.creationStamp.map { min(oldest, $0) } }
        leastVersion = min(leastVersion, item.version)
      }
      isAnyOld = isAnyOld || item.isRepeat || !item.isFresh
      behind.append((oldest, leastVersion, isAnyOld))
    }
    var starts: [Int] = []
    var newest: Instant?
    var greatestVersion: UInt64 = 0
    for (index, item) in items.enumerated() {
      let rest = behind[items.count - 1 - index]
      if index > 0, rest.isAnyOld || !withOld, rest.version > greatestVersion,
        mayFollow(item, items[index - 1]),
        rest.created.flatMap({ created in
          newest.map { $0 <= created.adding(microseconds: StampRule.reach) }
        }) ?? true
      {
        starts.append(index)
      }
      newest = greater(newest, item.newestStamp)
      greatestVersion = max(greatestVersion, item.version)
    }
    return starts
  }

  /// Whether there was time for a list to be begun anew between two items.
  private func mayFollow(_ item: Item, _ previous: Item) -> Bool {
    guard let received = item.receivedAt, let before = previous.receivedAt else { return true }
    return received.microseconds - before.microseconds >= Self.shortestPause
  }
}

/// Who was listed at the beginning of a watch, of whom only those behind the last place at which the
/// list may have been begun anew are certain, until a later line tells more.
struct ListedRoll {
  private let uids: [PodUID]
  private var starts: [Int]
  /// The places of those who are not certain.
  private var uncertain: [PodUID: Int]

  init(uids: [PodUID], starts: [Int]) {
    self.uids = uids
    self.starts = starts
    uncertain = [:]
    // Who was shown twice is in the last list by the second time alone.
    for (index, uid) in uids.enumerated() {
      uncertain[uid] = index < (starts.last ?? 0) ? index : nil
    }
  }

  /// Whether all are certain.
  var isWhole: Bool { starts.isEmpty }

  /// Who was certainly there.
  var certain: ArraySlice<PodUID> { uids[(starts.last ?? 0)...] }

  /// A change shows that a pod was there still: so it was in the last list, as it is in no other.
  ///
  /// - Returns: Whether that makes others certain.
  mutating func confirm(_ uid: PodUID) -> Bool {
    guard let place = uncertain[uid] else { return false }
    starts.removeAll { $0 > place }
    let first = starts.last ?? 0
    uncertain = uncertain.filter { $0.value < first }
    return true
  }
}
