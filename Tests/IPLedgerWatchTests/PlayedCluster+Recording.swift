import Foundation
import IPLedger
import RecordedClusters

extension PlayedCluster {
  /// The parts of a recorded watch: each begins with a list.
  static func parts(of recording: RecordedCluster) throws -> [Part] {
    var parts: [Part] = []
    var part = Part(version: 0, receivedAt: .earliest, pods: [], changes: [])
    var isListing = true
    for line in try recording.lines("watch.jsonl.gz") {
      let event = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
      let receivedAt = try Instant(rfc3339: event.receivedAt)
      let version = UInt64(event.object.metadata?.resourceVersion ?? "") ?? 0
      let object = try Self.object(in: line)
      switch event.type {
      case "ERROR":
        parts.append(part)
        part = Part(version: 0, receivedAt: receivedAt, pods: [], changes: [])
        isListing = true
      case "BOOKMARK" where isListing:
        part.version = version
        part.receivedAt = receivedAt
        isListing = false
      case "BOOKMARK":
        let change = Change(
          version: version, line: Self.line("BOOKMARK", object), receivedAt: receivedAt)
        // One at a version that was shown tells nothing that a resumed watch would be told again.
        if version > part.changes.last?.change.version ?? part.version {
          part.changes.append((nil, "BOOKMARK", change))
        }
      default:
        let pod = Pod(uid: event.object.metadata?.uid ?? "", version: version, object: object)
        if isListing {
          part.pods.append(pod)
        } else {
          let change = Change(
            version: version, line: Self.line(event.type, object), receivedAt: receivedAt)
          part.changes.append((pod, event.type, change))
        }
      }
    }
    return parts + [part]
  }

  private struct Line: Decodable {
    struct Object: Decodable {
      struct Metadata: Decodable {
        var uid: String?
        var resourceVersion: String?
      }
      var metadata: Metadata?
    }
    var receivedAt: String
    var type: String
    var object: Object
  }

  static func line(_ type: String, _ object: [UInt8]) -> [UInt8] {
    Array(#"{"type":"\#(type)","object":"#.utf8) + object + Array("}\n".utf8)
  }

  /// The bytes of the object: the last member of a recorded line.
  private static func object(in line: String) throws -> [UInt8] {
    guard let start = line.range(of: #""object":"#)?.upperBound, line.last == "}" else {
      throw CocoaError(.fileReadCorruptFile)
    }
    return Array(line[start...].dropLast().utf8)
  }
}
