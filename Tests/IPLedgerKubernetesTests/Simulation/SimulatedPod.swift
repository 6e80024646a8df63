import IPLedger

/// A pod's object as an API server would keep it: the fields that matter to the ledger.
struct SimulatedPod: Sendable {
  var name: String
  var uid: String
  var namespace = "default"
  var cluster = "lab"
  var version = 0
  var created: Instant
  /// The stamps in `managedFields`, by manager; the kubelet owns phase and addresses.
  var stamps: [String: Instant] = [:]
  var addresses: [String] = []
  var phase = "Pending"
  var node: String?
  var hostNetwork = false
  /// The grace of a deletion that asks for none; absent where the object does not say.
  var ownGrace: Int? = 30
  var deletion: (stamp: Instant, grace: Int)?
  var finalizers: [String] = []
  var annotations: [String: String] = [:]
  /// What the annotations were when it was created, which is what counts (R14).
  var firstAnnotations: [String: String] = [:]
  var labels: [String: String] = [:]

  init(_ name: String, uid: String, created: Instant) {
    self.name = name
    self.uid = uid
    self.created = created.wholeSeconds
    stamps["kube-controller-manager"] = self.created
  }

  /// Whether it asks for a fixed IP, and for how many hours.
  var retainedHours: Int? {
    guard firstAnnotations[Dialects.acsEnable] == "true" else { return nil }
    return firstAnnotations[Dialects.acsHours].flatMap { Int($0) } ?? 48
  }

  /// Its cluster, namespace and name.
  var identity: String { "\(cluster)/\(namespace)/\(name)" }

  var isVirtual: Bool { node?.hasPrefix("virtual-kubelet-") ?? false }
  var isCompleted: Bool { phase == "Succeeded" || phase == "Failed" }

  /// The object, with its kind or, as in a `PodList`, without.
  func json(kind: Bool = true) -> String {
    var metadata = [
      #""name":"\#(name)","namespace":"\#(namespace)","uid":"\#(uid)""#,
      #""resourceVersion":"\#(version)","creationTimestamp":"\#(created.inSeconds)""#,
      #""managedFields":[\#(managedFields)]"#,
    ]
    if let deletion {
      metadata.append(#""deletionTimestamp":"\#(deletion.stamp.inSeconds)""#)
      metadata.append(#""deletionGracePeriodSeconds":\#(deletion.grace)"#)
    }
    if !finalizers.isEmpty { metadata.append(#""finalizers":\#(finalizers)"#) }
    if !annotations.isEmpty { metadata.append(#""annotations":\#(Self.object(annotations))"#) }
    if !labels.isEmpty { metadata.append(#""labels":\#(Self.object(labels))"#) }
    var spec = hostNetwork ? [#""hostNetwork":true"#] : []
    if let ownGrace { spec.append(#""terminationGracePeriodSeconds":\#(ownGrace)"#) }
    if let node { spec.append(#""nodeName":"\#(node)""#) }
    var status = [#""phase":"\#(phase)""#]
    if let first = addresses.first {
      let all = addresses.map { #"{"ip":"\#($0)"}"# }.joined(separator: ",")
      status.append(#""podIP":"\#(first)","podIPs":[\#(all)]"#)
    }
    return (kind ? #"{"kind":"Pod","apiVersion":"v1","# : "{")
      + #""metadata":{\#(metadata.joined(separator: ","))},"#
      + #""spec":{\#(spec.joined(separator: ","))},"status":{\#(status.joined(separator: ","))}}"#
  }

  private var managedFields: String {
    stamps.sorted { $0.key < $1.key }.map { manager, stamp in
      let fields =
        manager == "kubelet"
        ? #"{"f:status":{"f:phase":{},"f:podIP":{},"f:podIPs":{}}}"# : #"{"f:metadata":{}}"#
      return #"{"manager":"\#(manager)","operation":"Update","time":"\#(stamp.inSeconds)","#
        + #""fieldsV1":\#(fields)}"#
    }.joined(separator: ",")
  }

  private static func object(_ texts: [String: String]) -> String {
    "{"
      + texts.sorted { $0.key < $1.key }.map { #""\#($0.key)":"\#($0.value)""# }
      .joined(separator: ",") + "}"
  }
}

/// The annotations of the two dialects.
enum Dialects {
  static let acsEnable = "network.alibabacloud.com/enable-fixed-ip"
  static let acsHours = "network.alibabacloud.com/fixed-ip-retain-hour"
  static let eciEnable = "k8s.aliyun.com/eci-fixed-ip"
  static let eciHours = "k8s.aliyun.com/eci-fixed-ip-retain-hour"
  static let computeClass = "alibabacloud.com/compute-class"
}

extension Instant {
  /// Cut to whole seconds, as the API server writes its stamps.
  var wholeSeconds: Instant { .seconds(microseconds / 1_000_000) }

  /// RFC 3339 in whole seconds.
  var inSeconds: String { "\(wholeSeconds)".replacing(".000000Z", with: "Z") }
}
