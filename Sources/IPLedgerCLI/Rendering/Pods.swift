import IPLedger
import IPLedgerArchive

extension PodIdentity {
  /// `namespace/name`, as people say it.
  var shortName: String { "\(namespace)/\(name)" }

  /// The members that name a pod.
  var members: [JSON.Member] {
    [
      JSON.Member(name: "cluster", value: .string(cluster.rawValue)),
      JSON.Member(name: "namespace", value: .string(namespace)),
      JSON.Member(name: "name", value: .string(name)),
    ]
  }

  /// The three parts as fields.
  var fields: [String] { [cluster.rawValue, namespace, name] }
}

extension Holding {
  /// `{"cluster","namespace","name","uid","node","from","to"}`.
  var json: JSON {
    JSON.object(pod.identity.members).adding([
      "uid": .string(pod.uid.rawValue), "node": .optional(pod.node), "from": from.json,
      "to": to.json,
    ])
  }

  /// cluster, namespace, name, uid, node, and two fields each for from and to.
  var fields: [String] {
    pod.identity.fields + [pod.uid.rawValue, pod.node ?? ""] + from.fields + to.fields
  }

  /// As many empty fields.
  static var noFields: [String] { Array(repeating: "", count: 9) }

  /// The names of ``fields``.
  static let columns = [
    "cluster", "namespace", "name", "uid", "node", "from_earliest", "from_latest", "to_earliest",
    "to_latest",
  ]

  /// How the tenure ended, for people.
  var untilWords: String {
    guard let to else { return "still held, as far as is known" }
    return to.words + (ended.map { " (\($0))" } ?? "")
  }
}

extension Retention {
  /// `{"cluster","namespace","name","deadline","since"}`.
  var json: JSON {
    JSON.object(identity.members).adding(["deadline": deadline.json, "since": since.json])
  }

  /// For whom (three fields), the deadline and since when.
  var fields: [String] { identity.fields + [deadline.field, since.field] }

  /// As many empty fields.
  static var noFields: [String] { Array(repeating: "", count: 5) }

  /// The names of ``fields``.
  static let columns = [
    "kept_for_cluster", "kept_for_namespace", "kept_for_name", "deadline", "since",
  ]

  /// Until when, for people.
  var deadlineWords: String {
    deadline.map { "\($0)" } ?? "an unknown deadline (nothing bounds the deletion)"
  }
}

extension [Position] {
  /// The numbers as an array.
  var json: JSON { .array(map { .integer(Int(clamping: $0.rawValue)) }) }

  /// The numbers, with a space between two.
  var field: String { map(\.description).joined(separator: " ") }

  /// The numbers for people; runs of them are drawn together.
  var words: String {
    var runs: [(first: Position, last: Position)] = []
    for position in self {
      if let run = runs.last, run.last.next == position {
        runs[runs.count - 1].last = position
      } else {
        runs.append((position, position))
      }
    }
    return runs.map { $0.first == $0.last ? "\($0.first)" : "\($0.first)-\($0.last)" }
      .joined(separator: ",")
  }
}
