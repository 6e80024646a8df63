extension Sequence<UInt8> {
  /// Two lower-case digits a byte, for messages.
  package var hexadecimal: String {
    map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}
