import IPLedgerArchive
import Testing

@testable import IPLedgerCLI

/// The writer of JSON lines.
@Suite(.serialized) struct JSONTests {
  @Test func `members keep their order`() {
    let json: JSON = ["z": .integer(1), "a": [.null, .bool(true)], "m": ["k": "v"]]
    #expect(json.text == #"{"z":1,"a":[null,true],"m":{"k":"v"}}"#)
  }

  @Test func `quotes, backslashes and control characters are escaped`() {
    let json = JSON.string("a\"b\\c\n\t\r\u{0}\u{1B}[31m\u{7F}\u{2028}")
    #expect(json.text == #""a\"b\\c\n\t\r\u0000\u001b[31m\u007f\u2028""#)
  }

  @Test func `what is not ASCII stays as it is`() {
    #expect(JSON.string("größer 地址 😀").text == #""größer 地址 😀""#)
  }

  @Test func `names are escaped as values are`() {
    #expect(JSON.object([.init(name: "a\"", value: .null)]).text == #"{"a\"":null}"#)
  }

  @Test func `an absent value is null`() {
    #expect(JSON.optional(String?.none).text == "null")
    #expect(JSON.optional(Int?.some(3)) { .integer($0) }.text == "3")
  }

  @Test func `members are added behind an object's own`() {
    let json: JSON = ["a": .integer(1)]
    #expect(json.adding(["b": .integer(2)]).text == #"{"a":1,"b":2}"#)
    #expect(JSON.null.adding(["b": .null]) == .null)
  }
}
