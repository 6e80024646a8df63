import Foundation
import Testing

/// What happens where the disk changed a byte of a projection.
@Suite(.serialized) struct DamageTests {
  @Test func `replay names the damaged table and key, and a rebuild mends it`() throws {
    let directory = try Recordings.ledger()
    let file = directory.url.appending(path: "ledger/data.mdb")
    let intact = try Data(contentsOf: file)
    // The node's name stands in rows of projections and in events of the log: find a row's.
    let name = Data("virtual-kubelet-cn-wulanchabu-b".utf8)
    var place = intact.startIndex
    var isFound = false
    while !isFound, let found = intact.range(of: name, in: place..<intact.endIndex) {
      place = found.upperBound
      var damaged = intact
      damaged[found.lowerBound] ^= 1
      try damaged.write(to: file)
      let replay = try Program.run("replay", "--ledger", "ledger", "-o", "json", in: directory)
      guard replay.status == 1 else { continue }
      isFound = true
      #expect(replay.output.contains(#""equal":false"#))
      #expect(replay.output.contains(#""differences":1,"firstDifference":""#))
      let rebuild = try Program.run("replay", "--rebuild", "--ledger", "ledger", in: directory)
      #expect(rebuild.status == 0)
      let again = try Program.run("replay", "--ledger", "ledger", in: directory)
      #expect(again.status == 0)
    }
    #expect(isFound)
  }

  @Test(arguments: ["meta", "log", "tenures.0", "counts.0", "incarnations.0"])
  func `a table whose root leads nowhere is damage, and nothing is written over it`(
    _ table: String
  ) throws {
    let directory = try Recordings.ledger()
    let file = directory.url.appending(path: "ledger/data.mdb")
    var bytes = try Data(contentsOf: file)
    // The table's record stands behind its name, the number of the root page in its last 8 bytes;
    // the length of the name before it tells it from other text.
    let name = Data([UInt8(table.utf8.count), 0]) + Data(table.utf8)
    var place = bytes.startIndex
    while let found = bytes.range(of: name, in: place..<bytes.endIndex) {
      place = found.upperBound
      // What is left of an older page in one that was used again is no record.
      guard bytes[place + 41..<place + 48].allSatisfy({ $0 == 0 }) else { continue }
      bytes[place + 44] = 1
    }
    try bytes.write(to: file)
    var refused = 0
    for command in [
      ["status"], ["audit", "default/web-0"], ["explain", "default/web-0"], ["expire"],
      ["ingest", Recordings.rollingRestart, "--cluster", "prod"],
    ] {
      let outcome = try Program.run(command + ["--ledger", "ledger"], in: directory)
      guard outcome.status != 0 else { continue }
      refused += 1
      #expect(outcome.status == 74, "\(command): \(outcome.errors)")
      #expect(outcome.errors.contains("the file is damaged"), "\(command): \(outcome.errors)")
      #expect(
        outcome.errors.contains("run 'ipledger check --ledger ledger'"),
        "\(command): \(outcome.errors)")
      #expect(try Data(contentsOf: file) == bytes, "\(command)")
    }
    #expect(refused > 0)
  }

  /// A page's header says where its free room begins: beyond it LMDB's thread that writes faults, too.
  @Test func `a fault while something is written ends with a message`() throws {
    let directory = try Recordings.ledger()
    let file = directory.url.appending(path: "ledger/data.mdb")
    let intact = try Data(contentsOf: file)
    var faults = 0
    for page in 2..<intact.count / 4096 {
      for offset in [12, 18] {
        var bytes = intact
        bytes[page * 4096 + offset] ^= 0x80
        bytes[page * 4096 + offset + 1] ^= 0x7F
        try bytes.write(to: file)
        let outcome = try Program.run("expire", "--ledger", "ledger", in: directory)
        #expect([0, 74].contains(outcome.status), "\(page) \(offset): \(outcome.status)")
        if outcome.errors.contains("what a page of it says leads nowhere") {
          faults += 1
          #expect(outcome.errors.contains("'ipledger check --ledger ledger'"))
        }
      }
    }
    #expect(faults > 0)
  }
}
