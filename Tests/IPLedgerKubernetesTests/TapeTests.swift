import Foundation
import TestSupport
import Testing

@testable import IPLedgerKubernetes

/// What is decoded from a tape is what Foundation's decoder says.
@Suite struct `documents are decoded from a tape` {
  private struct Decoded: Decodable {
    let object: TopLevelObject
    init(from decoder: any Decoder) throws { object = try TopLevelObject(CodedFields(decoder)) }
  }

  private static func fromTape(_ bytes: [UInt8]) -> TopLevelObject? {
    JSONTape(bytes).flatMap { try? TopLevelObject(TapeFields($0)) }
  }

  private static func fromFoundation(_ bytes: [UInt8]) -> TopLevelObject? {
    try? JSONDecoder().decode(Decoded.self, from: Data(bytes)).object
  }

  /// The lines of a recording that is part of the project.
  private static func lines(_ name: String) throws -> [[UInt8]] {
    let root = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../fixtures/\(name)").standardized
    var stream = try ByteStream(.file(root.path), chunkBytes: 1 << 20)
    var bytes: [UInt8] = []
    while let chunk = try stream.next() { bytes += chunk }
    return bytes.split(separator: .newline).map(Array.init)
  }

  @Test(arguments: [
    "rolling-restart/watch.jsonl.gz", "rolling-restart/audit.jsonl.gz",
    "resumed-watch/whole.jsonl.gz", "api-edges/bookmarks.jsonl.gz", "api-edges/gone-410.jsonl.gz",
    "api-edges/watch.jsonl.gz", "api-edges/audit.jsonl.gz",
  ])
  func `each line of a recording`(_ name: String) throws {
    let lines = try Self.lines(name)
    #expect(!lines.isEmpty)
    for line in lines {
      let expected = Self.fromFoundation(line)
      #expect(Self.fromTape(line) == expected)
    }
  }

  /// Something odd among the members of a pod's object.
  static let oddities = [
    #""a":01"#, #""a":1.5e-3"#, #""a":-0"#, #""a":-"#, #""a":1."#, #""a":+1"#, #""a":nul"#,
    #""a":[1,]"#, #""a":[1,{"b":[]}],"c":{}"#, #""a":"\ud83d\ude00""#, #""a":"\ud83d""#,
    #""a":"\q""#,
    "\"a\":\"\u{1}\"", "\"a\":\"\t\"", #""kind":"Status""#, #""metadata":null"#, #""spec":[]"#,
    #""spec":{"hostNetwork":1}"#, #""spec":{"terminationGracePeriodSeconds":30.0}"#,
    #""spec":{"terminationGracePeriodSeconds":3e1}"#,
    #""spec":{"terminationGracePeriodSeconds":9223372036854775808}"#,
    #""spec":{"terminationGracePeriodSeconds":-9223372036854775808}"#,
    #""status":{"phase":"Run\u006eing"}"#, #""status":{"phase":"a\u0000b"}"#,
    #""status":{"ph\u0061se":"Running"}"#, #""status":{"phase":"Running","phase":"Failed"}"#,
    #""status":{"podIPs":[{"ip":"10.0.0.1"},{},{"ip":null},{"ip":""}]}"#, #""a":1}"#, #""a":1},{"#,
  ]

  @Test(arguments: oddities)
  func `odd values are read alike or left to Foundation's decoder`(_ oddity: String) throws {
    let identity = #""name":"a","namespace":"b","uid":"u","resourceVersion":"1""#
    for text in [
      #"{"kind":"Pod",\#(oddity),"metadata":{\#(identity)}}"#,
      #"{"kind":"Pod","metadata":{\#(identity),\#(oddity)}}"#,
      #" {"kind":"Pod","metadata":{\#(identity),"labels":{"x":"1","x":"2","é":"\n\"\\\/"}},\#(oddity)} "#,
      #"{"type":"ADDED","object":{"kind":"Pod","metadata":{\#(identity)},\#(oddity)}}"#,
    ] {
      let bytes = Array(text.utf8)
      guard let found = Self.fromTape(bytes) else { continue }
      #expect(found == Self.fromFoundation(bytes), "\(text)")
    }
  }

  @Test func `broken bytes are read alike or left to Foundation's decoder`() throws {
    var random = SplitMix64(seed: 20_261_127)
    let lines = try Self.lines("rolling-restart/watch.jsonl.gz").prefix(6)
    var read = 0
    for _ in 0..<3000 {
      var bytes = try #require(lines.randomElement(using: &random))
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0 ... .max, using: &random)
        case 1: bytes.remove(at: place)
        default:
          bytes.insert(Array("\"\\,:{}[]0e-n ".utf8).randomElement(using: &random) ?? 0, at: place)
        }
      }
      guard let found = Self.fromTape(bytes) else { continue }
      read += 1
      let expected = Self.fromFoundation(bytes)
      #expect(found == expected, "\(String(decoding: bytes, as: UTF8.self))")
    }
    #expect(read > 300)
  }

  @Test func `a value that is larger than a tape takes is read all the same`() throws {
    let identity = #""name":"a","namespace":"b","uid":"u","resourceVersion":"1""#
    let padding = String(repeating: "x", count: JSONTape.maximumBytes)
    let reading = Reading(#"{"kind":"Pod","pad":"\#(padding)","metadata":{\#(identity)}}"#)
    #expect(reading.error == nil)
    #expect(reading.documents.count == 1)
  }
}
