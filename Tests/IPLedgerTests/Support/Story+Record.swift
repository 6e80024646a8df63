import IPLedger

extension Story {
  /// Records what a timeline tells, event by event.
  ///
  /// - Parameters:
  ///   - text: The timeline.
  ///   - cluster: Whose pods they are, where they are another cluster's in the network of the first one.
  /// - Throws: What the timeline or the ledger does not take.
  func record(_ text: String, of cluster: String? = nil) async throws {
    let network = NetworkName(of: self.cluster)
    for event in try Timeline(text, cluster: cluster ?? self.cluster.rawValue).events {
      switch event {
      case .created(var created):
        created.network = network
        try await ledger.record(.created(created))
      case .watched(var watched):
        watched.network = network
        try await ledger.record(.watched(watched))
      default: try await ledger.record(event)
      }
    }
  }
}
