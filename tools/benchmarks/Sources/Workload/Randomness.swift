/// Numbers that look random and are the same for a seed everywhere: SplitMix64.
public struct Randomness: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The numbers of a seed.
  public init(seed: UInt64) {
    state = seed
  }

  /// The next number.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }

  /// A number below a bound, which is not zero.
  mutating func below(_ bound: UInt64) -> UInt64 {
    next().multipliedFullWidth(by: bound).high
  }

  /// Whether something of this share happens.
  mutating func happens(_ share: Double) -> Bool {
    Double(next() >> 11) * 0x1p-53 < share
  }

  /// A span with this mean, in microseconds: exponential, by a table of sixteen quantiles so that no
  /// mathematics library decides what a seed means.
  mutating func span(mean microseconds: Int64) -> Int64 {
    let quantiles: [Int64] = [
      32, 98, 170, 247, 330, 420, 520, 630, 754, 895, 1059, 1257, 1504, 1837, 2367, 3900,
    ]
    let word = next()
    let quantile = quantiles[Int(word & 15)]
    let jitter = 900 + Int64(word >> 8 & 0xFF) * 200 / 255
    return max(1, microseconds / 1000 * quantile / 1000 * jitter)
  }
}
