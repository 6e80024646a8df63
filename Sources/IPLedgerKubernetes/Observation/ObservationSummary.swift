/// What became of the documents of a source: nothing is passed over without being counted.
public struct ObservationSummary: Hashable, Sendable {
  /// How many documents were read.
  public var documents = 0
  /// What was passed over, and why.
  public var skipped: [Skip: Int] = [:]
  /// What was noticed.
  public var warnings: [Warning: Int] = [:]

  /// An empty summary.
  public init() {}

  mutating func skip(_ reason: Skip) { skipped[reason, default: 0] += 1 }
  mutating func warn(_ warning: Warning) { warnings[warning, default: 0] += 1 }

  /// Adds the figures of another source.
  public mutating func add(_ other: ObservationSummary) {
    documents += other.documents
    skipped.merge(other.skipped, uniquingKeysWith: +)
    warnings.merge(other.warnings, uniquingKeysWith: +)
  }
}

/// Why a document made no event.
public enum Skip: String, CaseIterable, Hashable, Comparable, Sendable {
  /// The pod uses its node's network.
  case hostNetwork = "host-network"
  /// The pod never had an address.
  case neverHadAddress = "never-had-address"
  /// Nothing about the pod's addresses changed.
  case nothingNew = "nothing-new"
  /// A bookmark: it says how far the source has come.
  case bookmark
  /// A node: its labels tell the class of the pods that are seen on it from then on.
  case node
  /// The server ended the watch.
  case serverError = "server-error"
  /// DELETED without a deletion timestamp: the pod left the selector of the watch and lives on.
  case leftSelector = "left-selector"
  /// The last print of a pod, which may be its removal: without event types nobody can tell.
  case perhapsGone = "perhaps-gone"
  /// An audited request that failed.
  case failedRequest = "failed-request"
  /// An audited request at which the server failed, so that nobody knows what it did.
  case unclearRequest = "unclear-request"
  /// An audited request that was only tried.
  case dryRun = "dry-run"
  /// An audit event of another stage than ResponseComplete.
  case otherStage = "other-stage"
  /// An audited request for something else than pods, or one that changes nothing.
  case otherRequest = "other-request"
  /// An audited change of a pod without the pod in it: the audit policy keeps too little.
  case noResponseObject = "no-response-object"
  /// Something in a list that is no pod.
  case otherKind = "other-kind"

  /// The reason in words.
  public var description: String {
    switch self {
    case .hostNetwork: "pods on the host network, whose IP is the node's"
    case .neverHadAddress: "pods that went without ever having an address"
    case .nothingNew: "changes that left addresses, phase and deletion as they were"
    case .bookmark: "bookmarks"
    case .node: "nodes, whose labels tell the class of their pods"
    case .serverError: "errors that ended a watch, such as 410 Gone"
    case .leftSelector: "pods that left a selector and live on"
    case .perhapsGone: "prints of a pod that may be its removal"
    case .failedRequest: "requests that failed"
    case .unclearRequest: "requests at which the server failed: what they did is not covered"
    case .dryRun: "dry runs"
    case .otherStage: "other stages than ResponseComplete"
    case .otherRequest: "requests that do not change pods"
    case .noResponseObject:
      "changes of pods without the pod: the audit policy has to record RequestResponse for pods"
    case .otherKind: "objects that are no pods"
    }
  }

  /// Orders as the cases stand.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What was noticed in a source that does not keep it from being recorded.
public enum Warning: String, CaseIterable, Hashable, Comparable, Sendable {
  /// Hours of retention that are not whole hours from 1 to 8760: the default counts (R12).
  case rejectedHours = "rejected-hours"
  /// The source shows a selection of pods, though it was taken as the whole cluster's.
  case selectorSuspected = "selector-suspected"
  /// Resource versions fell back: etcd was restored, or the cluster made anew.
  case versionsFellBack = "versions-fell-back"
  /// The server's stamps are later than the receive time: two clocks disagree.
  case clocksDisagree = "clocks-disagree"
  /// The pages of a list are not of one resource version, so that nobody can be judged by it.
  case pagesDiffer = "pages-differ"
  /// A list is not whole: there are further pages.
  case pagesMissing = "pages-missing"
  /// An address of a pod that cannot be used.
  case badAddress = "bad-address"

  /// The warning in words.
  public var description: String {
    switch self {
    case .rejectedHours:
      "pods whose retention hours are not whole hours from 1 to 8760: 48 hours are kept instead"
    case .selectorSuspected:
      "pods that left a selector, so the stream is not the whole cluster's: give --selector"
    case .versionsFellBack:
      "times that the resource versions fell back (etcd restored?): a new epoch was begun"
    case .clocksDisagree:
      "changes received before the server says that they were made: two clocks disagree"
    case .pagesDiffer:
      "lists whose pages are of different resource versions: nobody is judged missing by them"
    case .pagesMissing:
      "lists with further pages that were not given: nobody is judged missing by them"
    case .badAddress: "addresses that are not valid and were left out"
    }
  }

  /// Orders as the names do.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
