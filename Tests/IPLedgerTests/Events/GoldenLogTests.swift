import Foundation
import IPLedger
import Testing

/// The golden file of format version 1: an event must be readable in ten years.
@Suite(.serialized) struct `the log's format` {
  /// A line of the file.
  private struct Line: Decodable {
    let position: UInt64
    let hex: String
    let event: String
  }

  @Test func `version 1 reads as it did, and writes the same bytes`() throws {
    let expected = try SampleEvents.recorded()
    let lines = try Self.lines()
    #expect(lines.count == expected.count)
    for (line, recorded) in zip(lines, expected) {
      let frame = try #require(Self.bytes(line.hex))
      #expect(Position(line.position) == recorded.position)
      #expect(line.event == "\(recorded.event.kind)")
      #expect(try EventFrame.decode(frame, at: recorded.position) == recorded)
      if EventFrame.currentVersion == 1 { #expect(EventFrame.encode(recorded) == frame) }
    }
  }

  @Test func `every kind is in the golden file`() throws {
    #expect(try Set(Self.lines().map(\.event)) == Set(Event.Kind.allCases.map(\.description)))
  }

  private static func lines() throws -> [Line] {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let file = package.appending(path: "fixtures/log-format/v1.jsonl")
    return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map {
      try JSONDecoder().decode(Line.self, from: $0)
    }
  }

  private static func bytes(_ hex: String) -> [UInt8]? {
    let digits = hex.compactMap(\.hexDigitValue)
    guard digits.count == hex.count, digits.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }
}
