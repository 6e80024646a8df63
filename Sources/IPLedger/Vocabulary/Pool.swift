/// Addresses that the ledger may hand out: a prefix of a zone in a network, less what is excluded
/// (R24).
///
/// Nothing is excluded that is not named: a /24 has 256 addresses.
public struct Pool: Hashable, Sendable {
  /// The address space.
  public let network: NetworkName
  /// The zone whose pods get them.
  public let zone: ZoneName
  /// The addresses, IPv4 or IPv6.
  public let prefix: AddressPrefix
  /// Those that are never handed out, ascending, in as few ranges as possible.
  public let exclusions: [AddressRange]
  /// How long an address has to have been free before another pod gets it; never negative.
  public let coolDown: Microseconds

  /// A pool with these exclusions, in any order.
  ///
  /// - Throws: ``InvalidPool`` where an exclusion is not within the prefix, where nothing is left, or
  ///   where the cool-down is negative or more than ``maximumCoolDown``.
  public init(
    network: NetworkName, zone: ZoneName, prefix: AddressPrefix,
    exclusions: some Sequence<AddressRange> = [], coolDown: Microseconds = .zero
  ) throws(InvalidPool) {
    let whole = AddressRange(prefix)
    for exclusion in exclusions where exclusion.intersection(whole) != exclusion {
      throw InvalidPool(
        prefix: prefix,
        reason: "the exclusion \(exclusion) is not within it; name only addresses "
          + "from \(prefix.firstAddress) to \(prefix.lastAddress)")
    }
    guard coolDown >= .zero, coolDown <= Self.maximumCoolDown else {
      throw InvalidPool(
        prefix: prefix,
        reason: "the cool-down is \(coolDown), expected 0 to \(Self.maximumCoolDown)")
    }
    self.network = network
    self.zone = zone
    self.prefix = prefix
    self.exclusions = AddressRange.merged(exclusions)
    guard self.exclusions.reduce(0, { $0 + $1.count }) < whole.count else {
      throw InvalidPool(
        prefix: prefix, reason: "all its addresses are excluded; leave some that can be given")
    }
    self.coolDown = coolDown
  }

  /// The longest cool-down: 8760 hours, as long as the longest retention (R12).
  public static let maximumCoolDown = Microseconds.hours(8760)

  /// How many addresses can be handed out, at most 2¹²⁸ − 1.
  public var capacity: UInt128 {
    AddressRange(prefix).count - exclusions.reduce(0) { $0 + $1.count }
  }

  /// Whether an address may be handed out from it.
  public func offers(_ address: IPAddress) -> Bool {
    prefix.contains(address) && !exclusions.contains { $0.contains(address) }
  }

  /// Whether two pools have an address of one network in common.
  public func overlaps(_ other: Pool) -> Bool {
    network == other.network
      && (prefix.contains(other.prefix.firstAddress) || other.prefix.contains(prefix.firstAddress))
  }
}

extension Pool {
  /// The addresses that may be handed out, as ranges, ascending.
  package var offered: [AddressRange] {
    var ranges: [AddressRange] = []
    var next: IPAddress? = prefix.firstAddress
    for exclusion in exclusions {
      if let first = next, first < exclusion.first, let last = exclusion.first.previous,
        let range = AddressRange(first, through: last)
      {
        ranges.append(range)
      }
      next = exclusion.last.next
    }
    if let first = next, first <= prefix.lastAddress,
      let range = AddressRange(first, through: prefix.lastAddress)
    {
      ranges.append(range)
    }
    return ranges
  }
}

/// A pool that cannot be.
public struct InvalidPool: Error, Hashable, Sendable, CustomStringConvertible {
  /// Its prefix.
  public let prefix: AddressPrefix
  /// What is wrong.
  public let reason: String

  /// The pool and what is wrong with it.
  public var description: String { "the pool \(prefix) cannot be: \(reason)" }
}
