/// A place in the log: 1, 2, 3 … with no gap, in the order of learning (R4).
public struct Position: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The number; 0 stands before the first event.
  public let rawValue: UInt64

  /// The position with this number.
  public init(_ rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// Before the first event: the head of an empty log.
  public static let origin = Position(0)

  /// The position after this one; the greatest one is its own, as no log gets so far.
  public var next: Position { Position(rawValue == .max ? .max : rawValue + 1) }

  /// The number.
  public var description: String { String(rawValue) }

  /// Compares the numbers.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
