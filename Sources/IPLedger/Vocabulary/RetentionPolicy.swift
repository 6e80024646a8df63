/// What happens to a pod's addresses when it is gone, frozen into its create event (R12, R14).
public enum RetentionPolicy: Hashable, Sendable, CustomStringConvertible {
  /// They are free at once.
  case release
  /// They are kept for its identity for so many hours after its last deletion.
  case retain(hours: Int)

  /// The hours that count where the annotation gives none.
  public static let defaultHours = 48
  /// The hours that an annotation may ask for.
  public static let allowedHours = 1...8760

  /// The compute classes that may have a fixed address (R13).
  public static let eligibleComputeClasses = ["general-purpose", "performance"]

  /// The hours, where there are any.
  public var hours: Int? {
    if case .retain(let hours) = self { hours } else { nil }
  }

  /// `release` or `retain 48h`.
  public var description: String {
    switch self {
    case .release: "release"
    case .retain(let hours): "retain \(hours)h"
    }
  }
}

/// Why an incarnation has the policy that it has: written into the event, so that no answer has to
/// guess (R5, R13).
public struct RetentionGrounds: Hashable, Sendable {
  /// Whether the feature was asked for, and may be had.
  public enum Eligibility: UInt8, Hashable, Sendable {
    /// The annotation asks for it and the compute class allows it.
    case eligible = 1
    /// No annotation asks for it.
    case notRequested = 2
    /// The annotation asks for it, but the compute class is neither `general-purpose` nor
    /// `performance` (R13).
    case ineligibleComputeClass = 3
  }

  /// Whether the feature was asked for, and may be had.
  public var eligibility: Eligibility
  /// Whether the hours are the default, because none were given or those given were bad.
  public var hoursDefaulted: Bool
  /// The hours' annotation as it stood, where it was bad (R12).
  public var rejectedHours: String?

  /// Grounds with these parts.
  public init(eligibility: Eligibility, hoursDefaulted: Bool = false, rejectedHours: String? = nil)
  {
    self.eligibility = eligibility
    self.hoursDefaulted = hoursDefaulted
    self.rejectedHours = rejectedHours
  }
}
