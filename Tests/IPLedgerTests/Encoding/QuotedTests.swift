import IPLedger
import Testing

@Suite(.serialized) struct QuotedTests {
  @Test(arguments: [
    ("web-0", "\"web-0\""),
    ("it's", "\"it's\""),
    ("a\"b\\c", "\"a\\\"b\\\\c\""),
    ("line\nnext\t", "\"line\\nnext\\t\""),
    ("\u{1B}[31mé", "\"\\u{1B}[31m\\u{00E9}\""),
    (String(repeating: "x", count: 80), "\"" + String(repeating: "x", count: 80) + "\""),
    (String(repeating: "x", count: 81), "\"" + String(repeating: "x", count: 80) + "\"…"),
  ])
  func `a message shows what was found without its tricks`(text: String, shown: String) {
    #expect(quoted(text) == shown)
  }
}
