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
  /// The items, each as its bytes.
  package let items: [[UInt8]]
  /// What the page says about itself.
  package let metadata: ListMetadata

  /// Takes a page apart.
  ///
  /// - Parameters:
  ///   - body: The bytes of the response.
  ///   - name: What messages call it.
  /// - Throws: Where it is no list of pods.
  package init(_ body: [UInt8], named name: String) throws(InputError) {
    var reader = try InputReader(.bytes(body, named: name), format: .list)
    var items: [[UInt8]] = []
    var metadata: ListMetadata?
    while let document = try reader.next() {
      switch document.content {
      case .listItem, .listItemOther: items.append(reader.valueBytes)
      case .listEnd(let end): metadata = end
      default: break
      }
    }
    self.items = items
    self.metadata =
      metadata
      ?? ListMetadata(
        kind: "PodList", resourceVersion: nil, continueToken: nil, remainingItemCount: nil,
        itemCount: 0)
  }
}
