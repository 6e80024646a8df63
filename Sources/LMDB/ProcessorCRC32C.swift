import CLMDB

/// CRC-32C by the processor's own instruction, for whoever keeps checksums of values: LMDB has none.
///
/// It is here because the instruction takes its bytes by address.
package enum ProcessorCRC32C {
  /// Whether this processor has the instruction.
  package static let isAvailable = ipledger_has_crc32c()

  /// What bytes make of the register, which is the checksum with all bits inverted.
  ///
  /// - Precondition: ``isAvailable``.
  package static func update(_ register: UInt32, _ bytes: Span<UInt8>) -> UInt32 {
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return register }
      return unsafe ipledger_crc32c(register, start, buffer.count)
    }
  }
}
