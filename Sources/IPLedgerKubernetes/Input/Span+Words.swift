// Bytes of text, eight at a time: most of JSON is in strings, and most of a string is plain.

extension Span<UInt8> {
  /// The eight bytes from an index on, the first one lowest; there are so many.
  ///
  /// Called and not inlined: in a loop the compiler checks each of the eight bytes again, while here it makes
  /// one load of them.
  @inline(never)
  private func word(at index: Int) -> UInt64 {
    precondition(index >= 0 && index <= count - 8)
    return UInt64(self[index]) | UInt64(self[index &+ 1]) << 8
      | UInt64(self[index &+ 2]) << 16 | UInt64(self[index &+ 3]) << 24
      | UInt64(self[index &+ 4]) << 32 | UInt64(self[index &+ 5]) << 40
      | UInt64(self[index &+ 6]) << 48 | UInt64(self[index &+ 7]) << 56
  }

  /// Goes on from an index to the next byte of a string that is not plain: a quote, a backslash or a control
  /// character; to the end where there is none.
  ///
  /// - Parameters:
  ///   - index: Where to begin; set to where that byte is.
  ///   - seen: Takes all bits that are set in any of the bytes up to there, and perhaps in some behind it.
  @inline(__always)
  func skipPlain(_ index: inout Int, _ seen: inout UInt64) {
    var position = index
    var bits = seen
    let last = count - 8
    while position <= last {
      let word = word(at: position)
      bits |= word
      let special = Self.highBits(ofSpecialIn: word)
      if special != 0 {
        index = position + special.trailingZeroBitCount / 8
        seen = bits
        return
      }
      position += 8
    }
    while position < count {
      let byte = self[position]
      bits |= UInt64(byte)
      if byte == .quote || byte == .backslash || byte < 0x20 { break }
      position += 1
    }
    index = position
    seen = bits
  }

  /// A word whose lowest byte that is not zero is where the lowest special byte of another one is.
  @inline(__always)
  private static func highBits(ofSpecialIn word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    // A byte that is subtracted from what is less than it leaves its high bit; only bytes above it may be
    // wrong then.
    let quotes = word ^ (ones * UInt64(UInt8.quote))
    let backslashes = word ^ (ones * UInt64(UInt8.backslash))
    let found =
      ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)
      | ((word &- ones * 0x20) & ~word)
    return found & (ones * 0x80)
  }
}
