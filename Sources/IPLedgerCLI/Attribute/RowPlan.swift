import IPLedger

/// The rows of a block, what is asked about them, and where the answers belong.
struct RowPlan {
  /// One row.
  struct Row {
    /// The line at which it begins.
    let line: Int
    /// Its bytes, with their line end where they have one.
    let bytes: Range<Int>
    /// Where something is added to it.
    let place: Int
    let shape: Shape
  }

  /// How a row is written.
  enum Shape {
    /// As it is: nothing is in it.
    case blank
    /// A record with fields behind it.
    case record(Addition)
    /// A record with a mark behind it, and so many commas before that for the fields that it lacks, so that
    /// the mark stands in its columns.
    case faulty(lacking: Int, RowFault)
    /// An object with members behind its own, where it has any.
    case object(isEmpty: Bool, Addition)
    /// A line that becomes a member of an object, with a mark.
    case line(RowFault)
  }

  /// What is added to a row.
  enum Addition {
    /// The mark of what cannot be read.
    case mark(RowFault)
    /// That nothing is known of its address.
    case unknown
    /// The answer to a question, by its number among those about its network.
    case answer(NetworkName, Int)
  }

  private(set) var rows: [Row] = []
  /// What is asked, by the network.
  private(set) var questions: [NetworkName: [AddressQuestion]] = [:]

  private let columns: RowColumns
  /// The network of all rows; `nil` where their addresses tell it.
  private let network: NetworkName?

  /// The plan for a block.
  ///
  /// - Parameters:
  ///   - block: The rows.
  ///   - layout: How they lie in it.
  ///   - columns: Where they have their address and their time.
  ///   - network: The network of all of them; `nil` where their addresses tell it.
  ///   - view: The ledger.
  /// - Throws: ``LedgerError`` where the ledger is damaged.
  init(
    _ block: RowBlock, _ layout: RowLayout, _ columns: RowColumns, network: NetworkName?,
    _ view: borrowing LedgerView
  ) throws {
    self.columns = columns
    self.network = network
    switch layout {
    case .csv(let address, let time, let count):
      try addRecords(of: block, address, time, count, view)
    case .jsonl:
      try addObjects(of: block, view)
    }
  }

  /// What is asked about an address and a time.
  private mutating func ask(
    _ address: ArraySlice<UInt8>, _ time: ArraySlice<UInt8>, _ view: borrowing LedgerView
  ) throws -> Addition {
    if address.isEmpty { return .mark(.noAddress) }
    if time.isEmpty { return .mark(.noTime) }
    guard let ip = try? IPAddress(parsing: address) else { return .mark(.badAddress) }
    guard let instant = columns.clock.instant(time) else { return .mark(.badTime) }
    var place = network
    if place == nil {
      let candidates = try view.networks(of: ip)
      guard candidates.count < 2 else { return .mark(.severalNetworks) }
      place = candidates.first
    }
    guard let place else { return .unknown }
    let number = questions[place]?.count ?? 0
    questions[place, default: []].append(AddressQuestion(ip: ip, instant: instant))
    return .answer(place, number)
  }

  // MARK: CSV

  private mutating func addRecords(
    of block: RowBlock, _ address: Int, _ time: Int, _ count: Int, _ view: borrowing LedgerView
  ) throws {
    let bytes = block.bytes
    let span = bytes.span
    var line = block.line
    var index = 0
    while index < bytes.count {
      let record = CSVRecord(span, from: index)
      let fields = record.fields
      let shape: Shape
      if record.fault != nil {
        shape = .faulty(lacking: 0, .quotes)
      } else if fields.count == 1, fields[0].isEmpty {
        shape = .blank
      } else if fields.count != count {
        shape = .faulty(lacking: max(0, count - fields.count), .fieldCount)
      } else {
        shape = .record(
          try ask(
            CSVRecord.text(bytes[fields[address]]), CSVRecord.text(bytes[fields[time]]), view))
      }
      rows.append(Row(line: line, bytes: index..<record.next, place: record.end, shape: shape))
      for place in index..<record.next where span[place] == UInt8(ascii: "\n") { line += 1 }
      index = record.next
    }
  }

  // MARK: JSON

  private mutating func addObjects(of block: RowBlock, _ view: borrowing LedgerView) throws {
    let bytes = block.bytes
    let span = bytes.span
    let paths = [RowColumns.path(columns.address), RowColumns.path(columns.time)]
    let names = columns.names.map { Array($0.utf8) }
    var line = block.line
    var index = 0
    while index < bytes.count {
      var end = index
      while end < bytes.count, span[end] != UInt8(ascii: "\n") { end += 1 }
      var (place, shape) = (end, Shape.blank)
      if !bytes[index..<end].allSatisfy(\.isRowSpace) {
        let object = try? JSONRow(span, index..<end, paths: paths, names: names)
        if let object, !object.hasTakenName {
          place = object.closingBrace
          shape = .object(
            isEmpty: object.isEmpty, try ask(object.values[0], object.values[1], bytes, view))
        } else {
          if bytes[end - 1] == 0x0D { place = end - 1 }
          shape = .line(object == nil ? .notJSON : .nameTaken)
        }
      }
      rows.append(
        Row(line: line, bytes: index..<min(end + 1, bytes.count), place: place, shape: shape))
      line += 1
      index = end + 1
    }
  }

  private mutating func ask(
    _ address: JSONRow.Value?, _ time: JSONRow.Value?, _ bytes: [UInt8],
    _ view: borrowing LedgerView
  ) throws -> Addition {
    switch (address, time) {
    case (nil, _): return .mark(.noAddress)
    case (_, nil): return .mark(.noTime)
    case (.text(let address)?, .text(let time)?), (.text(let address)?, .number(let time)?):
      return try ask(JSONText.plain(bytes[address]), JSONText.plain(bytes[time]), view)
    case (.text?, _): return .mark(.badTime)
    default: return .mark(.badAddress)
    }
  }
}
