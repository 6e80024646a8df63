import IPLedger
import RecordedClusters

@testable import IPLedgerKubernetes

/// What observers are shown of a cluster's history.
extension SimulatedCluster {
  static func line(
    _ type: String, _ object: String, _ receivedAt: Instant?
  ) -> String {
    let received = receivedAt.map { #""receivedAt":"\#($0)","# } ?? ""
    return #"{\#(received)"type":"\#(type)","object":\#(object)}"#
  }

  static func bookmark(_ version: Int, initialEventsEnd: Bool = false, at: Instant? = nil) -> String
  {
    let end = initialEventsEnd ? #","annotations":{"k8s.io/initial-events-end":"true"}"# : ""
    return line(
      "BOOKMARK",
      #"{"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":"\#(version)"\#(end)},"#
        + #""spec":{},"status":{}}"#, at)
  }

  /// A watch of the changes after one version up to another one, with what was there before them
  /// and the bookmark behind it where they are wanted, and times of receipt where a delay is given.
  func watch(
    after first: Int, through last: Int, initial: Bool, bookmark: Bool = true,
    shuffledBy order: ([SimulatedPod]) -> [SimulatedPod] = { $0 },
    receive: ((Instant) -> Instant)? = nil
  ) -> [String] {
    var lines: [String] = []
    var latest: Instant?
    func received(_ at: Instant) -> Instant? {
      guard let receive else { return nil }
      latest = max(latest ?? .earliest, receive(at))
      return latest
    }
    if initial {
      let start = time(of: first)
      for pod in order(state(after: first)) {
        lines.append(Self.line("ADDED", pod.json(), received(start)))
      }
      if bookmark {
        lines.append(Self.bookmark(first, initialEventsEnd: true, at: received(start)))
      }
    }
    for change in changes where change.version > first && change.version <= last {
      lines.append(
        Self.line(change.kind.rawValue.uppercased(), change.pod.json(), received(change.at)))
    }
    return lines
  }

  /// A time at which the cluster was at a version.
  func time(of version: Int) -> Instant {
    changes.last { $0.version <= version }?.at ?? changes.first?.at ?? now
  }

  /// A list of all that was there behind a change.
  func list(at version: Int, kind: String = "PodList", isVersioned: Bool = true) -> String {
    let items = state(after: version).map { $0.json(kind: kind == "List") }
    let metadata = isVersioned ? #"{"resourceVersion":"\#(version)"}"# : #"{"resourceVersion":""}"#
    return #"{"kind":"\#(kind)","apiVersion":"v1","metadata":\#(metadata),"#
      + #""items":[\#(items.joined(separator: ","))]}"#
  }

  /// The audit log of all changes, in the order of their responses.
  func audit(
    from first: Int = 0, through last: Int = .max, before: () -> Int64 = { 3000 },
    after: () -> Int64 = { 4000 }
  ) -> [String] {
    changes.filter { $0.version > first && $0.version <= last }
      .map { change in
        let stage = change.at.adding(microseconds: after())
        let received = change.at.adding(microseconds: -before())
        return (stage, Self.auditLine(change, received: received, stage: stage))
      }
      .sorted { $0.0 < $1.0 }.map(\.1)
  }

  static func auditLine(
    _ change: Change, verb: String? = nil, received: Instant, stage: Instant,
    response: String? = nil,
    request: String = "null", code: Int = 200, stageName: String = "ResponseComplete",
    uri: String = "/api/v1/namespaces/default/pods/x"
  ) -> String {
    let pod = change.pod
    let binding = #"{"kind":"Status","apiVersion":"v1","status":"Success","code":201}"#
    let answer = response ?? (change.subresource == "binding" ? binding : pod.json())
    let sub = change.subresource.map { #","subresource":"\#($0)""# } ?? ""
    return #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","#
      + #""auditID":"\#(pod.version)","stage":"\#(stageName)","requestURI":"\#(uri)","#
      + #""verb":"\#(verb ?? change.verb)","objectRef":{"resource":"pods","#
      + #""namespace":"\#(pod.namespace)","name":"\#(pod.name)","apiVersion":"v1"\#(sub)},"#
      + #""responseStatus":{"metadata":{},"code":\#(code)},"requestObject":\#(request),"#
      + #""responseObject":\#(answer),"requestReceivedTimestamp":"\#(received)","#
      + #""stageTimestamp":"\#(stage)"}"#
  }
}

/// The facts in some lines of one input.
func facts(
  in lines: [String], configure: (inout ObservationOptions) -> Void = { _ in }
) throws -> (events: [Event], summary: ObservationSummary) {
  try facts(
    in: [.bytes(Array(lines.joined(separator: "\n").utf8), named: "input")], configure: configure)
}
