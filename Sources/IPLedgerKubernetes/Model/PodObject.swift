/// What the ledger needs of a pod's object; all else in it is passed over.
///
/// Times are texts as they stand in the object.
public struct PodObject: Sendable, Equatable {
  /// Its name, versions, times, labels and owners.
  public var metadata: PodMetadata

  /// What was asked for.
  public var spec: PodSpec

  /// What its kubelet reports.
  public var status: PodStatus
}

extension PodObject: Decodable {
  /// Reads a pod; throws where it is not one that an API server could have written.
  public init(from decoder: any Decoder) throws {
    try self.init(CodedFields(decoder))
  }

  init(_ fields: some ObjectFields) throws {
    guard let metadata = try fields.object("metadata") else {
      throw InputFault.missing("metadata", in: "an object")
    }
    self.metadata = try PodMetadata(metadata)
    spec = try fields.object("spec").map { try PodSpec($0) } ?? PodSpec()
    status = try fields.object("status").map { try PodStatus($0) } ?? PodStatus()
  }
}

/// The part of a pod's `spec` that tells where it runs and how it is deleted.
public struct PodSpec: Sendable, Equatable {
  /// The node that it is bound to; nil until it is scheduled.
  public var nodeName: String?

  /// Whether its address is the node's own.
  public var hostNetwork = false

  /// `Always`, `OnFailure` or `Never`.
  public var restartPolicy: String?

  /// The grace of a deletion that asks for none, in seconds; the server writes it into every pod.
  public var terminationGracePeriodSeconds: Int?

  init() {}
}

extension PodSpec {
  init(_ fields: some ObjectFields) throws {
    nodeName = try fields.text("nodeName")
    hostNetwork = try fields.bool("hostNetwork") ?? false
    restartPolicy = try fields.text("restartPolicy")
    terminationGracePeriodSeconds = try fields.integer("terminationGracePeriodSeconds")
  }
}

/// The part of a pod's `status` that tells its addresses and whether it has ended.
public struct PodStatus: Sendable, Equatable {
  /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
  public var phase: String?

  /// Its first address.
  public var podIP: String?

  /// All its addresses, at most one of each family, the first one first.
  public var podIPs: [String] = []

  /// Its node's address.
  public var hostIP: String?

  /// Why it is in its phase, such as `Evicted`.
  public var reason: String?

  init() {}
}

extension PodStatus {
  init(_ fields: some ObjectFields) throws {
    phase = try fields.text("phase")
    podIP = try fields.text("podIP")
    podIPs = try fields.objects("podIPs") { try $0.text("ip") }.compactMap(\.self)
    hostIP = try fields.text("hostIP")
    reason = try fields.text("reason")
  }
}
