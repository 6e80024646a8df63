/// An item of a list: a pod, with or without a kind of its own, a node, or something else.
struct ListItem: Sendable {
  var content: InputDocument.Content
}

extension ListItem {
  /// Reads an item; `isPodList` says whether the list has said already that it is one of pods.
  init(_ fields: some ObjectFields, isPodList: Bool) throws {
    let kind = try fields.text("kind")
    if kind == "Node" {
      content = .listItemNode(try NodeObject(fields))
      return
    }
    if let kind, kind != "Pod" {
      content = .listItemOther(kind: kind)
      return
    }
    // Where neither the list nor the item has said what it is, only a pod has containers.
    if kind == nil, !isPodList, try fields.object("spec")?.contains("containers") != true {
      throw InputFault.unexpected(kind: nil, apiVersion: nil, in: .list)
    }
    content = .listItem(try PodObject(fields))
  }
}
