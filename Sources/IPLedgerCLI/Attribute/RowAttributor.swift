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
    for row in plan.rows {
      let addition: RowAddition?
      switch row.shape {
      case .blank: addition = nil
      case .faulty(_, let fault), .line(let fault), .record(.mark(let fault)),
        .object(_, .mark(let fault)):
        addition = marks[fault]
      case .record(.unknown), .object(_, .unknown): addition = unknown
      case .record(.answer(let network, let number)),
        .object(_, .answer(let network, let number)):
        addition = answers[network]?[number]
      }
      if let addition {
        write(row, bytes, addition, to: &output)
        tally.add(addition.outcome, line: row.line)
      } else {
        guard case .blank = row.shape else {
          preconditionFailure("each question has its answer, and each fault its mark")
        }
        output += bytes[row.bytes]
      }
    }
    return (output, tally)
  }

  /// Writes a row with what is added to it.
  private func write(
    _ row: RowPlan.Row, _ bytes: [UInt8], _ addition: RowAddition, to output: inout [UInt8]
  ) {
    if case .line = row.shape {
      output += "{\"line\":".utf8
      output += JSONText.quoted(bytes[row.bytes.lowerBound..<row.place])
      output.append(UInt8(ascii: ","))
    } else {
      output += bytes[row.bytes.lowerBound..<row.place]
    }
    var hasLineEnd = bytes[row.bytes.upperBound - 1] == UInt8(ascii: "\n")
    switch row.shape {
    case .faulty(let lacking, _):
      for _ in 0..<lacking { output.append(UInt8(ascii: ",")) }
    case .object(isEmpty: false, _): output.append(UInt8(ascii: ","))
    case .blank, .record, .object, .line: break
    }
    output += addition.bytes
    switch row.shape {
    case .line: output.append(UInt8(ascii: "}"))
    // A carriage return ends the last record, too.
    case .record, .faulty: hasLineEnd = row.place < row.bytes.upperBound
    case .blank, .object: break
    }
    output += bytes[row.place..<row.bytes.upperBound]
    if !hasLineEnd { output.append(UInt8(ascii: "\n")) }
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
