import IPLedger
import IPLedgerKubernetes

/// What the reading thread tells the task that records.
enum Reading: Sendable {
  /// An input was opened; a pipe or a terminal is live: what it says should be durable soon.
  case began(InputSource, isLive: Bool)
  /// The input says this.
  case document(InputDocument, readAt: Instant?)
  /// The input is over, or cannot be read any further.
  case ended(InputSource, InputError?)
}

extension Reading {
  /// How many wait to be recorded at the most; a document is a few kilobytes.
  static let capacity = 512
}
