import IPLedger
import IPLedgerArchive

// How times are written. To people: `EARLIEST .. LATEST`, with an open side where nothing is known,
// the date of the second time left away where it is that of the first, and one time alone where it
// is exact.

extension Bounds {
  /// The bounds for people.
  var words: String {
    switch (earliest, latest) {
    case (nil, nil): "unknown"
    case (let earliest?, nil): "\(earliest) .."
    case (nil, let latest?): ".. \(latest)"
    case (let earliest?, let latest?):
      earliest == latest ? "\(earliest)" : "\(earliest) .. \(latest.shortened(after: earliest))"
    }
  }

  /// `{"earliest":…,"latest":…}`, null where a side is unknown.
  var json: JSON {
    [
      "earliest": .optional(earliest?.description), "latest": .optional(latest?.description),
    ]
  }

  /// The two times as two fields, empty where unknown.
  var fields: [String] { [earliest, latest].map { $0?.description ?? "" } }
}

extension Bounds? {
  /// Two fields, both empty where there are no bounds at all.
  var fields: [String] { self?.fields ?? ["", ""] }

  /// The bounds, or null.
  var json: JSON { .optional(self) { $0.json } }
}

extension Instant {
  /// The moment without its date where that is the date of `other`.
  func shortened(after other: Instant) -> String {
    let (own, its) = (description, other.description)
    let dateLength = 11
    guard own.prefix(dateLength) == its.prefix(dateLength) else { return own }
    return String(own.dropFirst(dateLength))
  }
}

extension Instant? {
  /// The moment, or null.
  var json: JSON { .optional(self?.description) }

  /// The moment, or an empty field.
  var field: String { self?.description ?? "" }
}
