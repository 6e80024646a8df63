import IPLedger

/// Attributes the rows of one block after another; it belongs to one task at a time.
final class RowAttributor {
  private let ledger: Ledger
  private let columns: RowColumns
  private let layout: RowLayout
  private let network: NetworkName?
  private let verifies: Bool
  private let capacity: Int
  private let names: [String]
  private let marks: [RowFault: RowAddition]
  private var attributors: [NetworkName: Attributor<RowAddition>] = [:]

  init(
    _ ledger: Ledger, _ columns: RowColumns, _ layout: RowLayout, network: NetworkName?,
    verifies: Bool, capacity: Int
  ) {
    self.ledger = ledger
    self.columns = columns
    self.layout = layout
    self.network = network
    self.verifies = verifies
    self.capacity = capacity
    let names = columns.names
    self.names = names
    marks = Dictionary(
      uniqueKeysWithValues: RowFault.allCases.map {
        ($0, RowAddition(unreadable: $0, names: names, as: layout.form))
      })
  }

  /// The rows of a block as they are written, and what became of them.
  func attribute(_ block: RowBlock) throws -> (bytes: [UInt8], tally: AttributeTally) {
    var output: [UInt8] = []
    output.reserveCapacity(block.bytes.count * 3)
    var tally = AttributeTally()
    try ledger.read { view in
      let network = try self.network ?? Self.onlyNetwork(view)
      switch layout {
      case .csv(let address, let time, let count):
        try records(block, address, time, count, network, view, &output, &tally)
      case .jsonl:
        try objects(block, network, view, &output, &tally)
      }
    }
    return (output, tally)
  }

  private static func onlyNetwork(_ view: borrowing LedgerView) throws -> NetworkName? {
    let networks = try view.networks()
    return networks.count == 1 ? networks[0] : nil
  }

  private func mark(_ fault: RowFault) -> RowAddition {
    marks[fault] ?? RowAddition(unreadable: fault, names: names, as: layout.form)
  }

  /// What an address and a time add to their row.
  private func addition(
    _ address: ArraySlice<UInt8>, _ time: ArraySlice<UInt8>, _ network: NetworkName?,
    _ view: borrowing LedgerView
  ) throws -> RowAddition {
    if address.isEmpty { return mark(.noAddress) }
    if time.isEmpty { return mark(.noTime) }
    guard let ip = try? IPAddress(parsing: address) else { return mark(.badAddress) }
    guard let instant = columns.clock.instant(time) else { return mark(.badTime) }
    var place = network
    if place == nil {
      let candidates = try view.networks(of: ip)
      guard candidates.count < 2 else { return mark(.severalNetworks) }
      place = candidates.first
    }
    guard let place else {
      return RowAddition(
        Attribution(verdict: .unknown, certainty: .exact, claimants: []), names: names,
        as: layout.form)
    }
    return try attributor(of: place).value(for: ip, at: instant, in: view)
  }

  private func attributor(of network: NetworkName) -> Attributor<RowAddition> {
    if let known = attributors[network] { return known }
    let (names, form) = (names, layout.form)
    let attributor = Attributor(of: network, verifies: verifies, capacity: capacity) {
      RowAddition($0, names: names, as: form)
    }
    attributors[network] = attributor
    return attributor
  }

  // MARK: CSV

  private func records(
    _ block: RowBlock, _ address: Int, _ time: Int, _ count: Int, _ network: NetworkName?,
    _ view: borrowing LedgerView, _ output: inout [UInt8], _ tally: inout AttributeTally
  ) throws {
    let bytes = block.bytes
    let span = bytes.span
    var line = block.line
    var index = 0
    while index < bytes.count {
      let record = CSVRecord(span, from: index)
      if record.fault == nil, record.fields.count == 1, record.fields[0].isEmpty {
        output += bytes[index..<record.next]
      } else {
        let addition: RowAddition
        if record.fault != nil {
          addition = mark(.quotes)
        } else if record.fields.count != count {
          addition = mark(.fieldCount)
        } else {
          addition = try self.addition(
            CSVRecord.text(bytes[record.fields[address]]),
            CSVRecord.text(bytes[record.fields[time]]), network, view)
        }
        output += bytes[index..<record.end]
        // So the mark stands in its columns, where that can be.
        for _ in 0..<max(0, count - record.fields.count) where record.fault == nil {
          output.append(UInt8(ascii: ","))
        }
        output += addition.bytes
        output += bytes[record.end..<record.next]
        if record.next == record.end { output.append(UInt8(ascii: "\n")) }
        tally.add(addition.outcome, line: line)
      }
      for place in index..<record.next where span[place] == UInt8(ascii: "\n") { line += 1 }
      index = record.next
    }
  }

  // MARK: JSON

  private func objects(
    _ block: RowBlock, _ network: NetworkName?, _ view: borrowing LedgerView,
    _ output: inout [UInt8], _ tally: inout AttributeTally
  ) throws {
    let bytes = block.bytes
    let span = bytes.span
    let paths = [RowColumns.path(columns.address), RowColumns.path(columns.time)]
    let names = names.map { Array($0.utf8) }
    var line = block.line
    var index = 0
    while index < bytes.count {
      var end = index
      while end < bytes.count, span[end] != UInt8(ascii: "\n") { end += 1 }
      let range = index..<end
      if bytes[range].allSatisfy(\.isRowSpace) {
        output += bytes[index..<min(end + 1, bytes.count)]
      } else {
        let outcome = try object(bytes, range, paths, names, network, view, &output)
        output.append(UInt8(ascii: "\n"))
        tally.add(outcome, line: line)
      }
      line += 1
      index = end + 1
    }
  }

  /// Writes a line with its members, or as a member of an object, without its line feed.
  private func object(
    _ bytes: [UInt8], _ range: Range<Int>, _ paths: [[[UInt8]]], _ names: [[UInt8]],
    _ network: NetworkName?, _ view: borrowing LedgerView, _ output: inout [UInt8]
  ) throws -> RowOutcome {
    let row = try? JSONRow(bytes.span, range, paths: paths, names: names)
    guard let row, !row.hasTakenName else {
      let mark = mark(row == nil ? .notJSON : .nameTaken)
      let hasReturn = bytes[range].last == 0x0D
      output += Array("{\"line\":".utf8)
      output += JSONText.quoted(hasReturn ? bytes[range].dropLast() : bytes[range])
      output.append(UInt8(ascii: ","))
      output += mark.bytes
      output.append(UInt8(ascii: "}"))
      if hasReturn { output.append(0x0D) }
      return mark.outcome
    }
    let addition: RowAddition
    switch (row.values[0], row.values[1]) {
    case (nil, _): addition = mark(.noAddress)
    case (_, nil): addition = mark(.noTime)
    case (.text(let address)?, .text(let time)?), (.text(let address)?, .number(let time)?):
      addition = try self.addition(
        JSONText.plain(bytes[address]), JSONText.plain(bytes[time]), network, view)
    case (.text?, _): addition = mark(.badTime)
    default: addition = mark(.badAddress)
    }
    output += bytes[range.lowerBound..<row.closingBrace]
    if !row.isEmpty { output.append(UInt8(ascii: ",")) }
    output += addition.bytes
    output += bytes[row.closingBrace..<range.upperBound]
    return addition.outcome
  }
}

/// How rows lie in the bytes.
enum RowLayout: Sendable {
  /// Records with so many fields, of which these two are the address and the time.
  case csv(address: Int, time: Int, count: Int)
  /// One object a line.
  case jsonl

  /// How they are written.
  var form: RowForm {
    switch self {
    case .csv: .csv
    case .jsonl: .jsonl
    }
  }
}
