import IPLedger
import Testing

@testable import IPLedgerKubernetes

/// What nodes in the input say of the pods on them (R17).
@Suite struct `the labels of nodes tell the class of their pods` {
  private static let virtual =
    #"{"kind":"Node","apiVersion":"v1","metadata":{"name":"n-1","labels":{"type":"virtual-kubelet"}}}"#
  private static let plain = #"{"kind":"Node","apiVersion":"v1","metadata":{"name":"n-1"}}"#

  private static func pod(_ version: Int, uid: Int = 1, on node: String = "n-1") -> String {
    """
    {"kind":"Pod","apiVersion":"v1","metadata":{"name":"p-\(uid)","namespace":"d","uid":"u-\(uid)",\
    "resourceVersion":"\(version)","creationTimestamp":"2026-01-01T00:00:00Z"},\
    "spec":{"nodeName":"\(node)","containers":[]},"status":{"phase":"Running","podIP":"10.0.0.\(uid)"}}
    """
  }

  private static func list(_ items: [String]) -> String {
    #"{"apiVersion":"v1","kind":"List","metadata":{},"items":[\#(items.joined(separator: ","))]}"#
  }

  private static func event(_ type: String, _ object: String) -> String {
    #"{"type":"\#(type)","object":\#(object)}"#
  }

  /// The classes that the pods of inputs are recorded with, by uid.
  private static func classes(_ inputs: [String]) throws -> (
    classes: [String: [NodeClass.Ground: NodeClass]], summary: ObservationSummary
  ) {
    let cluster = try ClusterName("lab")
    let options = ObservationOptions(cluster: cluster, network: NetworkName(of: cluster))
    var found: [String: [NodeClass.Ground: NodeClass]] = [:]
    var summary = ObservationSummary()
    var previous: PodObserver?
    for (index, text) in inputs.enumerated() {
      var reader = try InputReader(.bytes(Array(text.utf8), named: "input \(index)"))
      var observer = PodObserver(options, continuing: previous)
      var events: [Event] = []
      while let document = try reader.next() {
        events += try observer.observe(document, readAt: nil)
      }
      for case .created(let pod) in events + observer.finish() {
        guard let ground = pod.description.nodeClassGround else { continue }
        found[pod.uid.rawValue, default: [:]][ground] = pod.description.nodeClass
      }
      summary.add(observer.summary)
      previous = observer
    }
    return (found, summary)
  }

  @Test func `in a list that has both`() throws {
    let (classes, summary) = try Self.classes([Self.list([Self.virtual, Self.pod(5)])])
    #expect(classes == ["u-1": [.label: .virtual]])
    #expect(summary.skipped == [.node: 1])
    // Behind the pod it says nothing of it.
    #expect(
      try Self.classes([Self.list([Self.pod(5), Self.virtual])]).classes == ["u-1": [.name: .ecs]])
  }

  @Test func `in a file before that of the pods`() throws {
    #expect(
      try Self.classes([Self.list([Self.virtual]), Self.list([Self.pod(5)])]).classes
        == ["u-1": [.label: .virtual]])
  }

  @Test func `in a watch, and until it says otherwise`() throws {
    let (classes, summary) = try Self.classes([
      [
        Self.event("ADDED", Self.virtual), Self.event("ADDED", Self.pod(5)),
        Self.event("DELETED", Self.virtual), Self.event("ADDED", Self.pod(6, uid: 2)),
        Self.event("MODIFIED", Self.plain), Self.event("ADDED", Self.pod(7, uid: 3)),
        Self.event("ADDED", Self.pod(8, uid: 4, on: "virtual-kubelet-a")),
      ].joined(separator: "\n")
    ])
    #expect(
      classes == [
        "u-1": [.label: .virtual], "u-2": [.label: .virtual], "u-3": [.name: .ecs],
        "u-4": [.name: .virtual],
      ])
    #expect(summary.skipped[.node] == 3)
  }

  @Test func `a node without a name is refused`() throws {
    #expect(throws: InputError.self) {
      try Self.classes([Self.event("ADDED", #"{"kind":"Node","metadata":{"labels":{}}}"#)])
    }
  }
}
