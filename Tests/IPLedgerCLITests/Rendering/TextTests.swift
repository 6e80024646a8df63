import IPLedgerArchive
import Testing

@testable import IPLedger
@testable import IPLedgerCLI

/// CSV, tables, progress and times as text.
@Suite(.serialized) struct TextTests {
  @Test func `CSV quotes what has a comma or a quote, and escapes what a terminal would obey`() {
    #expect(
      CSV.line(["a", "b,c", "d\"e", "f\ng", "\u{1B}[2J", ""])
        == #"a,"b,c","d""e",f\ng,\u{1B}[2J,"# + "\r\n")
  }

  @Test func `columns are aligned and lines have no spaces at their ends`() {
    var table = TextTable(["NAME", "N"])
    table.add(["a", "1"])
    table.add(["longer", ""])
    #expect(table.lines(.plain) == ["NAME    N", "a       1", "longer  -"])
  }

  @Test func `a header is heavier on a terminal only`() {
    let table = TextTable(["NAME"])
    #expect(table.lines(Style(isEnabled: true)) == ["\u{1B}[1mNAME\u{1B}[0m"])
  }

  @Test func `control characters never reach a terminal`() {
    #expect(printable("a\u{1B}[2Jb\nc") == #"a\u{1B}[2Jb\nc"#)
    #expect(printable("größer") == "größer")
  }

  @Test func `positions in a row are drawn together`() {
    let positions = [1, 2, 3, 7, 9, 10].map { Position($0) }
    #expect(positions.words == "1-3,7,9-10")
    #expect(positions.field == "1 2 3 7 9 10")
    #expect([Position]().words == "")
  }

  @Test func `bounds are a range whose unknown side is open`() throws {
    let early = try Instant(rfc3339: "2026-11-23T05:39:46Z")
    let late = try Instant(rfc3339: "2026-11-23T05:39:46.239502Z")
    let nextDay = try Instant(rfc3339: "2026-11-24T00:00:00Z")
    #expect(
      Bounds(earliest: early, latest: late).words
        == "2026-11-23T05:39:46.000000Z .. 05:39:46.239502Z")
    #expect(
      Bounds(earliest: early, latest: nextDay).words
        == "2026-11-23T05:39:46.000000Z .. 2026-11-24T00:00:00.000000Z")
    #expect(Bounds(exactly: early).words == "2026-11-23T05:39:46.000000Z")
    #expect(Bounds(earliest: early).words == "2026-11-23T05:39:46.000000Z ..")
    #expect(Bounds(latest: early).words == ".. 2026-11-23T05:39:46.000000Z")
    #expect(Bounds().words == "unknown")
    #expect(
      Bounds(latest: early).json.text
        == #"{"earliest":null,"latest":"2026-11-23T05:39:46.000000Z"}"#)
    #expect(Bounds?.none.json == .null)
    #expect(Bounds?.none.fields == ["", ""])
  }

  @Test func `progress has a bar where the total is known`() {
    #expect(
      ProgressLine.text("x", done: 500_000, of: 1_000_000, unit: .bytes)
        == "x  [############............] 50 %  0.5 MB of 1.0 MB")
    #expect(ProgressLine.text("x", done: 1_240_000, of: nil, unit: .bytes) == "x  1.2 MB")
    #expect(
      ProgressLine.text("/a/an-input-with-a-long-name.gz", done: 0, of: nil, unit: .bytes)
        == "an-input-with-a-lon…  0.0 MB")
    #expect(
      ProgressLine.text("replay", done: 9, of: 9, unit: .events)
        == "replay  [########################] 100 %  9 events of 9 events")
  }
}
