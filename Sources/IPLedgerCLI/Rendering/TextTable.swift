/// Columns aligned under a header, for people: nothing is wrapped and nothing is cut.
struct TextTable {
  /// What stands between two columns.
  private static let gap = "  "

  private let header: [String]
  private var rows: [[String]] = []

  /// An empty table with these columns.
  init(_ header: [String]) {
    self.header = header
  }

  /// Whether it has no rows.
  var isEmpty: Bool { rows.isEmpty }

  /// Adds a row; an empty cell is shown as `-`, so that columns can be cut apart by a script.
  mutating func add(_ cells: [String]) {
    rows.append(cells.map { $0.isEmpty ? "-" : printable($0) })
  }

  /// The lines, header first, without spaces at their ends.
  func lines(_ style: Style) -> [String] {
    var widths = header.map(\.count)
    for row in rows {
      for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) }
    }
    let body = rows.map { Self.aligned($0, widths) }
    return [style.bold(Self.aligned(header, widths))] + body
  }

  private static func aligned(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (index, cell) in cells.enumerated() {
      line += cell
      guard index + 1 < cells.count else { break }
      line += String(repeating: " ", count: widths[index] - cell.count) + gap
    }
    return line
  }
}

/// The text with control characters escaped, those that change the direction of writing, and those that
/// cannot be seen, so that what an input holds never moves a cursor, ends a line or looks like
/// something else.
func printable(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isControl) else { return text }
  var shown = ""
  for scalar in text.unicodeScalars {
    if isControl(scalar) {
      shown += scalar.escaped(asASCII: true)
    } else {
      shown.unicodeScalars.append(scalar)
    }
  }
  return shown
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case ..<0x20, 0x7F...0x9F, 0x2028, 0x2029: true
  case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
  // What has no width would make two texts look alike that are not.
  case 0x00AD, 0x200B...0x200D, 0x2060, 0xFEFF: true
  default: false
  }
}
