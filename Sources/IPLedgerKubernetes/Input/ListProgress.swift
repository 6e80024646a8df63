/// A list whose items are being read.
struct ListProgress {
  enum Items {
    case pods
    case auditEvents
  }

  /// The line, from 1, on which the list begins.
  let line: Int

  /// What the items are.
  let items: Items

  /// What the list has said about itself so far.
  private(set) var envelope: ListEnvelope

  /// How many items were read.
  var itemCount = 0

  /// Begins a list; throws where it has said already that it is one of something else.
  init(_ envelope: ListEnvelope, line: Int) throws(InputFault) {
    let isAudit = envelope.apiVersion == TopLevelObject.auditVersion
    let kinds = isAudit ? [TopLevelObject.auditListKind] : TopLevelObject.listKinds
    if let kind = envelope.kind, !kinds.contains(kind) {
      throw .unexpected(kind: kind, apiVersion: envelope.apiVersion, in: isAudit ? .audit : .list)
    }
    items = isAudit ? .auditEvents : .pods
    self.envelope = envelope
    self.line = line
  }

  var format: InputFormat {
    switch items {
    case .pods: .list
    case .auditEvents: .audit
    }
  }

  /// What is told of its beginning; nothing of a list of audit events, which is a file of them.
  var header: ListHeader? {
    guard items == .pods else { return nil }
    return ListHeader(
      kind: envelope.kind, resourceVersion: envelope.resourceVersion,
      continueToken: envelope.continueToken)
  }

  /// What is told of its end, with what stood behind the items; throws if it was no list of pods.
  func end(_ tail: ListEnvelope) throws(InputFault) -> ListMetadata? {
    var whole = envelope
    whole.merge(tail)
    guard items == .pods else { return nil }
    guard let kind = whole.kind, TopLevelObject.listKinds.contains(kind) else {
      throw .unexpected(kind: whole.kind, apiVersion: whole.apiVersion, in: .list)
    }
    return ListMetadata(
      kind: kind, resourceVersion: whole.resourceVersion, continueToken: whole.continueToken,
      remainingItemCount: whole.remainingItemCount, itemCount: itemCount)
  }
}
