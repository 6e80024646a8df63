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
}
