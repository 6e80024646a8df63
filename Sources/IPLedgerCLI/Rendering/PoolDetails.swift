import IPLedger
import IPLedgerArchive

/// All that is known of one pool.
struct PoolDetails: Sendable {
  /// How many of the next instants are shown.
  private static let nextShown = 10
  /// Within which times it is counted how many become free.
  private static let spans: [Microseconds] = [
    .hours(1), .hours(6), .hours(24), .hours(48), .days(7),
  ]

  /// Its use.
  let status: PoolStatus
  /// As of when.
  let instant: Instant

  /// How many become free within each of the times, the first ones included, and how many later.
  private var forecast: [(span: Microseconds?, count: Int)] {
    let counted = Self.spans.map { span in
      (span: Optional(span), count: count { $0 <= instant + span })
    }
    let last = Self.spans.last ?? .zero
    return counted + [(span: nil, count: count { $0 > instant + last })]
  }

  private func count(_ isMeant: (Instant) -> Bool) -> Int {
    status.forecast.filter { isMeant($0.instant) }.reduce(0) { $0 + $1.count }
  }

  private var next: ArraySlice<PoolStatus.Release> { status.forecast.prefix(Self.nextShown) }

  /// The pool for people.
  func lines(_ style: Style) -> [String] {
    let pool = status.pool
    let excluded = pool.exclusions.map(\.description).joined(separator: ", ")
    var lines = [
      style.bold("pool \(pool.prefix)"),
      Self.line("network", pool.network.rawValue),
      Self.line("zone", pool.zone.rawValue),
      Self.line("defined", "\(status.definedAt)"),
    ]
    if let withdrawnAt = status.withdrawnAt {
      lines.append(Self.line("withdrawn", "\(withdrawnAt): it hands out nothing new"))
    }
    lines += [
      Self.line("excluded", excluded.isEmpty ? "nothing" : excluded),
      Self.line("cool-down", "\(pool.coolDown)"),
      Self.line("capacity", "\(status.capacity)"),
      Self.line("never used", "\(status.neverUsed)"),
      Self.line("free", "\(status.free)"),
      Self.line("bound", "\(status.bound)"),
      Self.line("retained", "\(status.retained)"),
      Self.line("cooling", "\(status.coolingDown)"),
    ]
    for address in status.conflicted {
      lines.append(Self.line("conflict", "\(address.ip), some time (R11, R17)"))
    }
    guard status.retained > 0 else { return lines }
    lines += ["", "If nobody comes back:"]
    var within = TextTable(["FREE AGAIN", "ADDRESSES"])
    for (span, count) in forecast {
      within.add([span.map { "within \(Self.hours($0))" } ?? "later", "\(count)"])
    }
    lines += within.lines(style) + [""]
    var next = TextTable(["NEXT", "ADDRESSES"])
    for release in self.next { next.add(["\(release.instant)", "\(release.count)"]) }
    return lines + next.lines(style)
  }

  private static func line(_ label: String, _ text: String) -> String {
    label + String(repeating: " ", count: max(1, 11 - label.count)) + text
  }

  /// `48h`, but `7d`: as people say it.
  private static func hours(_ span: Microseconds) -> String {
    span > .hours(48) ? span.description : "\(span.count / Microseconds.hours(1).count)h"
  }
}

extension PoolDetails: Record {
  static let columns =
    PoolStatus.columns + [
      "defined_at", "exclude", "cool_down_seconds", "free_within_1h", "free_within_6h",
      "free_within_24h", "free_within_48h", "free_within_7d", "free_later", "conflicts",
    ]

  var fields: [[String]] {
    let own =
      [
        status.definedAt.description,
        status.pool.exclusions.map(\.description).joined(separator: " "), "\(coolDownSeconds)",
      ] + forecast.map { "\($0.count)" } + [status.conflicted.field]
    return status.fields.map { $0 + own }
  }

  var json: JSON {
    status.json.adding([
      "definedAt": .string(status.definedAt.description),
      "exclude": .array(status.pool.exclusions.map { .string($0.description) }),
      "coolDownSeconds": .integer(coolDownSeconds),
      "forecast": .object(
        forecast.map { span, count in
          JSON.Member(name: span.map(Self.hours) ?? "later", value: .integer(count))
        }),
      "next": .array(
        next.map { release in
          ["at": .string(release.instant.description), "count": .integer(release.count)]
        }),
      "conflicts": .array(status.conflicted.map { .string($0.ip.description) }),
    ])
  }

  private var coolDownSeconds: Int { Int(status.pool.coolDown.count / 1_000_000) }
}
