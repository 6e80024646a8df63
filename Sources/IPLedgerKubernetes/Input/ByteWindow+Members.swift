/// Walking through the members of the object that is being read.
extension ByteWindow {
  enum MembersEnd {
    /// The object's closing brace was read.
    case closed

    /// The window stands before the `[` of a member called `items`.
    case items
  }

  private static let itemsKey = Array(#""items""#.utf8)

  /// Reads the members of an object up to its end, or up to the items of a list.
  ///
  /// Call it behind the opening brace, or behind a member with `isFirst` false.
  mutating func skipMembers(isFirst: Bool, stopsAtItems: Bool) throws(InputFault) -> MembersEnd {
    var isFirst = isFirst
    while true {
      var byte = try requireSignificantByte()
      if byte == .closeBrace {
        advance()
        return .closed
      }
      if !isFirst {
        guard byte == .comma else {
          throw .malformed(excerptOfRest, expected: "`,` or `}` after a field")
        }
        advance()
        byte = try requireSignificantByte()
      }
      isFirst = false
      guard byte == .quote else {
        throw .malformed(excerptOfRest, expected: "the name of a field in quotes")
      }
      let key = offset
      try skipValue()
      let isItems = hasBytes(Self.itemsKey, from: key)
      guard try requireSignificantByte() == .colon else {
        throw .malformed(excerptOfRest, expected: "`:` after the name of a field")
      }
      advance()
      if try requireSignificantByte() == .openBracket, isItems, stopsAtItems { return .items }
      try skipValue()
    }
  }
}
