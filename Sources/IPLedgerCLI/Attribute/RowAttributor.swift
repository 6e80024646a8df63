import IPLedger

/// Attributes the rows of one block after another; it belongs to one task at a time.
final class RowAttributor {
  private let ledger: Ledger
  private let columns: RowColumns
  private let layout: RowLayout
  private let network: NetworkName?
  private let verifies: Bool
  private let capacity: Int
  private let marks: [RowFault: RowAddition]
  /// What is added where the ledger knows no network of the address.
  private let unknown: RowAddition
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
    let writer = RowAdditionWriter(columns, as: layout.form)
    marks = Dictionary(
      uniqueKeysWithValues: RowFault.allCases.map { ($0, writer.addition(unreadable: $0)) })
    unknown = writer.addition(Attribution(verdict: .unknown, certainty: .exact, claimants: []))
  }

  /// The rows of a block as they are written, and what became of them.
  func attribute(_ block: RowBlock) throws -> (bytes: [UInt8], tally: AttributeTally) {
    try ledger.read { view in
      let network = try self.network ?? Self.onlyNetwork(view)
      let plan = try RowPlan(block, layout, columns, network: network, view)
      var answers: [NetworkName: [RowAddition]] = [:]
      for (network, questions) in plan.questions {
        answers[network] = try attributor(of: network).values(for: questions, in: view)
      }
      return write(plan, block.bytes, answers)
    }
  }

  private static func onlyNetwork(_ view: borrowing LedgerView) throws -> NetworkName? {
    let networks = try view.networks()
    return networks.count == 1 ? networks[0] : nil
  }

  private func attributor(of network: NetworkName) -> Attributor<RowAddition> {
    if let known = attributors[network] { return known }
    let writer = RowAdditionWriter(columns, as: layout.form)
    let attributor = Attributor(of: network, verifies: verifies, capacity: capacity) {
      writer.addition($0)
    }
    attributors[network] = attributor
    return attributor
  }

  private func write(
    _ plan: RowPlan, _ bytes: [UInt8], _ answers: [NetworkName: [RowAddition]]
  ) -> (bytes: [UInt8], tally: AttributeTally) {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + 128 * plan.rows.count)
    var tally = AttributeTally()
    var last: (network: NetworkName, answers: [RowAddition])?
    for row in plan.rows {
      if case .blank = row.shape {
        output += bytes[row.bytes]
        continue
      }
      let addition: RowAddition
      switch row.addition {
      case .mark(let fault): addition = marks[fault] ?? unknown
      case .unknown: addition = unknown
      case .answer(let network, let number):
        if last?.network != network { last = (network, answers[network] ?? []) }
        addition = last?.answers[number] ?? unknown
      }
      write(row, bytes, addition, to: &output)
      tally.add(addition.outcome, line: row.line)
    }
    return (output, tally)
  }

  private func write(
    _ row: RowPlan.Row, _ bytes: [UInt8], _ addition: RowAddition, to output: inout [UInt8]
  ) {
    let (before, behind) = (
      row.bytes.lowerBound..<row.place, row.place..<row.bytes.upperBound
    )
    switch row.shape {
    case .blank: break
    case .record(let lacking):
      output += bytes[before]
      for _ in 0..<lacking { output.append(UInt8(ascii: ",")) }
      output += addition.bytes
    case .object(let isEmpty):
      output += bytes[before]
      if !isEmpty { output.append(UInt8(ascii: ",")) }
      output += addition.bytes
    case .line:
      output += "{\"line\":".utf8
      output += JSONText.quoted(bytes[before])
      output.append(UInt8(ascii: ","))
      output += addition.bytes
      output.append(UInt8(ascii: "}"))
    }
    output += bytes[behind]
    if bytes[row.bytes.upperBound - 1] != UInt8(ascii: "\n") { output.append(UInt8(ascii: "\n")) }
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
