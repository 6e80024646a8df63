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
  private enum CodingKeys: String, CodingKey {
    case metadata
    case spec
    case status
  }

  /// Reads a pod; throws where it is not one that an API server could have written.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    guard let metadata = try fields.decodeIfPresent(PodMetadata.self, forKey: .metadata) else {
      throw InputFault.missing("metadata", in: "an object")
    }
    self.metadata = metadata
    spec = try fields.decodeIfPresent(PodSpec.self, forKey: .spec) ?? PodSpec()
    status = try fields.decodeIfPresent(PodStatus.self, forKey: .status) ?? PodStatus()
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

extension PodSpec: Decodable {
  private enum CodingKeys: String, CodingKey {
    case nodeName
    case hostNetwork
    case restartPolicy
    case terminationGracePeriodSeconds
  }

  /// Reads the fields that are there.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    nodeName = try fields.text(.nodeName)
    hostNetwork = try fields.decodeIfPresent(Bool.self, forKey: .hostNetwork) ?? false
    restartPolicy = try fields.text(.restartPolicy)
    terminationGracePeriodSeconds = try fields.decodeIfPresent(
      Int.self, forKey: .terminationGracePeriodSeconds)
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

extension PodStatus: Decodable {
  private enum CodingKeys: String, CodingKey {
    case phase
    case podIP
    case podIPs
    case hostIP
    case reason
  }

  private struct PodIP: Decodable {
    var ip: String?
  }

  /// Reads the fields that are there.
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    phase = try fields.text(.phase)
    podIP = try fields.text(.podIP)
    let addresses: [PodIP] = try fields.list(.podIPs)
    podIPs = addresses.compactMap(\.ip).filter { !$0.isEmpty }
    hostIP = try fields.text(.hostIP)
    reason = try fields.text(.reason)
  }
}
