extension Evidence {
  package func write(to writer: inout FieldWriter) {
    writer.byte(1, source.rawValue)
    writer.version(2, resourceVersion)
    writer.flag(3, isExactChange)
    writer.version(4, knownWithout)
    writer.instant(5, receivedAt)
    writer.instant(6, creationStamp)
    writer.instant(7, newestStamp)
    writer.instant(8, precedingStamp)
    writer.instant(9, fieldStamp)
    writer.instant(10, requestReceivedAt)
    writer.instant(11, stageAt)
    writer.instant(12, decidedAt)
  }

  package init(from reader: inout FieldReader) throws {
    self.init(
      from: try reader.requiredChoice(1, Source.self),
      resourceVersion: try reader.requiredVersion(2), isExactChange: try reader.flag(3))
    knownWithout = try reader.version(4)
    receivedAt = try reader.instant(5)
    creationStamp = try reader.instant(6)
    newestStamp = try reader.instant(7)
    precedingStamp = try reader.instant(8)
    fieldStamp = try reader.instant(9)
    requestReceivedAt = try reader.instant(10)
    stageAt = try reader.instant(11)
    decidedAt = try reader.instant(12)
    guard (source == .decision) == (decidedAt != nil),
      (source == .decision) == resourceVersion.isDecided
    else {
      throw EventDecodingError.damaged("the evidence is half a decision and half an observation")
    }
  }
}
