extension Span where Element == UInt8 {
  /// A number of so many bytes, the most significant first.
  ///
  /// - Parameters:
  ///   - place: The index of its first byte; all of them are within the span.
  ///   - width: How many bytes it has, up to those of the number.
  /// - Returns: The number.
  func bigEndian<Number: FixedWidthInteger & UnsignedInteger>(
    at place: Int, width: Int = MemoryLayout<Number>.size
  ) -> Number {
    var number: Number = 0
    for index in place..<place + width { number = number << 8 | Number(self[index]) }
    return number
  }
}
