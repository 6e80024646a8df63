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

extension ManagedFieldsEntry {
  /// Reads the entry and, of its tree, only what it says about `status`.
  init(_ fields: some ObjectFields) throws {
    manager = try fields.text("manager")
    operation = try fields.text("operation")
    subresource = try fields.text("subresource")
    time = try fields.text("time")
    let status = try fields.object("fieldsV1")?.object("f:status")
    ownsPodIP = status.map { $0.contains("f:podIP") || $0.contains("f:podIPs") } ?? false
    ownsPhase = status?.contains("f:phase") ?? false
  }
}
