import Foundation
import Testing

@testable import LMDB

/// LMDB has no checksums: what its pages say of each other is all that tells whether they are whole.
@Suite(.serialized) struct `checking pages` {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  /// An environment with trees of several levels, large values, and pages that are free again.
  private func fill(_ entries: Int = 1_500) throws {
    let environment = try Environment.open(at: directory.path, options: scratch)
    defer { environment.close() }
    var random = SplitMix(state: 7)
    for name in ["a", "b", "empty"] {
      try environment.write { txn in _ = try txn.createTable(name) }
    }
    for round in 0..<10 {
      var keys: [[UInt8]] = []
      for _ in 0..<entries / 10 {
        keys.append(
          (0..<Int.random(in: 1...60, using: &random)).map { _ in
            .random(in: 0...255, using: &random)
          })
      }
      let large = round % 3 == 0 ? 9_000 : 40
      try environment.write { [keys] txn in
        for (index, name) in ["a", "b"].enumerated() {
          let table = try txn.createTable(name)
          for (place, key) in keys.enumerated() {
            try txn.put(
              table, key, [UInt8](repeating: UInt8(index), count: place == 0 ? large : 50))
            if place % 4 == 1 { try txn.delete(table, keys[place / 2]) }
          }
        }
      }
    }
  }

  private func check() throws -> PageReport {
    let environment = try Environment.open(at: directory.path, options: scratch)
    defer { environment.close() }
    return try environment.checkPages()
  }

  @Test func `a sound file has no fault, and every page has its place`() throws {
    try fill()
    let report = try check()
    #expect(report.faults == [])
    #expect(report.lostPages == 0)
    #expect(report.usedPages > 50)
    #expect(report.freePages > 5)
    #expect(report.usedPages + report.freePages + 2 == report.pages)
  }

  @Test func `a new environment has no fault`() throws {
    try Environment.open(at: directory.path, options: scratch).close()
    let report = try check()
    #expect(report.faultCount == 0)
    #expect(report.pages == 2)
  }

  @Test func `a list of free pages that is out of order is named`() throws {
    try fill()
    let whole = [UInt8](try Data(contentsOf: URL(filePath: directory.dataFile)))
    func word(_ place: Int) -> Int {
      (0..<8).reversed().reduce(0) { ($0 & 0xFF_FFFF) << 8 | Int(whole[place + $1]) }
    }
    // Two numbers of a list, the greater one first, as LMDB writes them; the count stands before. Some
    // of them are in lists of earlier commits, which nothing leads to.
    var found = 0
    for place in stride(from: 2 * 4096, to: whole.count - 24, by: 2)
    where found == 0 && whole[place / 4096 * 4096 + 10] == 2 {
      let (count, first, second) = (word(place), word(place + 8), word(place + 16))
      guard (2..<500).contains(count), (3..<whole.count / 4096).contains(first),
        (2..<first).contains(second)
      else { continue }
      var file = whole
      file.swapAt(place + 8, place + 16)
      file.swapAt(place + 9, place + 17)
      try Data(file).write(to: URL(filePath: directory.dataFile))
      if try check().faults.contains(where: { $0.found.contains("list of free pages") }) {
        found += 1
      }
    }
    try Data(whole).write(to: URL(filePath: directory.dataFile))
    #expect(found == 1)
    #expect(try check().faultCount == 0)
  }

  @Test func `it is checked while others write`() throws {
    try fill()
    let environment = try Environment.open(at: directory.path, options: scratch)
    defer { environment.close() }
    let verdicts = Gathering<Bool>()
    Thread {
      for _ in 0..<20 { verdicts.add((try? environment.checkPages().faultCount) == 0) }
      verdicts.add(true)
    }.start()
    var round = 0
    while verdicts.values.count < 21 {
      round += 1
      try environment.store(["\(round % 500)": "\(round)"], in: "a")
      // A check keeps pages from being used again: where it is slow, the file would grow without end.
      if round > 2000 { usleep(2000) }
    }
    #expect(verdicts.values.allSatisfy { $0 })
  }

  @Test func `a table's entries beyond a lowered count of a page are missed`() throws {
    try fill()
    let whole = try Data(contentsOf: URL(filePath: directory.dataFile))
    var found = 0
    // `mp_lower` of every page that is a leaf: two bytes less hide its last entry.
    for page in stride(from: 2, to: whole.count / 4096, by: 3)
    where whole[page * 4096 + 10] == 2 {
      var damaged = whole
      guard damaged[page * 4096 + 12] >= 18 else { continue }
      damaged[page * 4096 + 12] -= 2
      try damaged.write(to: URL(filePath: directory.dataFile))
      if try check().faultCount > 0 { found += 1 }
    }
    try whole.write(to: URL(filePath: directory.dataFile))
    #expect(found >= (try check()).usedPages / 8)
  }

  @Test func `two pages that changed places, and one of zeros, are named`() throws {
    try fill()
    let whole = try Data(contentsOf: URL(filePath: directory.dataFile))
    let used = try check()
    var found = 0
    for page in stride(from: 2, to: used.pages, by: 4) {
      var damaged = whole
      damaged.replaceSubrange(
        page * 4096..<(page + 1) * 4096, with: [UInt8](repeating: 0, count: 4096))
      try damaged.write(to: URL(filePath: directory.dataFile))
      let report = try check()
      if report.faults.contains(where: { $0.page == UInt64(page) }) { found += 1 }
      let other = page == 2 ? 3 : 2
      damaged = whole
      damaged.replaceSubrange(
        page * 4096..<(page + 1) * 4096, with: whole[other * 4096..<(other + 1) * 4096])
      try damaged.write(to: URL(filePath: directory.dataFile))
      if report.faultCount > 0 { #expect(try check().faultCount > 0) }
    }
    // Pages within a large value have no header of their own: their content is the caller's.
    #expect(found > used.usedPages / 8)
  }

  /// Nothing that a byte says makes the walk fault, hang or read beyond the file.
  @Test func `no byte of a file makes the walk fail`() throws {
    try fill(400)
    let whole = try Data(contentsOf: URL(filePath: directory.dataFile))
    var outcomes = (refused: 0, found: 0, nothing: 0)
    for place in stride(from: 0, to: whole.count, by: 151) {
      var damaged = whole
      damaged[place] ^= UInt8(1 << (place % 8)) | 0x80
      try damaged.write(to: URL(filePath: directory.dataFile))
      do {
        if try check().faultCount > 0 { outcomes.found += 1 } else { outcomes.nothing += 1 }
      } catch {
        #expect(error is LMDBError)
        outcomes.refused += 1
      }
    }
    #expect(outcomes.found > 50)
    #expect(outcomes.nothing > 50)
  }

  @Test(arguments: [(0, 1), (3, 2), (2, 5), (4, 2)])
  func `meta pages that are not of two commits in a row are refused`(
    _ first: Int, _ second: Int
  ) throws {
    try fill(200)
    var file = try Data(contentsOf: URL(filePath: directory.dataFile))
    file[144] = UInt8(first)
    file[4096 + 144] = UInt8(second)
    for place in 1..<8 { (file[144 + place], file[4096 + 144 + place]) = (0, 0) }
    try file.write(to: URL(filePath: directory.dataFile))
    let isInARow = (first, second) == (0, 1)
    if !isInARow { #expect(code { try Environment.open(at: directory.path) } == .corrupted) }
  }
}
