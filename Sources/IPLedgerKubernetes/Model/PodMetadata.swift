/// A pod's `metadata`: which incarnation it is, at which version, and since when.
public struct PodMetadata: Sendable, Equatable {
  /// Its name within the namespace.
  public var name: String

  /// Its namespace.
  public var namespace: String

  /// Which incarnation of that name it is; opaque.
  public var uid: String

  /// The version of the object, a decimal number that rises through the whole cluster.
  public var resourceVersion: String

  /// When its create was asked for, RFC 3339 in whole seconds.
  public var creationTimestamp: String?

  /// When it shall be gone at the latest: the request plus the grace, so usually in the future.
  public var deletionTimestamp: String?

  /// The grace that is part of ``deletionTimestamp``, in seconds.
  public var deletionGracePeriodSeconds: Int?

  /// Counts the changes of its spec.
  public var generation: Int?

  /// Its labels.
  public var labels: [String: String]

  /// Its annotations.
  public var annotations: [String: String]

  /// What has to happen before the object can go.
  public var finalizers: [String]

  /// The objects that it belongs to.
  public var ownerReferences: [OwnerReference]

  /// Who wrote which part of it last, and when.
  public var managedFields: [ManagedFieldsEntry]
}

extension PodMetadata {
  /// Reads it; throws an ``InputError`` in the making where the identity is not whole.
  init(_ fields: some ObjectFields) throws {
    let name = try fields.text("name")
    let namespace = try fields.text("namespace")
    func require(_ field: FieldName) throws -> String {
      if let text = try fields.text(field) { return text }
      let called = [namespace, name].compactMap(\.self).joined(separator: "/")
      throw InputFault.missing(
        field.stringValue, in: called.isEmpty ? "an object" : "an object (\(called))")
    }
    self.name = try require("name")
    self.namespace = try require("namespace")
    uid = try require("uid")
    resourceVersion = try require("resourceVersion")
    creationTimestamp = try fields.text("creationTimestamp")
    deletionTimestamp = try fields.text("deletionTimestamp")
    deletionGracePeriodSeconds = try fields.integer("deletionGracePeriodSeconds")
    generation = try fields.integer("generation")
    labels = try fields.map("labels")
    annotations = try fields.map("annotations")
    finalizers = try fields.strings("finalizers")
    ownerReferences = try fields.objects("ownerReferences") { try OwnerReference($0) }
    managedFields = try fields.objects("managedFields") { try ManagedFieldsEntry($0) }
  }
}

/// An object that a pod belongs to, such as its StatefulSet.
public struct OwnerReference: Sendable, Equatable {
  /// The group and version of its kind, such as `apps/v1`.
  public var apiVersion: String?

  /// Its kind, such as `StatefulSet`.
  public var kind: String

  /// Its name, in the pod's namespace.
  public var name: String

  /// Which incarnation of that name it is.
  public var uid: String

  /// Whether it is the one that controls the pod.
  public var controller: Bool?
}

extension OwnerReference {
  init(_ fields: some ObjectFields) throws {
    apiVersion = try fields.string("apiVersion")
    kind = try fields.requiredString("kind")
    name = try fields.requiredString("name")
    uid = try fields.requiredString("uid")
    controller = try fields.bool("controller")
  }
}
