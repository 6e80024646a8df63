/// Metrics in Prometheus' text format.
struct MetricsText {
  /// What kind a metric is of.
  enum Kind: String {
    case counter
    case gauge
  }

  private var families: [(name: String, lines: [String])] = []

  /// The whole.
  var text: String { families.flatMap(\.lines).map { $0 + "\n" }.joined() }

  /// Adds a value of a metric.
  mutating func add(
    _ name: String, _ help: String, _ kind: Kind, _ labels: [(name: String, value: String)],
    _ value: Int
  ) {
    add(name, help, kind, labels, "\(value)")
  }

  /// Adds a value of a metric.
  mutating func add(
    _ name: String, _ help: String, _ kind: Kind, _ labels: [(name: String, value: String)],
    _ value: Double
  ) {
    add(name, help, kind, labels, "\(value)")
  }

  private mutating func add(
    _ name: String, _ help: String, _ kind: Kind, _ labels: [(name: String, value: String)],
    _ value: String
  ) {
    let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
    let line = "\(name)\(pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}") \(value)"
    // The values of one metric stand together.
    if let index = families.firstIndex(where: { $0.name == name }) {
      families[index].lines.append(line)
    } else {
      families.append((name, ["# HELP \(name) \(help)", "# TYPE \(name) \(kind.rawValue)", line]))
    }
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}
