import Glibc

/// The order of keys in a table: byte by byte, and of two that begin alike the shorter first.
package enum KeyOrder {
  /// Whether a key comes before another one.
  package static func precedes(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
    let order = unsafe left.withUnsafeBufferPointer { left in
      unsafe right.withUnsafeBufferPointer { right -> CInt in
        let common = min(left.count, right.count)
        guard common > 0, let one = left.baseAddress, let other = right.baseAddress else {
          return 0
        }
        return unsafe memcmp(one, other, common)
      }
    }
    return order != 0 ? order < 0 : left.count < right.count
  }
}
