import Foundation
import IPLedger
import RecordedClusters

@testable import IPLedgerKubernetes

/// A pod's object as an API server would write it, with the fields that matter here.
struct PodText {
  var name = "web-0"
  var uid = "a"
  var version: Int
  var ips: [String] = []
  var phase = "Running"
  var node: String? = "node-1"
  /// The second of 10:00 in which the kubelet wrote last.
  var stamp = 0
  var created = 0
  /// The second in which the deletion was asked for, and its grace.
  var deletion: (asked: Int, grace: Int)?
  var finalizers: [String] = []
  var hostNetwork = false
  var annotations: [String: String] = [:]

  /// A time on the day of the tests: so many seconds after 10:00.
  static func time(_ seconds: Int, fraction: String = "") -> String {
    let minutes = seconds / 60
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "2026-01-01T10:\(two(minutes)):\(two(seconds % 60))\(fraction)Z"
  }

  var json: String {
    var metadata =
      #""name":"\#(name)","namespace":"default","uid":"\#(uid)","resourceVersion":"\#(version)","#
      + #""creationTimestamp":"\#(Self.time(created))","managedFields":[{"manager":"kubelet","#
      + #""operation":"Update","time":"\#(Self.time(stamp))","fieldsV1":{"f:status":"#
      + #"{"f:phase":{},"f:podIP":{}}}}]"#
    if let deletion {
      metadata +=
        #","deletionTimestamp":"\#(Self.time(deletion.asked + deletion.grace))""#
        + #","deletionGracePeriodSeconds":\#(deletion.grace)"#
    }
    if !finalizers.isEmpty { metadata += #","finalizers":\#(finalizers)"# }
    if !annotations.isEmpty {
      let pairs = annotations.map { #""\#($0.key)":"\#($0.value)""# }.joined(separator: ",")
      metadata += #","annotations":{\#(pairs)}"#
    }
    let host = hostNetwork ? #""hostNetwork":true,"# : ""
    let place = node.map { #""nodeName":"\#($0)","# } ?? ""
    let all = ips.map { #"{"ip":"\#($0)"}"# }.joined(separator: ",")
    let addresses = ips.first.map { #","podIP":"\#($0)","podIPs":[\#(all)]"# } ?? ""
    return #"{"kind":"Pod","apiVersion":"v1","metadata":{\#(metadata)},"#
      + #""spec":{\#(host)\#(place)"containers":[]},"status":{"phase":"\#(phase)"\#(addresses)}}"#
  }

  /// A line of a watch, received half a second after a second.
  func line(_ type: String, received: Int? = nil) -> String {
    let time = received.map { #""receivedAt":"\#(Self.time($0, fraction: ".5"))","# } ?? ""
    return #"{\#(time)"type":"\#(type)","object":\#(json)}"#
  }

  /// A line of an audit log: the response to a request about this pod.
  func audited(
    _ verb: String, at second: Int, code: Int = 200, uri: String = "/api/v1/pods",
    stage: String = "ResponseComplete", subresource: String = ""
  ) -> String {
    #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"x","#
      + #""stage":"\#(stage)","requestURI":"\#(uri)","verb":"\#(verb)","objectRef":{"#
      + #""resource":"pods","namespace":"default","name":"\#(name)","subresource":"\#(subresource)"},"#
      + #""responseStatus":{"code":\#(code)},"responseObject":\#(json),"#
      + #""requestReceivedTimestamp":"\#(Self.time(second, fraction: ".100000"))","#
      + #""stageTimestamp":"\#(Self.time(second, fraction: ".110000"))"}"#
  }
}

/// What observers make of some inputs, and what a ledger says of it.
struct Observed {
  let place: TemporaryLedger
  var summary = ObservationSummary()
  private(set) var events: [Event] = []

  init(
    _ inputs: [[String]], configure: (inout ObservationOptions) -> Void = { _ in }
  ) async throws {
    place = try TemporaryLedger()
    let sources = inputs.map {
      InputSource.bytes(Array($0.joined(separator: "\n").utf8), named: "input")
    }
    (events, summary) = try facts(in: sources, configure: configure)
    try await place.ledger.record(contentsOf: events)
  }

  /// `held a`, `held? a b`, `free`, `unknown a`, … at so many seconds after 10:00.
  func audit(_ ip: String, at second: Int, fraction: String = ".75") throws -> String {
    let address = Address(
      network: NetworkName(of: try ClusterName("lab")), ip: try IPAddress(parsing: ip))
    let instant = try Instant(rfc3339: PodText.time(second, fraction: fraction))
    let answer = try place.ledger.read { view in try view.audit(address, at: instant) }
    let holders = answer.holders.map(\.pod.uid.rawValue).sorted()
    return
      ([answer.verdict.rawValue + (answer.certainty == .bounded ? "?" : "")] + holders)
      .joined(separator: " ")
  }

  /// Why the tenures of an address ended, in time order.
  func ends(_ ip: String) throws -> [String] {
    let address = Address(
      network: NetworkName(of: try ClusterName("lab")), ip: try IPAddress(parsing: ip))
    return try place.ledger.read { view in
      try view.history(of: address).filter { $0.kind == .held }.map {
        $0.ended?.description ?? "open"
      }
    }
  }
}

/// A bookmark; the first one may say that all that was there has been shown.
func bookmark(_ version: Int, received: Int, isFirst: Bool = false) -> String {
  let mark = isFirst ? #","annotations":{"k8s.io/initial-events-end":"true"}"# : ""
  return #"{"receivedAt":"\#(PodText.time(received, fraction: ".5"))","type":"BOOKMARK","object":"#
    + #"{"kind":"Pod","apiVersion":"v1","metadata":{"resourceVersion":"\#(version)"\#(mark)}}}"#
}
