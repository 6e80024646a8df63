/// A line of a watch that was read from an API server, by who holds the connection.
package enum WatchLine {
  /// What a line says.
  ///
  /// - Parameters:
  ///   - line: The line, without its end.
  ///   - number: Which line of the watch it is, from 1.
  ///   - name: What messages call the watch.
  /// - Returns: A document whose content is a watch event.
  /// - Throws: Where it is none.
  package static func read(
    _ line: [UInt8], number: Int, of name: String
  ) throws(InputError) -> InputDocument {
    do throws(InputFault) {
      guard case .document(let content) = try DocumentDecoder().topLevelObject(line),
        content.format == .watch
      else {
        throw .otherFormat(.list, expected: .watch, isForced: true)
      }
      return InputDocument(line: number, content: content)
    } catch {
      throw InputError(error, source: .bytes([], named: name), line: number)
    }
  }
}

/// A page of a list of pods, as an API server sent it.
package struct ListPage: Sendable {
  /// A pod of the list.
  package struct Item: Sendable {
    /// The pod.
    package let pod: PodObject
    /// Its bytes, where they are kept.
    package let bytes: [UInt8]?
  }

  /// The pods.
  package private(set) var items: [Item] = []
  /// How many items are none.
  package private(set) var others = 0
  /// What the page says about itself.
  package private(set) var metadata = ListMetadata(
    kind: "PodList", resourceVersion: nil, continueToken: nil, remainingItemCount: nil,
    itemCount: 0)

  /// Takes a page apart.
  ///
  /// - Parameters:
  ///   - body: The bytes of the response.
  ///   - name: What messages call it.
  ///   - keepsBytes: Whether the bytes of each pod are kept, too.
  /// - Throws: Where it is no list of pods.
  package init(_ body: [UInt8], named name: String, keepsBytes: Bool) throws(InputError) {
    var reader = try InputReader(.bytes(body, named: name), format: .list)
    while let document = try reader.next() {
      switch document.content {
      case .listItem(let pod):
        items.append(Item(pod: pod, bytes: keepsBytes ? reader.valueBytes : nil))
      case .listEnd(let end): metadata = end
      case .listBegin: break
      default: others += 1
      }
    }
  }
}
