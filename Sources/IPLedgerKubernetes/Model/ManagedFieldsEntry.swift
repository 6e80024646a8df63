/// One entry of `managedFields`, without the tree of fields: a third of a stream's bytes.
public struct ManagedFieldsEntry: Sendable, Equatable {
  /// Who wrote, such as `kubelet`.
  public var manager: String?

  /// `Apply` or `Update`.
  public var operation: String?

  /// The part of the object that was written, such as `status`; nil for the object itself.
  public var subresource: String?

  /// When it last changed one of its fields, on the API server's clock in whole seconds.
  public var time: String?

  /// Whether the pod's addresses are among its fields.
  public var ownsPodIP: Bool

  /// Whether the pod's phase is among its fields.
  public var ownsPhase: Bool
}

extension ManagedFieldsEntry: Decodable {
  private enum CodingKeys: String, CodingKey {
    case manager
    case operation
    case subresource
    case time
    case fieldsV1
  }

  private enum FieldsKey: String, CodingKey {
    case status = "f:status"
  }

  private enum StatusKey: String, CodingKey {
    case phase = "f:phase"
    case podIP = "f:podIP"
    case podIPs = "f:podIPs"
  }

  /// Reads the entry and, of its tree, only what it says about `status`.
  public init(from decoder: any Decoder) throws {
    let entry = try decoder.container(keyedBy: CodingKeys.self)
    manager = try entry.text(.manager)
    operation = try entry.text(.operation)
    subresource = try entry.text(.subresource)
    time = try entry.text(.time)
    let status = try entry.object(.fieldsV1, keyedBy: FieldsKey.self)?
      .object(.status, keyedBy: StatusKey.self)
    ownsPodIP = status.map { $0.contains(.podIP) || $0.contains(.podIPs) } ?? false
    ownsPhase = status?.contains(.phase) ?? false
  }
}
