/// Which fresh address a pod gets, as a pure function of what the pools can offer (R24).
package enum ChoiceRule {
  /// What one pool can offer: two searches tell, however many addresses it has.
  package struct Offer: Sendable {
    package var pool: Pool
    /// The lowest address that was never used.
    package var unused: IPAddress?
    /// The address that has been free the longest, or will be free first, and since when.
    package var oldest: (address: IPAddress, freeAt: Instant)?

    package init(
      pool: Pool, unused: IPAddress?, oldest: (address: IPAddress, freeAt: Instant)?
    ) {
      self.pool = pool
      self.unused = unused
      self.oldest = oldest
    }

    /// From when on the oldest address can be given to another pod.
    var readyAt: Instant? { oldest.map { $0.freeAt + pool.coolDown } }
  }

  /// The address to give: never used, else free the longest and past its pool's cool-down.
  ///
  /// - Parameters:
  ///   - offers: Of the pools of one zone and family, by prefix.
  ///   - instant: When it is to be given.
  /// - Returns: `nil` where nothing can be given at the instant.
  package static func choose(_ offers: [Offer], at instant: Instant) -> IPAddress? {
    if let unused = offers.lazy.compactMap(\.unused).first { return unused }
    return
      offers
      .filter { offer in offer.readyAt.map { $0 <= instant } ?? false }
      .compactMap(\.oldest)
      .min { ($0.freeAt, $0.address) < ($1.freeAt, $1.address) }?.address
  }
}
