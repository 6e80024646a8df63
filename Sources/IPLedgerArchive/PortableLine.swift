import FoundationEssentials
import IPLedger

/// The lines of the portable form.
enum PortableLine {
  static let formatName = "ipledger-log"
  /// The version that this program writes, and the newest that it reads.
  static let version = 1

  /// The first line: what it is, and the last position that follows.
  static func header(head: Position) -> String {
    let header: JSON = [
      "format": .string(formatName), "version": .integer(version),
      "head": .integer(Int(clamping: head.rawValue)),
    ]
    return header.text
  }

  /// The last line: how many events there were, and the digest of all lines before.
  static func trailer(events: Int, digest: String) -> String {
    let trailer: JSON = ["events": .integer(events), "sha256": .string(digest)]
    return trailer.text
  }

  /// An event's line.
  static func event(_ recorded: RecordedEvent) throws -> String {
    let fields = try Schema.of(recorded.event.kind).json(recorded.event.payload[...])
    let place: JSON = [
      "position": .integer(Int(clamping: recorded.position.rawValue)),
      "recordedAt": .portable(recorded.recordedAt),
      "kind": .string("\(recorded.event.kind)"),
    ]
    return place.adding(fields).text
  }

  /// Reads an event's line back; it has to be, to the byte, the one that this program would write.
  ///
  /// - Throws: ``ImportFault`` for what it is not.
  static func event(_ line: String, position: Position) throws(ImportFault) -> RecordedEvent {
    let object = try parse(line)
    guard object["position"]?.integer == Int(clamping: position.rawValue) else {
      throw .unexpected(
        "the event at position \(position)", object["position"]?.text ?? "no position")
    }
    guard let word = object["kind"]?.string,
      let kind = Event.Kind.allCases.first(where: { $0.description == word })
    else { throw .unexpected("a kind of event", object["kind"]?.text ?? "no kind") }
    guard let recordedAt = object["recordedAt"].flatMap(Instant.init(portable:)) else {
      throw .unexpected(
        "recordedAt as RFC 3339", object["recordedAt"]?.text ?? "no recordedAt")
    }
    let event: Event
    do {
      let payload = try Schema.of(kind).message(of: object, at: "")
      event = try Event(kind: kind, payload: payload[...])
    } catch let error as PortableFormError {
      throw .unexpected("\(error.expected) as \(error.path)", error.found.text)
    } catch {
      throw .unexpected("a whole \(kind) event", "\(error)")
    }
    let recorded = RecordedEvent(position: position, recordedAt: recordedAt, event: event)
    guard let own = try? Self.event(recorded), own == line else {
      throw .otherForm(expected: (try? Self.event(recorded)) ?? "")
    }
    return recorded
  }

  /// Reads any line.
  static func parse(_ line: String) throws(ImportFault) -> JSON {
    do {
      return try JSONDecoder().decode(JSON.self, from: Data(line.utf8))
    } catch {
      throw .unexpected("a JSON object", line.isEmpty ? "an empty line" : excerpt(of: line))
    }
  }

  /// The beginning of a line, for a message.
  static func excerpt(of line: String) -> String {
    let limit = 60
    return line.count > limit ? line.prefix(limit) + "…" : line
  }
}

/// What is wrong with a line.
enum ImportFault: Error {
  /// Something else stands there.
  case unexpected(String, String)
  /// It says something, but not in the form in which it is exported: a member that is not known, one
  /// that is written otherwise, spaces.
  case otherForm(expected: String)
  /// It is an event that cannot stand there.
  case refused(LedgerError)
}
