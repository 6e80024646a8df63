/// Why bytes are not what ``ByteWriter`` writes.
package struct DecodingFailure: Error, Hashable, Sendable {
  /// Where the value begins that could not be read, in bytes from the start of what the reader was
  /// given.
  package let offset: Int

  /// What should have stood there.
  package let expected: String

  /// What stood there instead.
  package let found: String

  /// A failure to read what was expected at an offset.
  package init(offset: Int, expected: String, found: String) {
    self.offset = offset
    self.expected = expected
    self.found = found
  }
}

extension DecodingFailure: CustomStringConvertible {
  /// Where, what was expected and what was found.
  package var description: String {
    "at byte \(offset): expected \(expected), found \(found)"
  }
}
