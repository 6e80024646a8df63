import IPLedger

/// The fields of a message of the log, by tag and by name: one table for both directions between the
/// stored bytes and the portable form.
///
/// It mirrors the article on the log's format. A new field is a new line here, and a test fails without
/// it.
struct Schema: Sendable {
  /// One field.
  struct Field: Sendable {
    let tag: UInt8
    let name: String
    let content: Content

    init(_ tag: UInt8, _ name: String, _ content: Content) {
      self.tag = tag
      self.name = name
      self.content = content
    }
  }

  /// What a field holds.
  indirect enum Content: Sendable {
    case text
    case uid
    case uids
    case flag
    case instant
    case signed
    case number
    case version
    case addresses
    case prefix
    case ranges
    case marks
    /// A byte that stands for a word.
    case word([UInt8: String])
    case message(Schema)
  }

  let fields: [Field]

  init(_ fields: Field...) { self.fields = fields }

  /// The fields of a kind of event.
  static func of(_ kind: Event.Kind) -> Schema {
    switch kind {
    case .created, .deleting, .completed: pod(causes: [:])
    case .deleted: pod(causes: [1: "deleted", 2: "forced", 3: "withdrawn"])
    case .expired: pod(causes: [1: "deadline", 2: "released"])
    case .watched: watched
    case .pool: pool
    }
  }

  private static func pod(causes: [UInt8: String]) -> Schema {
    Schema(
      Field(1, "cluster", .text), Field(2, "namespace", .text), Field(3, "name", .text),
      Field(4, "uid", .uid), Field(5, "network", .text), Field(6, "addresses", .addresses),
      Field(7, "description", .message(description)), Field(8, "request", .message(request)),
      Field(9, "phase", .word([1: "succeeded", 2: "failed"])), Field(10, "cause", .word(causes)),
      Field(11, "nodeClass", .word(nodeClasses)), Field(12, "deadline", .instant),
      Field(13, "endedAt", .instant), Field(14, "by", .text), Field(15, "reason", .text),
      Field(16, "evidence", .message(evidence)), Field(17, "assignment", .message(assignment)))
  }

  private static let nodeClasses: [UInt8: String] = [1: "ecs", 2: "virtual"]
  private static let sources: [UInt8: String] = [1: "watch", 2: "list", 3: "audit", 4: "decision"]

  private static let description = Schema(
    Field(1, "describedAt", .version), Field(2, "node", .text),
    Field(3, "nodeClass", .word(nodeClasses)),
    Field(4, "nodeClassGround", .word([1: "label", 2: "name"])), Field(5, "computeClass", .text),
    Field(6, "workloadKind", .text), Field(7, "workloadName", .text),
    Field(8, "retainHours", .number),
    Field(
      9, "eligibility", .word([1: "eligible", 2: "notRequested", 3: "ineligibleComputeClass"])),
    Field(10, "hoursAreDefault", .flag), Field(11, "rejectedHours", .text))

  private static let request = Schema(
    Field(1, "deletionTimestamp", .instant), Field(2, "deletionGracePeriodSeconds", .signed))

  private static let assignment = Schema(
    Field(1, "zone", .text), Field(2, "reusedFrom", .uid), Field(3, "keptSince", .instant),
    Field(
      4, "notReused",
      .word([
        1: "nothingKept", 2: "notRequested", 3: "ineligibleComputeClass", 4: "otherNodeClass",
        5: "tooLate", 6: "released", 7: "taken", 8: "otherNetwork", 9: "otherZone",
        10: "otherFamilies",
      ])), Field(5, "passedDeadline", .instant))

  private static let evidence = Schema(
    Field(1, "source", .word(sources)), Field(2, "resourceVersion", .version),
    Field(3, "isExactChange", .flag), Field(4, "knownWithoutAt", .version),
    Field(5, "receivedAt", .instant), Field(6, "creationTimestamp", .instant),
    Field(7, "newestStamp", .instant), Field(8, "newestStampBefore", .instant),
    Field(9, "fieldStamp", .instant), Field(10, "requestReceivedTimestamp", .instant),
    Field(11, "stageTimestamp", .instant), Field(12, "decidedAt", .instant))

  private static let point = Schema(
    Field(1, "resourceVersion", .version), Field(2, "notBefore", .instant),
    Field(3, "notAfter", .instant))

  private static let watched = Schema(
    Field(1, "cluster", .text), Field(2, "network", .text), Field(3, "source", .word(sources)),
    Field(4, "scope", .word([1: "cluster", 2: "namespace", 3: "selection"])),
    Field(5, "selected", .text),
    Field(6, "phase", .word([1: "began", 2: "synced", 3: "advanced", 4: "interrupted"])),
    Field(7, "from", .message(point)), Field(8, "through", .message(point)),
    Field(
      9, "presence",
      .message(
        Schema(
          Field(1, "resourceVersion", .version), Field(2, "isComplete", .flag),
          Field(3, "uids", .uids), Field(4, "isVersionAtLeast", .flag)))),
    Field(10, "marks", .marks))

  private static let pool = Schema(
    Field(1, "network", .text), Field(2, "zone", .text), Field(3, "prefix", .prefix),
    Field(4, "exclusions", .ranges), Field(5, "coolDownMicroseconds", .signed),
    Field(6, "change", .word([1: "defined", 2: "withdrawn"])), Field(7, "instant", .instant))
}
