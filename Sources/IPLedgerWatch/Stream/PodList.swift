import IPLedgerKubernetes

/// All pods that a server listed, page by page.
struct PodList {
  /// The pods.
  private(set) var items: [ListPage.Item] = []
  /// How many items of the list are no pods.
  private(set) var others = 0

  /// Adds a page.
  mutating func add(_ page: ListPage) {
    items += page.items
    others += page.others
  }

  /// The list as a watch would have shown it: what was left out, each pod added, and the end of the initial items.
  ///
  /// - Parameters:
  ///   - version: The version of the list.
  ///   - line: The number of the first of them.
  /// - Returns: The documents, and each as a line where the bytes of the pods were kept.
  func shown(at version: UInt64, from line: Int) -> [ShownLine] {
    var shown: [ShownLine] = []
    func add(_ object: WatchObject, _ type: WatchEventType, _ bytes: [UInt8]) {
      let document = InputDocument(
        line: line + shown.count,
        content: .watchEvent(type: type, object: object, receivedAt: nil))
      shown.append(ShownLine(document: document, bytes: bytes))
    }
    if others > 0 { add(.passedOver(resourceVersion: nil), .bookmark, PodLine.passedOver(at: nil)) }
    for item in items { add(.pod(item.pod), .added, item.bytes.map(PodLine.added) ?? []) }
    add(
      .bookmark(resourceVersion: "\(version)", initialEventsEnd: true), .bookmark,
      PodLine.bookmark(at: version, endsInitialEvents: true))
    return shown
  }
}

/// A line of a watch, read and as it came.
struct ShownLine {
  let document: InputDocument
  /// Empty where nobody keeps it.
  var bytes: [UInt8]

  /// Whether it says no more than how far the watch has come.
  var isBookmark: Bool {
    guard case .watchEvent(_, .bookmark(_, initialEventsEnd: false), _) = document.content else {
      return false
    }
    return true
  }
}
