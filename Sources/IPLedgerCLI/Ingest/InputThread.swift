import Foundation
import IPLedger
import IPLedgerKubernetes

/// Reads inputs one after another on a thread of its own, since reading blocks.
struct InputThread: Sendable {
  let sources: [InputSource]
  let format: InputFormat?
  /// Gives each document the time of its reading.
  let clock: (@Sendable () -> Instant)?
  let showsProgress: Bool

  /// Starts reading into a hand-off, which is closed at the end of the last input, or at the first
  /// that fails.
  func start(into handoff: Handoff<Reading>) {
    let thread = Thread {
      for source in sources {
        guard read(source, into: handoff) else { break }
      }
      handoff.close()
    }
    thread.name = "ipledger.input"
    thread.start()
  }

  /// Reads one input; whether the next one should be read, too.
  private func read(_ source: InputSource, into handoff: Handoff<Reading>) -> Bool {
    var progress = ProgressLine(isShown: showsProgress)
    defer { progress.clear() }
    do throws(InputError) {
      var reader = try InputReader(source, format: format)
      guard handoff.put(.began(source, isLive: reader.totalBytes == nil)) else { return false }
      while let document = try reader.next() {
        guard handoff.put(.document(document, readAt: clock?())) else { return false }
        progress.update(source.name, done: reader.bytesRead, of: reader.totalBytes, unit: .bytes)
      }
      return handoff.put(.ended(source, nil))
    } catch {
      _ = handoff.put(.ended(source, error))
      return false
    }
  }
}
