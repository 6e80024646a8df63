import IPLedger
import Testing

@testable import IPLedgerKubernetes

/// What annotations and labels ask for: R12 and R13.
@Suite(.serialized) struct `dialects` {
  private static let enable = "network.alibabacloud.com/enable-fixed-ip"
  private static let hours = "network.alibabacloud.com/fixed-ip-retain-hour"
  private static let label = "alibabacloud.com/compute-class"

  @Test func `R12: the keys are those of the products' documentation`() {
    #expect(Dialect.acs.enableKey == Self.enable)
    #expect(Dialect.acs.hoursKey == Self.hours)
    #expect(Dialect.eci.enableKey == "k8s.aliyun.com/eci-fixed-ip")
    #expect(Dialect.eci.hoursKey == "k8s.aliyun.com/eci-fixed-ip-retain-hour")
    #expect(Dialect(name: "acs") == .acs)
    #expect(Dialect(name: "eci") == .eci)
    #expect(Dialect(name: "ACS") == nil)
  }

  @Test(arguments: [nil, "false", "True", "TRUE", "", "yes", "1", "true "])
  func `R12: nothing but "true" asks for it`(_ value: String?) {
    var annotations = [Self.hours: "12"]
    annotations[Self.enable] = value
    let (policy, grounds) = Dialect.acs.policy(annotations: annotations, labels: [:])
    #expect(policy == .release)
    #expect(grounds == RetentionGrounds(eligibility: .notRequested))
  }

  @Test(arguments: [("1", 1), ("12", 12), ("48", 48), ("8760", 8760)])
  func `R12: whole hours from 1 to 8760 are taken`(_ text: String, _ hours: Int) {
    let (policy, grounds) = Dialect.acs.policy(
      annotations: [Self.enable: "true", Self.hours: text], labels: [:])
    #expect(policy == .retain(hours: hours))
    #expect(grounds == RetentionGrounds(eligibility: .eligible))
  }

  @Test func `R12: without hours it is 48, and the event says that it is the default`() {
    let (policy, grounds) = Dialect.acs.policy(annotations: [Self.enable: "true"], labels: [:])
    #expect(policy == .retain(hours: 48))
    #expect(grounds == RetentionGrounds(eligibility: .eligible, hoursDefaulted: true))
  }

  @Test(arguments: [
    "", "0", "-1", "8761", "1.5", "1e2", "48h", " 48", "48 ", "forever", "٤٨", "0x10", "+5",
    "99999999999999999999",
  ])
  func `R12: bad hours are the default with a warning, never for ever`(_ text: String) {
    let (policy, grounds) = Dialect.acs.policy(
      annotations: [Self.enable: "true", Self.hours: text], labels: [:])
    #expect(policy == .retain(hours: 48))
    #expect(
      grounds
        == RetentionGrounds(eligibility: .eligible, hoursDefaulted: true, rejectedHours: text))
  }

  @Test(arguments: [nil, "general-purpose", "performance"])
  func `R13: general-purpose, also by default, and performance are eligible`(_ name: String?) {
    var labels: [String: String] = [:]
    labels[Self.label] = name
    let (policy, _) = Dialect.acs.policy(
      annotations: [Self.enable: "true", Self.hours: "5"], labels: labels)
    #expect(policy == .retain(hours: 5))
  }

  @Test(arguments: ["gpu", "gpu-hpn", "General-Purpose", "best-effort"])
  func `R13: any other compute class is release, with the reason`(_ name: String) {
    let (policy, grounds) = Dialect.acs.policy(
      annotations: [Self.enable: "true", Self.hours: "5"], labels: [Self.label: name])
    #expect(policy == .release)
    #expect(grounds.eligibility == .ineligibleComputeClass)
  }

  @Test func `R12: one dialect does not read the other's annotations`() {
    let (policy, _) = Dialect.eci.policy(annotations: [Self.enable: "true"], labels: [:])
    #expect(policy == .release)
    let eci = Dialect.eci.policy(
      annotations: [Dialect.eci.enableKey: "true", Dialect.eci.hoursKey: "3"], labels: [:])
    #expect(eci.policy == .retain(hours: 3))
  }
}
