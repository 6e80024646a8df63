import IPLedger
import Testing

@testable import IPLedgerKubernetes

/// R10: whom a list without a version of its own lacks.
@Suite(.serialized) struct `lists without a version` {
  private static func list(_ pods: [PodText]) -> String {
    #"{"kind":"List","apiVersion":"v1","metadata":{"resourceVersion":""},"#
      + #""items":[\#(pods.map(\.json).joined(separator: ","))]}"#
  }

  @Test func `R10: of two lists with one newest item, whom the later one lacks is gone`()
    async throws
  {
    let first = PodText(version: 5, ips: ["10.0.0.1"])
    let second = PodText(name: "web-1", uid: "b", version: 6, ips: ["10.0.0.2"])
    let observed = try await Observed(
      [[Self.list([first, second])], [Self.list([second])]]
    ) { $0.isFullList = true }
    #expect(try observed.ends("10.0.0.1") == ["missing"])
    #expect(try observed.ends("10.0.0.2") == ["open"])
  }

  @Test func `R10: control, where the newest item differs`() async throws {
    let first = PodText(version: 5, ips: ["10.0.0.1"])
    let second = PodText(name: "web-1", uid: "b", version: 6, ips: ["10.0.0.2"])
    let third = PodText(name: "web-2", uid: "c", version: 7, ips: ["10.0.0.3"])
    let observed = try await Observed(
      [[Self.list([first, second])], [Self.list([second, third])]]
    ) { $0.isFullList = true }
    #expect(try observed.ends("10.0.0.1") == ["missing"])
  }
}
