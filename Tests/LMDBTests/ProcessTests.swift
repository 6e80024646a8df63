import Foundation
import Testing

@testable import LMDB

/// Several processes on one environment, each with a writer and readers.
@Suite(.serialized) struct ProcessTests {
  @Test func `processes that make and drop each other's tables read what is there`() async throws {
    let directory = try TemporaryDirectory()
    let path = directory.path
    let here = Gathering<Bool>()
    Thread { here.add((try? churn(path, rounds: 400)) ?? false) }.start()
    await #expect(processExitsWith: .success) { [path = path as String] in
      guard try churn(path, rounds: 400) else { exit(EXIT_FAILURE) }
    }
    here.wait(for: 1)
    #expect(here.values == [true])
  }
}

/// Makes, fills, empties and drops tables, some of it in vain, while readers look on.
///
/// Every table holds its own name, and the table of pairs two equal values.
///
/// - Returns: whether the readers found it so.
private func churn(_ path: String, rounds: Int) throws -> Bool {
  struct InVain: Error {}
  let options = Environment.Options(mapSize: 256 << 10, durability: .none)
  let environment = try Environment.open(at: path, options: options)
  let verdicts = Gathering<Bool>()
  let finished = Gathering<Bool>()
  for _ in 0..<2 {
    Thread {
      var isSound = true
      while isSound, finished.values.isEmpty {
        isSound = (try? environment.read { txn in try holdsItsNames(txn) }) ?? false
      }
      verdicts.add(isSound)
    }.start()
  }
  var random = SplitMix(state: UInt64(getpid()))
  for round in 0..<rounds {
    let name = "table \(UInt8.random(in: 0..<5, using: &random))"
    let size = Int.random(in: 0..<30_000, using: &random)
    let value = [UInt8](repeating: 1, count: 8 + size % 8)
    do {
      try environment.write { txn in
        if round % 3 == 0 { try txn.drop(name) }
        if round % 4 != 0 {
          let table = try txn.createTable(name)
          try txn.put(table, [0], name.bytes)
          try txn.put(table, [1, UInt8(round & 255)], [UInt8](repeating: 1, count: size))
        }
        let pairs = try txn.createTable("pairs")
        try txn.put(pairs, [1], value)
        try txn.put(pairs, [2], value)
        if round % 7 == 0 { throw InVain() }
      }
    } catch is InVain {}
  }
  finished.add(true)
  verdicts.wait(for: 2)
  environment.close()
  return verdicts.values == [true, true]
}

private func holdsItsNames(_ txn: borrowing ReadTransaction) throws -> Bool {
  for name in try txn.tableNames() {
    guard let table = try txn.table(name) else { return false }
    if name == "pairs" {
      guard try txn.get(table, [1]) == txn.get(table, [2]) else { return false }
    } else {
      guard try txn.get(table, [0]) == name.bytes else { return false }
    }
  }
  return true
}
