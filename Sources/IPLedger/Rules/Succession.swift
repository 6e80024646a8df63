/// The incarnations of one identity, oldest first, with what questions about one of them ask of the
/// others.
package struct Succession {
  /// The incarnations, oldest first.
  package let incarnations: [Incarnation]
  private let places: [PodUID: Int]
  /// For each class of nodes, the greatest request so far of an incarnation that could hold a
  /// reservation there.
  private let requests: [NodeClass: [Instant?]]

  package init(_ incarnations: [Incarnation]) {
    self.incarnations = incarnations
    var places: [PodUID: Int] = [:]
    var requests: [NodeClass: [Instant?]] = [:]
    for (place, incarnation) in incarnations.enumerated() {
      places[incarnation.uid] = place
      for nodeClass in NodeClass.allCases {
        let counts = incarnation.nodeClass == nodeClass && incarnation.retainedHours != nil
        let own = counts ? incarnation.deletionRequestedAt : nil
        let before = requests[nodeClass]?.last ?? nil
        requests[nodeClass, default: []].append(greater(before, own))
      }
    }
    self.places = places
    self.requests = requests
  }

  /// Where an incarnation stands.
  package func place(of uid: PodUID) -> Int? { places[uid] }

  /// The incarnation after one.
  package func successor(of place: Int) -> Incarnation? {
    place + 1 < incarnations.count ? incarnations[place + 1] : nil
  }

  /// When the deletion of an incarnation was asked for: the greatest request of any that held the
  /// reservation, so that an older one never moves it back (R15, R16).
  package func lastRequest(at place: Int) -> Instant? {
    guard incarnations[place].deletionRequestedAt != nil else { return nil }
    return requests[incarnations[place].nodeClass]?[place] ?? nil
  }
}
