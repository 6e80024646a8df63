import IPLedger
import IPLedgerKubernetes

/// What clusters print: whatever the bytes, they are read or refused, and the same in pieces.
enum InputTargets {
  private struct Reading: Equatable {
    var documents: [InputDocument] = []
    /// What kind of error ended it; what it quotes depends on how much had been read.
    var error: InputError.Code?

    init(_ input: [UInt8], chunkBytes: Int) {
      let limits = InputLimits(chunkBytes: chunkBytes, valueBytes: 1 << 16)
      do throws(InputError) {
        var reader = try InputReader(.bytes(input, named: "input"), limits: limits)
        while let document = try reader.next() { documents.append(document) }
      } catch {
        self.error = error.code
      }
    }
  }

  /// Any input, whole and in chunks of a few bytes.
  static func anything(_ input: [UInt8]) {
    let whole = Reading(input, chunkBytes: 1 << 16)
    let pieces = Reading(input, chunkBytes: 7)
    require(whole == pieces, "read otherwise in pieces: \(whole), \(pieces)")
  }

  /// What is observed in an input; every event can be stored.
  static func observed(_ input: [UInt8]) {
    guard let cluster = try? ClusterName("lab"), let network = try? NetworkName("lab") else {
      return
    }
    var options = ObservationOptions(cluster: cluster, network: network)
    options.isFullList = input.count % 2 == 0
    var observer = PodObserver(options)
    var events: [Event] = []
    for document in Reading(input, chunkBytes: 1 << 16).documents {
      if let seen = try? observer.observe(document, readAt: .epoch) { events += seen }
    }
    events += observer.finish()
    for event in events {
      guard let again = try? Event(kind: event.kind, payload: event.payload[...]) else {
        fatalError("an observed event cannot be read again: \(event)")
      }
      require(again == event, "another event: \(event), \(again)")
    }
  }
}
