import Testing

@testable import IPLedgerKubernetes

@Suite(.serialized) struct `Where the chunks are cut changes nothing` {
  private static let cutShort = String(Sample.added().dropLast(9))
  private static let kubectlList = """
    {
    "apiVersion":"v1","items" : [ \(Sample.pod("a")) ,
     \(Sample.pod("b")) ]
    ,"kind":"List","n":12,"metadata":{}}  \(Sample.pod())
    """

  static let texts: [String] = [
    "\u{feff}\(Sample.added())\r\n\(Sample.bookmark)\(Sample.gone)\n\n",
    Sample.pod("a\\\"\\\\{}[]é😀\\u00e9") + Sample.pod("b").replacing(",", with: ",\n"),
    kubectlList,
    "\(Sample.audit())\n\(Sample.audit(ref: "null"))",
    "\(Sample.added())\n\(cutShort)",
    "\(Sample.added())\nnonsense",
    "\(Sample.added())\n{\"a\":\"\n",
    "NAME  READY\nweb-0 1/1",
    "object:\n  kind: Pod",
  ]

  @Test(arguments: [1, 2, 3, 7, 4096])
  func `the same documents, lines and errors`(chunkBytes: Int) {
    let limits = InputLimits(chunkBytes: chunkBytes, valueBytes: 1 << 20)
    for text in Self.texts {
      let whole = Reading(text)
      let parts = Reading(text, limits: limits)
      #expect(parts.documents == whole.documents)
      #expect(parts.error?.code == whole.error?.code)
      #expect(parts.error?.line == whole.error?.line)
      #expect(parts.format == whole.format)
    }
  }

  @Test func `damaged bytes end in an error and never in a crash`() {
    var random = SplitMix(state: 2026)
    for round in 0..<3000 {
      var bytes = Array(Self.texts[round % Self.texts.count].utf8)
      for _ in 0...Int.random(in: 0..<3, using: &random) {
        let place = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.insert(Self.marks.randomElement(using: &random) ?? 0, at: place)
        }
      }
      let source = InputSource.bytes(bytes, named: "input")
      let whole = Reading(source)
      let parts = Reading(source, limits: InputLimits(chunkBytes: 5, valueBytes: 1 << 20))
      #expect(parts.documents == whole.documents)
      #expect(parts.error?.code == whole.error?.code)
      #expect(parts.error?.line == whole.error?.line)
    }
  }

  private static let marks = Array(#"{}[]",:\ 1n"#.utf8) + [0x0a]

  @Test(arguments: [
    (#"{"a":"}"} x"#, 9), (#"[1,[2,{"b":"\""}]]"#, 18), (#""a\"b\\" "#, 8), ("12.5e3,", 6),
    ("null}", 4), ("true ", 4),
  ])
  func `the end of a value`(text: String, end: Int) {
    let bytes = Array(text.utf8)
    for cut in 0...end where cut < bytes.count {
      var scanner = JSONValueScanner()
      let head = Array(bytes[..<cut])
      #expect(scanner.scan(head.span, from: 0) == .unfinished || cut == end)
      if cut < end { #expect(scanner.scan(bytes.span, from: cut) == .ended(end)) }
    }
  }
}

/// A small generator with a seed, so that a failure can be had again.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
