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

  /// The list as a watch would have shown it: each pod added, and the end of the initial items.
  ///
  /// - Parameters:
  ///   - version: The version of the list.
  ///   - line: The number of the first of them.
  /// - Returns: The documents, as many as there are pods and one.
  func documents(at version: UInt64, from line: Int) -> [InputDocument] {
    let contents =
      items.map {
        InputDocument.Content.watchEvent(type: .added, object: .pod($0.pod), receivedAt: nil)
      }
      + [
        .watchEvent(
          type: .bookmark,
          object: .bookmark(resourceVersion: "\(version)", initialEventsEnd: true), receivedAt: nil)
      ]
    return contents.enumerated().map { InputDocument(line: line + $0.offset, content: $0.element) }
  }

  /// The same as lines; nothing where the bytes of the pods were not kept.
  func lines(at version: UInt64) -> [[UInt8]] {
    items.compactMap(\.bytes).map(PodLine.added)
      + [PodLine.bookmark(at: version, endsInitialEvents: true)]
  }
}
