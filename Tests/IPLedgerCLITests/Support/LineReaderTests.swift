import Foundation
import Testing

@testable import IPLedgerCLI

/// Lines as they are cut out of an input.
@Suite(.serialized) struct LineReaderTests {
  private func lines(_ text: String, limit: Int = 8) throws -> [String] {
    let directory = try Directory()
    try directory.write(text, to: "input")
    var reader = try LineReader(directory.url.appending(path: "input").path, limit: limit)
    var lines: [String] = []
    while let next = try reader.next() {
      lines += next.map { line in
        let text = line.bytes.map { String(decoding: $0, as: UTF8.self) } ?? "too long"
        return "\(line.number) \(text)"
      }
    }
    return lines
  }

  @Test func `empty lines count, but are none`() throws {
    #expect(try lines("a\n\n \t\r\nb\r\n") == ["1 a", "4 b\r"])
    #expect(try lines("") == [])
    #expect(try lines("\n\n") == [])
  }

  @Test func `the last line needs no line end`() throws {
    #expect(try lines("a\nb") == ["1 a", "2 b"])
  }

  @Test func `a line over the limit is told once, where it stands`() throws {
    #expect(try lines("12345678\n123456789\nab") == ["1 12345678", "2 too long", "3 ab"])
    #expect(try lines("a\n123456789") == ["1 a", "2 too long"])
  }

  @Test func `a line may span chunks`() throws {
    let long = String(repeating: "y", count: 200_000)
    #expect(try lines("a\n\(long)\nb", limit: 1 << 20) == ["1 a", "2 \(long)", "3 b"])
  }
}
