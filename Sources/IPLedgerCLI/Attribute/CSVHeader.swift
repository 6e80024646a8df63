import IPLedger

/// The first record of an input: where its columns are.
struct CSVHeader {
  /// The column of the address, from 0.
  let address: Int
  /// The column of the time, from 0.
  let time: Int
  /// How many columns there are.
  let count: Int
  /// The header as it is written.
  let output: [UInt8]
  /// The rows that were read behind it.
  let rest: RowBlock

  /// Finds the columns by the first record.
  ///
  /// - Parameters:
  ///   - block: The first rows.
  ///   - columns: Which columns are wanted.
  ///   - isThere: Whether the first record has the names of the columns.
  /// - Throws: A ``Failure`` that says which columns there are, where one is missing.
  init(_ block: RowBlock, _ columns: RowColumns, isThere: Bool) throws(Failure) {
    let bytes = block.bytes
    let record = CSVRecord(bytes.span, from: 0)
    guard record.fault == nil else {
      throw Failure(
        message:
          "the first line of the input has a quote that is not closed, or something behind one that "
          + "is: expected CSV by RFC 4180 with the names of the columns, or JSON lines",
        status: .badData)
    }
    let names = record.fields.map {
      String(decoding: CSVRecord.text(bytes[$0]), as: UTF8.self)
    }
    count = names.count
    let known = isThere ? names : []
    address = try Self.column(columns.address, known, count, option: "--address-column")
    time = try Self.column(columns.time, known, count, option: "--time-column")
    guard isThere else {
      output = []
      rest = block
      return
    }
    if let taken = columns.names.first(where: names.contains) {
      throw .usage(
        "the input has a column \(quoted(taken)) already: give --prefix TEXT for those that are added"
      )
    }
    let added = columns.names.map { "," + CSV.field($0) }.joined()
    var output = Array(bytes[..<record.end])
    output += Array(added.utf8)
    output += bytes[record.end..<record.next]
    if record.next == record.end { output.append(UInt8(ascii: "\n")) }
    self.output = output
    let lines = bytes[..<record.next].count { $0 == UInt8(ascii: "\n") }
    rest = RowBlock(
      number: block.number, line: block.line + lines, bytes: Array(bytes[record.next...]))
  }

  /// The column of a name, or of a number from 1.
  private static func column(
    _ wanted: String, _ names: [String], _ count: Int, option: String
  ) throws(Failure) -> Int {
    let places = names.indices.filter { names[$0] == wanted }
    if places.count == 1 { return places[0] }
    if places.count > 1 {
      throw .usage(
        "the input has \(places.count) columns \(quoted(wanted)): give the number of one, from 1, with "
          + option)
    }
    if let number = Int(wanted) {
      guard (1...count).contains(number) else {
        throw .usage("the input has \(count) columns, but \(option) is \(number)")
      }
      return number - 1
    }
    guard !names.isEmpty else {
      throw .usage(
        "with --no-header a column is a number from 1, but \(option) is \(quoted(wanted))")
    }
    if names.count == 1, names[0].contains("\t") {
      throw .usage(
        "the columns are separated by tabs, expected commas: pipe the input through \"tr '\\t' ','\" "
          + "where no field has a comma")
    }
    let list = names.prefix(20).map(quoted).joined(separator: ", ")
    throw .usage("the input has no column \(quoted(wanted)), but \(list): give \(option)")
  }
}
