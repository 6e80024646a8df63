extension PodCreated {
  /// How the ledger came to give a pod its addresses (R23, R24).
  public struct Assignment: Hashable, Sendable {
    /// The zone that the addresses are of; absent for those that no pool of the ledger had.
    public var zone: ZoneName?
    /// Why these addresses.
    public var ground: Ground

    /// Why a pod was given its addresses.
    public enum Ground: Hashable, Sendable {
      /// They were retained for it since this incarnation gave them up (R16).
      case reused(from: PodUID, keptSince: Instant?)
      /// Nothing could be given back to it.
      case fresh(NoReuse)
    }

    /// Addresses of a zone, and why these.
    public init(zone: ZoneName?, ground: Ground) {
      self.zone = zone
      self.ground = ground
    }
  }

  /// Why no reservation was given back to a pod.
  public enum NoReuse: Hashable, Sendable {
    /// The ledger knows of no reservation for it.
    case nothingKept
    /// It does not ask for a fixed address.
    case notRequested
    /// Its compute class may not have one (R13).
    case ineligibleComputeClass
    /// What is kept for it is kept on the other class of nodes (R17).
    case otherNodeClass
    /// It came back at the deadline or after it.
    case tooLate(deadline: Instant)
    /// An operator had freed its reservation (R19).
    case released
    /// Another pod had ended its reservation (R17).
    case taken
    /// What is kept for it is of another network than it asks for.
    case otherNetwork
    /// What is kept for it is of another zone than it asks for.
    case otherZone
    /// What is kept for it has not the families that it asks for (R2).
    case otherFamilies
  }
}

extension PodCreated.NoReuse {
  /// The reasons as stored.
  fileprivate enum Stored: UInt8 {
    case nothingKept = 1
    case notRequested = 2
    case ineligibleComputeClass = 3
    case otherNodeClass = 4
    case tooLate = 5
    case released = 6
    case taken = 7
    case otherNetwork = 8
    case otherZone = 9
    case otherFamilies = 10
  }

  fileprivate var stored: Stored {
    switch self {
    case .nothingKept: .nothingKept
    case .notRequested: .notRequested
    case .ineligibleComputeClass: .ineligibleComputeClass
    case .otherNodeClass: .otherNodeClass
    case .tooLate: .tooLate
    case .released: .released
    case .taken: .taken
    case .otherNetwork: .otherNetwork
    case .otherZone: .otherZone
    case .otherFamilies: .otherFamilies
    }
  }
}

extension PodCreated.Assignment {
  package func write(to writer: inout FieldWriter) {
    writer.text(1, zone?.rawValue)
    switch ground {
    case .reused(let uid, let since):
      writer.uid(2, uid)
      writer.instant(3, since)
    case .fresh(let reason):
      writer.byte(4, reason.stored.rawValue)
      if case .tooLate(let deadline) = reason { writer.instant(5, deadline) }
    }
  }

  package init(from reader: inout FieldReader) throws {
    zone = try reader.text(1).map { try ZoneName($0) }
    if let encoded = try reader.content(2) {
      guard let uid = PodUID(encoded: encoded) else {
        throw EventDecodingError.damaged("the uid before is not in its stored form")
      }
      ground = .reused(from: uid, keptSince: try reader.instant(3))
      return
    }
    let stored = try reader.requiredChoice(4, PodCreated.NoReuse.Stored.self)
    let deadline = try reader.instant(5)
    switch stored {
    case .nothingKept: ground = .fresh(.nothingKept)
    case .notRequested: ground = .fresh(.notRequested)
    case .ineligibleComputeClass: ground = .fresh(.ineligibleComputeClass)
    case .otherNodeClass: ground = .fresh(.otherNodeClass)
    case .tooLate:
      guard let deadline else { throw EventDecodingError.damaged("the deadline is missing") }
      ground = .fresh(.tooLate(deadline: deadline))
    case .released: ground = .fresh(.released)
    case .taken: ground = .fresh(.taken)
    case .otherNetwork: ground = .fresh(.otherNetwork)
    case .otherZone: ground = .fresh(.otherZone)
    case .otherFamilies: ground = .fresh(.otherFamilies)
    }
  }
}
