import IPLedger
import Testing

@testable import IPLedgerKubernetes

/// What an observer makes of lists and of bare prints (R10).
@Suite(.serialized) struct `observing lists and prints` {
  private static func list(
    _ pods: [PodText], version: String = "100", token: String? = nil, kind: String = "PodList"
  ) -> String {
    let next = token.map { #","continue":"\#($0)""# } ?? ""
    return
      #"{"kind":"\#(kind)","apiVersion":"v1","metadata":{"resourceVersion":"\#(version)"\#(next)},"#
      + #""items":[\#(pods.map(\.json).joined(separator: ","))]}"#
  }

  private static let first = PodText(version: 5, ips: ["10.0.0.1"])
  private static let second = PodText(name: "web-1", uid: "b", version: 6, ips: ["10.0.0.2"])

  @Test func `R10: only a full list says who is gone`() async throws {
    for isFull in [false, true] {
      let observed = try await Observed(
        [
          [Self.list([Self.first, Self.second])],
          [Self.list([Self.second], version: "200")],
        ]
      ) { $0.isFullList = isFull }
      #expect(try observed.ends("10.0.0.1") == [isFull ? "missing" : "open"])
      #expect(try observed.ends("10.0.0.2") == ["open"])
    }
  }

  @Test func `R10: the pages of one list are one list, also in several files`() async throws {
    let observed = try await Observed(
      [
        [Self.list([Self.first, Self.second])],
        [Self.list([Self.first], version: "200", token: "more")],
        [Self.list([Self.second], version: "200")],
      ]
    ) { $0.isFullList = true }
    #expect(try observed.ends("10.0.0.1") == ["open"])
    #expect(try observed.ends("10.0.0.2") == ["open"])
  }

  @Test func `R10: pages of different versions judge nobody`() async throws {
    let observed = try await Observed(
      [
        [Self.list([Self.first, Self.second])],
        [Self.list([Self.second], version: "200", token: "more")],
        [Self.list([], version: "210")],
      ]
    ) { $0.isFullList = true }
    #expect(observed.summary.warnings[.pagesDiffer] == 1)
    #expect(try observed.ends("10.0.0.1") == ["open"])
  }

  @Test func `R10: a List without a version judges only who was last seen before its newest item`()
    async throws
  {
    let later = PodText(name: "web-2", uid: "c", version: 300, ips: ["10.0.0.3"])
    let observed = try await Observed(
      [
        [Self.list([Self.first, later])],
        [Self.list([Self.second], version: "", kind: "List")],
      ]
    ) { $0.isFullList = true }
    #expect(try observed.ends("10.0.0.3") == ["open"])
  }

  @Test func `a bare print may be a removal, so it never ends a tenure`() async throws {
    var pod = PodText(version: 5, ips: ["10.0.0.1"])
    var prints = [pod.json]
    (pod.version, pod.deletion) = (6, (20, 30))
    prints.append(pod.json)
    (pod.version, pod.deletion) = (7, (20, 0))
    prints.append(pod.json)
    let observed = try await Observed([prints])
    #expect(observed.summary.skipped[.perhapsGone] == 1)
    #expect(try observed.ends("10.0.0.1") == ["open"])
  }
}
