import Foundation
import IPLedger
import Synchronization

/// Attributes the rows of an input on all cores, and writes them in the order in which they came.
struct AttributeRun {
  let ledger: Ledger
  let columns: RowColumns
  let network: NetworkName?
  let verifies: Bool
  /// Whether the input begins with the names of its columns.
  let hasHeader: Bool

  /// How many blocks are attributed at once.
  static var tasks: Int { max(1, min(ProcessInfo.processInfo.activeProcessorCount, 8)) }

  /// How many tenures and answers are remembered, by all tasks together.
  private static let capacity = 60_000

  /// Attributes all rows; what became of them.
  func attribute(_ reader: consuming RowReader) async throws -> AttributeTally {
    var reader = reader
    let writer = OrderedWriter()
    guard var first = try reader.next() else { return AttributeTally() }
    let layout: RowLayout
    switch reader.form ?? .csv {
    case .jsonl:
      layout = .jsonl
      try writer.begin(with: reader.mark)
    case .csv:
      let header = try CSVHeader(first, columns, isThere: hasHeader)
      layout = .csv(address: header.address, time: header.time, count: header.count)
      try writer.begin(with: reader.mark + header.output)
      first = header.rest
    }
    return try await attribute(first, reader, layout, writer)
  }

  private func attribute(
    _ first: RowBlock, _ reader: consuming RowReader, _ layout: RowLayout, _ writer: OrderedWriter
  ) async throws -> AttributeTally {
    var reader = reader
    let workers = Self.tasks
    let pool = AttributorPool(
      (0..<workers).map { _ in
        RowAttributor(
          ledger, columns, layout, network: network, verifies: verifies,
          capacity: Self.capacity / workers)
      })
    try await withThrowingTaskGroup(of: Void.self) { group in
      var running = 0
      var next: RowBlock? = first
      while let block = next {
        if running == workers {
          try await group.next()
          running -= 1
        }
        running += 1
        group.addTask { try writer.write(pool.attribute(block), of: block.number) }
        next = try reader.next()
      }
      try await group.waitForAll()
    }
    return pool.tally
  }
}

/// The attributors, each of them lent to one task at a time, and what they found.
private final class AttributorPool: Sendable {
  /// Whoever takes it has it alone.
  private struct Idle: @unchecked Sendable {
    let attributor: RowAttributor
  }

  private struct State {
    var idle: [Idle]
    var tally = AttributeTally()
  }

  private let state: Mutex<State>

  init(_ attributors: [RowAttributor]) {
    state = Mutex(State(idle: attributors.map(Idle.init)))
  }

  /// What became of the rows so far.
  var tally: AttributeTally { state.withLock { $0.tally } }

  /// The rows of a block as they are written.
  func attribute(_ block: RowBlock) throws -> [UInt8] {
    guard let idle = state.withLock({ $0.idle.popLast() }) else {
      preconditionFailure("there are as many attributors as tasks")
    }
    let (bytes, found) = try idle.attributor.attribute(block)
    state.withLock { state in
      state.idle.append(idle)
      state.tally.add(found)
    }
    return bytes
  }
}

/// Writes blocks to standard output in their order, each as soon as those before it are written.
final class OrderedWriter: Sendable {
  private struct State {
    var next = 0
    var waiting: [Int: [UInt8]] = [:]
  }

  private let state = Mutex(State())
  /// A terminal obeys what is in rows; a file gets them as they are.
  private let isTerminal = isatty(STDOUT_FILENO) != 0

  /// Writes what comes before all blocks.
  func begin(with bytes: [UInt8]) throws { try put(bytes) }

  /// Writes a block, or keeps it until those before it have come.
  func write(_ bytes: [UInt8], of number: Int) throws {
    try state.withLock { state in
      state.waiting[number] = bytes
      while let next = state.waiting.removeValue(forKey: state.next) {
        try put(next)
        state.next += 1
      }
    }
  }

  private func put(_ bytes: [UInt8]) throws {
    guard !bytes.isEmpty else { return }
    try Output.write(Data(isTerminal ? Self.harmless(bytes) : bytes))
  }

  /// Rows with their line ends, and nothing else in them that a terminal would obey.
  static func harmless(_ bytes: [UInt8]) -> [UInt8] {
    var shown: [UInt8] = []
    var rest = bytes[...]
    // By bytes: in a String, a carriage return and a line feed are one Character, and no "\n".
    while let feed = rest.firstIndex(of: 0x0A) {
      let line = rest[..<feed]
      let hasReturn = line.last == 0x0D
      shown += printable(String(decoding: hasReturn ? line.dropLast() : line, as: UTF8.self)).utf8
      if hasReturn { shown.append(0x0D) }
      shown.append(0x0A)
      rest = rest[(feed + 1)...]
    }
    return shown + printable(String(decoding: rest, as: UTF8.self)).utf8
  }
}
