/// What is to happen, the earliest first: a binary heap.
struct Agenda {
  private var entries: [(time: Int64, index: Int)] = []

  mutating func insert(at time: Int64, _ index: Int) {
    entries.append((time, index))
    var child = entries.count - 1
    while child > 0, comes(child, before: (child - 1) / 2) {
      entries.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func removeFirst() -> (time: Int64, index: Int)? {
    guard let first = entries.first, let last = entries.popLast() else { return nil }
    guard !entries.isEmpty else { return first }
    entries[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < entries.count && comes(child, before: least) {
        least = child
      }
      guard least != parent else { return first }
      entries.swapAt(parent, least)
      parent = least
    }
  }

  private func comes(_ one: Int, before other: Int) -> Bool {
    (entries[one].time, entries[one].index) < (entries[other].time, entries[other].index)
  }
}

/// The addresses of a network: whichever has been free the longest is taken, else a new one.
struct Addresses {
  private var queue: [UInt32] = []
  private var taken = 0
  private var last: UInt32 = 0

  mutating func put(_ address: UInt32) {
    queue.append(address)
  }

  mutating func take() -> UInt32 {
    // Some stay free for a while, as a cool-down keeps them.
    guard queue.count - taken > 1_000 else {
      last += 1
      return last
    }
    defer {
      taken += 1
      if taken > 100_000 {
        queue.removeFirst(taken)
        taken = 0
      }
    }
    return queue[taken]
  }
}
