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

  /// Whether a key begins with the bytes of another one.
  package static func begins(_ key: Span<UInt8>, with prefix: Span<UInt8>) -> Bool {
    guard prefix.count <= key.count else { return false }
    return unsafe key.withUnsafeBufferPointer { key in
      unsafe prefix.withUnsafeBufferPointer { prefix -> Bool in
        guard let one = key.baseAddress, let other = prefix.baseAddress else { return true }
        return unsafe memcmp(one, other, prefix.count) == 0
      }
    }
  }
}
