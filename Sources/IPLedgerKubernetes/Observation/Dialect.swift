import IPLedger

/// The annotations by which a pod asks for a fixed IP: data, because products name them differently
/// (R12).
public struct Dialect: Hashable, Sendable {
  /// The annotation that asks for it with the value `true`.
  public var enableKey: String
  /// The annotation that says for how many hours the address is kept.
  public var hoursKey: String
  /// The label that names the compute class (R13).
  public var computeClassLabel: String

  /// Alibaba Cloud ACS.
  public static let acs = Dialect(
    enableKey: "network.alibabacloud.com/enable-fixed-ip",
    hoursKey: "network.alibabacloud.com/fixed-ip-retain-hour",
    computeClassLabel: "alibabacloud.com/compute-class")

  /// Alibaba Cloud ECI.
  public static let eci = Dialect(
    enableKey: "k8s.aliyun.com/eci-fixed-ip",
    hoursKey: "k8s.aliyun.com/eci-fixed-ip-retain-hour",
    computeClassLabel: "alibabacloud.com/compute-class")

  /// The dialect with a name: `acs` or `eci`.
  public init?(name: String) {
    switch name {
    case "acs": self = .acs
    case "eci": self = .eci
    default: return nil
    }
  }

  /// A dialect with these keys.
  public init(enableKey: String, hoursKey: String, computeClassLabel: String) {
    self.enableKey = enableKey
    self.hoursKey = hoursKey
    self.computeClassLabel = computeClassLabel
  }
}

extension Dialect {
  /// The policy that a pod's annotations and labels ask for, and why it is what it is (R12, R13).
  ///
  /// A cluster is only observed here, so bad hours are the default with a warning, not a refusal.
  func policy(
    annotations: [String: String], labels: [String: String]
  ) -> (policy: RetentionPolicy, grounds: RetentionGrounds) {
    guard annotations[enableKey] == "true" else {
      return (.release, RetentionGrounds(eligibility: .notRequested))
    }
    let computeClass = labels[computeClassLabel] ?? ""
    guard computeClass.isEmpty || RetentionPolicy.eligibleComputeClasses.contains(computeClass)
    else {
      return (.release, RetentionGrounds(eligibility: .ineligibleComputeClass))
    }
    guard let text = annotations[hoursKey] else {
      return (
        .retain(hours: RetentionPolicy.defaultHours),
        RetentionGrounds(eligibility: .eligible, hoursDefaulted: true)
      )
    }
    guard let hours = Self.wholeHours(text) else {
      return (
        .retain(hours: RetentionPolicy.defaultHours),
        RetentionGrounds(eligibility: .eligible, hoursDefaulted: true, rejectedHours: text)
      )
    }
    return (.retain(hours: hours), RetentionGrounds(eligibility: .eligible))
  }

  /// Whole hours within the bounds, in plain digits.
  private static func wholeHours(_ text: String) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let hours = Int(text), RetentionPolicy.allowedHours.contains(hours)
    else { return nil }
    return hours
  }
}
