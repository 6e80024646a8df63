import Foundation
import LMDB
import Testing

@testable import IPLedger

/// R5, R20: a row that a damaged key moved in front of a scan is not taken for one that is not there.
@Suite(.serialized) struct `scans over damage` {
  @Test func `a key that was damaged to lie before the range of a scan hides no tenure in silence`()
    async throws
  {
    let path = NSTemporaryDirectory() + "ipledger-fence-\(UInt64.random(in: 0 ... .max))"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let options = Ledger.Options(clock: { Instant.seconds(1_800_000_000) })
    let ledger = try Ledger.open(at: path, options: options)
    let text = "09:00 watch\n10:00 web-0#a gets 10.0.0.1 on node-1\n11:00 watch"
    try await ledger.record(contentsOf: Timeline(text).events)
    ledger.close()
    let address = Address(
      network: NetworkName(of: try ClusterName("lab")), ip: try IPAddress(parsing: "10.0.0.1"))
    let environment = try Environment.open(at: path)
    try await environment.write { txn in
      let table = try txn.createTable(Tables.name(.tenures, 0))
      guard let row = try txn.reading.first(table) else { return }
      // As if the last bit of the address had changed in its place: 10.0.0.0.
      try txn.delete(table, row.key)
      var key = row.key
      key[Keys.address(address).count - 1] ^= 1
      try txn.put(table, key, row.value)
    }
    environment.close()
    let again = try Ledger.open(at: path, options: options)
    defer { again.close() }
    #expect(throws: LedgerError.self) {
      try again.read { view in try view.audit(address, at: Instant(story: "10:30")) }
    }
  }
}
