import IPLedgerArchive

/// One line of an answer in the forms that programs read.
protocol Record {
  /// The names of the CSV columns.
  static var columns: [String] { get }
  /// The CSV lines: usually one, several where it names several pods.
  var fields: [[String]] { get }
  /// The object that stands on a line of its own.
  var json: JSON { get }
}

extension Output {
  /// Writes records in one of the two forms that programs read.
  mutating func write<Records: Sequence>(_ records: Records, csv: Bool)
  where Records.Element: Record {
    if csv { text(CSV.line(Records.Element.columns)) }
    write(more: records, csv: csv)
  }

  /// Writes records without the header that has been written before.
  mutating func write<Records: Sequence>(more records: Records, csv: Bool)
  where Records.Element: Record {
    for record in records {
      if csv {
        for fields in record.fields { text(CSV.line(fields)) }
      } else {
        line(record.json.text)
      }
    }
  }
}
