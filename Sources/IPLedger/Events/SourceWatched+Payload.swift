extension SourceWatched {
  private enum StoredScope: UInt8 {
    case cluster = 1
    case namespace = 2
    case selection = 3
  }

  package func write(to writer: inout FieldWriter) {
    writer.text(1, cluster.rawValue)
    writer.text(2, network.rawValue)
    writer.byte(3, source.rawValue)
    switch scope {
    case .cluster:
      writer.byte(4, StoredScope.cluster.rawValue)
    case .namespace(let namespace):
      writer.byte(4, StoredScope.namespace.rawValue)
      writer.text(5, namespace)
    case .selection(let selector):
      writer.byte(4, StoredScope.selection.rawValue)
      writer.text(5, selector)
    }
    writer.byte(6, phase.rawValue)
    if let from { writer.message(7) { from.write(to: &$0) } }
    if let through { writer.message(8) { through.write(to: &$0) } }
    if let presence { writer.message(9) { presence.write(to: &$0) } }
    if !marks.isEmpty {
      var content = ByteWriter()
      for mark in marks {
        content.version(mark.resourceVersion)
        content.optionalInstant(mark.notBefore)
        content.optionalInstant(mark.notAfter)
      }
      writer.field(10, content.bytes)
    }
  }

  package init(from reader: inout FieldReader) throws {
    let cluster = try ClusterName(reader.requiredText(1))
    let network = try NetworkName(reader.requiredText(2))
    let source = try reader.requiredChoice(3, Evidence.Source.self)
    let scope: Scope =
      switch try reader.requiredChoice(4, StoredScope.self) {
      case .cluster: .cluster
      case .namespace: .namespace(try reader.requiredText(5))
      case .selection: .selection(try reader.requiredText(5))
      }
    let phase = try reader.requiredChoice(6, Phase.self)
    let from = try reader.message(7, of: "beginning") { try Point(from: &$0) }
    let through = try reader.message(8, of: "end") { try Point(from: &$0) }
    let presence = try reader.message(9, of: "presence") { try Presence(from: &$0) }
    let marks = try reader.parsed(10) { (reader: inout ByteReader) in
      var marks: [Mark] = []
      while !reader.isAtEnd {
        marks.append(
          Mark(
            resourceVersion: try reader.version(), notBefore: try reader.optionalInstant(),
            notAfter: try reader.optionalInstant()))
      }
      return marks
    }
    self.init(
      cluster: cluster, network: network, source: source, scope: scope, phase: phase, from: from,
      through: through, presence: presence, marks: marks ?? [])
  }
}

extension SourceWatched.Point {
  fileprivate func write(to writer: inout FieldWriter) {
    writer.version(1, resourceVersion)
    writer.instant(2, notBefore)
    writer.instant(3, notAfter)
  }

  fileprivate init(from reader: inout FieldReader) throws {
    self.init(
      resourceVersion: try reader.version(1), notBefore: try reader.instant(2),
      notAfter: try reader.instant(3))
  }
}

extension SourceWatched.Presence {
  fileprivate func write(to writer: inout FieldWriter) {
    writer.version(1, resourceVersion)
    writer.flag(2, isComplete)
    var content = ByteWriter()
    for uid in uids { content.uidBlob(uid) }
    writer.field(3, content.bytes)
    writer.flag(4, isVersionAtLeast)
  }

  fileprivate init(from reader: inout FieldReader) throws {
    let version = try reader.requiredVersion(1)
    let isComplete = try reader.flag(2)
    let uids = try reader.parsed(3) { (reader: inout ByteReader) in
      var uids: [PodUID] = []
      while !reader.isAtEnd {
        guard let uid = PodUID(encoded: try reader.blobSlice()) else {
          throw EventDecodingError.damaged("a uid is not in its stored form")
        }
        uids.append(uid)
      }
      return uids
    }
    self.init(resourceVersion: version, isComplete: isComplete, uids: uids ?? [])
    isVersionAtLeast = try reader.flag(4)
  }
}
