/// What an input may ask of memory.
public struct InputLimits: Sendable, Equatable {
  /// How many bytes are read at a time.
  public var chunkBytes: Int

  /// The most bytes that one value may have: an event, a pod or one item of a list.
  ///
  /// A list has no such bound, as its items are read one by one. etcd takes no object above 1.5
  /// MiB; what comes near the bound is the audit event of a `deletecollection` of many thousand
  /// pods.
  public var valueBytes: Int

  /// How deep objects and arrays may nest; Foundation's decoder goes no deeper either.
  public static let nestingDepth = 512

  /// Chunks of 256 KiB, values of at most 64 MiB.
  public static let standard = InputLimits(chunkBytes: 256 << 10, valueBytes: 64 << 20)

  /// Makes limits; both must be positive.
  public init(chunkBytes: Int, valueBytes: Int) {
    precondition(chunkBytes > 0 && valueBytes > 0, "the limits of an input are positive")
    self.chunkBytes = chunkBytes
    self.valueBytes = valueBytes
  }
}
