/// How many characters of a text a message repeats.
private let longestQuotation = 80

/// The text as messages show it: in double quotes, cut after 80 characters, and with everything
/// that is not printable ASCII escaped, so that no input can play tricks on a terminal or a log.
package func quoted(_ text: some StringProtocol) -> String {
  var result = "\""
  var room = longestQuotation
  for scalar in text.unicodeScalars {
    guard room > 0 else { return result + "\"…" }
    // An apostrophe needs no escape between double quotes; `escaped` would give it one.
    result += scalar == "'" ? "'" : scalar.escaped(asASCII: true)
    room -= 1
  }
  return result + "\""
}
