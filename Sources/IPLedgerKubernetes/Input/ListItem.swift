import Foundation

/// An item of a list: a pod, with or without a kind of its own, or something else.
struct ListItem: Sendable {
  var content: InputDocument.Content
}

extension ListItem: DecodableWithConfiguration {
  /// Whether the list has said already that it is one of pods.
  typealias DecodingConfiguration = Bool

  private enum CodingKeys: String, CodingKey {
    case kind
    case spec
  }

  private enum SpecKey: String, CodingKey {
    case containers
  }

  init(from decoder: any Decoder, configuration isPodList: Bool) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    let kind = try fields.text(.kind)
    if let kind, kind != "Pod" {
      content = .listItemOther(kind: kind)
      return
    }
    // Where neither the list nor the item has said what it is, only a pod has containers.
    if kind == nil, !isPodList,
      try fields.object(.spec, keyedBy: SpecKey.self)?.contains(.containers) != true
    {
      throw InputFault.unexpected(kind: nil, apiVersion: nil, in: .list)
    }
    content = .listItem(try PodObject(from: decoder))
  }
}
