extension PodDescription {
  package func write(to writer: inout FieldWriter) {
    writer.version(1, describedAt)
    writer.text(2, node)
    writer.byte(3, nodeClass?.rawValue)
    writer.byte(4, nodeClassGround?.rawValue)
    writer.text(5, computeClass)
    writer.text(6, workload?.kind)
    writer.text(7, workload?.name)
    writer.number(8, policy.hours.map(UInt64.init))
    writer.byte(9, grounds.eligibility.rawValue)
    writer.flag(10, grounds.hoursDefaulted)
    writer.text(11, grounds.rejectedHours)
  }

  package init(from reader: inout FieldReader) throws {
    self.init(describedAt: try reader.requiredVersion(1))
    node = try reader.text(2)
    nodeClass = try reader.choice(3, NodeClass.self)
    nodeClassGround = try reader.choice(4, NodeClass.Ground.self)
    computeClass = try reader.text(5)
    let kind = try reader.text(6)
    let name = try reader.text(7)
    if let kind, let name { workload = Workload(kind: kind, name: name) }
    if let hours = try reader.number(8) {
      guard let hours = Int(exactly: hours), RetentionPolicy.allowedHours.contains(hours) else {
        throw EventDecodingError.damaged("the policy keeps for \(hours) hours, expected 1–8760")
      }
      policy = .retain(hours: hours)
    }
    grounds = RetentionGrounds(
      eligibility: try reader.requiredChoice(9, RetentionGrounds.Eligibility.self),
      hoursDefaulted: try reader.flag(10), rejectedHours: try reader.text(11))
  }
}
