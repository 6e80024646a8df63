/// A moment in the world: whole microseconds since 1970-01-01T00:00:00Z, in UTC.
///
/// Leap seconds are not counted, as in POSIX time. Arithmetic saturates at ``earliest`` and
/// ``latest``.
public struct Instant: Hashable, Sendable {
  /// Microseconds since 1970-01-01T00:00:00Z; negative before it.
  public let microseconds: Int64

  /// The moment `microseconds` after 1970-01-01T00:00:00Z.
  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// The moment of whole seconds after 1970-01-01T00:00:00Z, saturating.
  public static func seconds(_ seconds: Int64) -> Instant {
    Instant(microseconds: seconds.multipliedSaturating(by: 1_000_000))
  }

  /// 1970-01-01T00:00:00Z.
  public static let epoch = Instant(microseconds: 0)

  /// The first moment that can be expressed, in the year −290308.
  public static let earliest = Instant(microseconds: .min)

  /// The last moment that can be expressed, in the year 294247.
  public static let latest = Instant(microseconds: .max)

  /// The first moment that RFC 3339 can write: 0000-01-01T00:00:00.000000Z.
  public static let earliestWritable = Instant(microseconds: -62_167_219_200_000_000)

  /// The last moment that RFC 3339 can write: 9999-12-31T23:59:59.999999Z.
  public static let latestWritable = Instant(microseconds: 253_402_300_799_999_999)
}

extension Instant: Comparable {
  /// Whether the left moment comes before the right one.
  public static func < (left: Instant, right: Instant) -> Bool {
    left.microseconds < right.microseconds
  }
}

extension Instant {
  /// The moment `microseconds` later, or earlier where negative; saturating.
  public func adding(microseconds: Int64) -> Instant {
    Instant(microseconds: self.microseconds.addedSaturating(to: microseconds))
  }

  /// The moment that lies a length of time later, saturating.
  public static func + (instant: Instant, length: Microseconds) -> Instant {
    instant.adding(microseconds: length.count)
  }

  /// The moment that lies a length of time earlier, saturating.
  public static func - (instant: Instant, length: Microseconds) -> Instant {
    Instant(microseconds: instant.microseconds.subtractedSaturating(length.count))
  }

  /// The time from the right moment to the left one, negative where the left is earlier;
  /// saturating.
  public static func - (left: Instant, right: Instant) -> Microseconds {
    Microseconds(left.microseconds.subtractedSaturating(right.microseconds))
  }
}
