import IPLedger
import IPLedgerArchive

extension ReservationStatus: Record {
  static let columns = [
    "state", "cluster", "namespace", "name", "uid", "node_class", "network", "addresses", "hours",
    "since", "deadline",
  ]

  var fields: [[String]] {
    [
      [state.rawValue] + identity.fields + [
        uid.rawValue, nodeClass.description, network, ips.joined(separator: " "),
        String(hours), since.field, deadline.field,
      ]
    ]
  }

  var json: JSON {
    JSON.object(
      [JSON.Member(name: "state", value: .string(state.rawValue))] + identity.members
    ).adding([
      "uid": .string(uid.rawValue),
      "nodeClass": .string(nodeClass.description),
      "network": .string(network),
      "addresses": .array(ips.map { .string($0) }),
      "hours": .integer(hours),
      "since": since.json,
      "deadline": deadline.json,
    ])
  }

  /// The header of a table of reservations.
  static let tableHeader = [
    "STATE", "POD", "ADDRESSES", "NODES", "HOURS", "DELETION ASKED", "FREE FROM", "LEFT", "UID",
  ]

  /// The row for people, with the time that is left at an instant.
  func tableRow(at instant: Instant) -> [String] {
    let left = deadline.map { Self.whole($0 - instant).description }
    return [
      state.rawValue, identity.description, ips.joined(separator: " "), nodeClass.description,
      String(hours), since.field,
      deadline?.description ?? (state == .bound ? "in use" : "unknown"), left ?? "", uid.rawValue,
    ]
  }

  private var network: String { addresses.first?.network.rawValue ?? "" }
  private var ips: [String] { addresses.map(\.ip.description) }

  /// A length of time without the part of a second, for people.
  private static func whole(_ length: Microseconds) -> Microseconds {
    .seconds(length.count / 1_000_000)
  }
}
