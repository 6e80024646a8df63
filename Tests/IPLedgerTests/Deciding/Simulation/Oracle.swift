/// What the rules say that a ledger answers, and nothing else.
///
/// Written from R9, R12–R19, R23, R24 and the table of precedence: a dictionary's worth of pods in an
/// array, and what was given to whom. It is told of what happens in the order of time.
struct Oracle {
  /// One incarnation of a pod that was given an address.
  private struct Pod {
    let name: String
    let uid: String
    let isVirtual: Bool
    /// For how long its address is kept, in hours; absent for not at all (R13, R14).
    let hours: Int?
    /// What it asked for, which counts when it asks again (R14).
    let asked: (hours: Int?, isEligible: Bool)
    let zone: String
    /// One of each family that it has.
    let addresses: [String]
    /// The answer that it got.
    var answer: String
    var completedAt: Int?
    var requestedAt: Int?
    var goneAt: Int?
    /// When its reservation ended by a release, or by its pod's coming back elsewhere or to it.
    var end: (why: String, at: Int)?
    /// Whether that its reservation ran out was written down.
    var isExpired = false

    /// Whether it uses its address: a completed one does on a virtual node only (R9).
    var holds: Bool { goneAt == nil && (completedAt == nil || isVirtual) }

    /// From when on its address is free, if nothing ends the period before (R15, R18).
    var deadline: Int? {
      guard let hours, let goneAt else { return nil }
      return max(goneAt, (requestedAt ?? goneAt) + hours * 3600)
    }

    /// When it gave its address up.
    var leftAt: Int? {
      guard let completedAt, !isVirtual else { return goneAt }
      return min(completedAt, goneAt ?? completedAt)
    }

    /// Whether its address is kept for its identity at a second, and used by nobody.
    func isKept(at second: Int) -> Bool {
      guard hours != nil, !holds, end == nil else { return false }
      return deadline.map { second < $0 } ?? true
    }

    /// From when on its address is free; absent while it is held or kept without an end.
    var freeAt: Int? {
      guard let leftAt else { return nil }
      guard hours != nil else { return leftAt }
      guard let until = [deadline, end?.at].compactMap(\.self).min() else { return nil }
      return max(leftAt, until)
    }
  }

  /// In the order in which they were given their addresses.
  private var pods: [Pod] = []

  // MARK: Answers

  /// The answer to an action, in the words of a ``Diary``.
  mutating func answer(_ action: Action) -> String {
    let second = action.second
    switch action.verb {
    case .asks(let hours, let zone, let node, let isEligible):
      return assign(action, hours, zone, node.hasPrefix("virtual"), isEligible)
    case .expire:
      var count = 0
      for index in pods.indices where isDue(index, second) {
        pods[index].isExpired = true
        count += 1
      }
      return "expired \(count)"
    case .release:
      let due = pods.indices.filter { index in
        pods[index].name == action.name && pods[index].goneAt != nil && isNewest(index)
          && pods[index].isKept(at: second)
      }
      for index in due { pods[index].end = ("released", second) }
      return due.isEmpty ? "refused" : "released \(due.count)"
    case .isAskedToGo(let asked):
      if let index = index(of: action.uid), pods[index].goneAt == nil { ask(index, asked) }
      return "unchanged"
    case .completes: return complete(action.uid, second)
    case .goes(let asked): return go(action.uid, second, asked)
    }
  }

  /// The first request counts (R15), and none from before the pod was given its address.
  private mutating func ask(_ index: Int, _ asked: Int) {
    let second = max(asked, spans.last { $0.pod == index }?.from ?? asked)
    pods[index].requestedAt = min(pods[index].requestedAt ?? second, second)
  }

  private func index(of uid: String) -> Int? { pods.lastIndex { $0.uid == uid } }

  /// Whether it is the last incarnation on its class of nodes whose address is kept at all.
  private func isNewest(_ index: Int) -> Bool {
    pods[index].hours != nil && index == newest(pods[index].name, pods[index].isVirtual)
  }

  private func newest(_ name: String, _ isVirtual: Bool) -> Int? {
    pods.lastIndex { $0.name == name && $0.isVirtual == isVirtual && $0.hours != nil }
  }

  private func isDue(_ index: Int, _ second: Int) -> Bool {
    let pod = pods[index]
    guard isNewest(index), !pod.isExpired, pod.end == nil, let deadline = pod.deadline else {
      return false
    }
    return deadline <= second
  }

  private mutating func complete(_ uid: String, _ second: Int) -> String {
    guard let index = index(of: uid), pods[index].goneAt == nil, pods[index].completedAt == nil
    else { return "unchanged" }
    pods[index].completedAt = second
    if pods[index].isVirtual { return "unchanged" }
    return pods[index].hours == nil || pods[index].end != nil ? "released" : "retained until -"
  }

  private mutating func go(_ uid: String, _ second: Int, _ asked: Int?) -> String {
    guard let index = index(of: uid), pods[index].goneAt == nil else { return "unchanged" }
    if let asked { ask(index, asked) }
    let hadLeft = !pods[index].holds && !pods[index].isKept(at: second)
    pods[index].goneAt = second
    guard let deadline = pods[index].deadline, pods[index].end == nil else {
      return hadLeft ? "unchanged" : "released"
    }
    return deadline > second ? "retained until \(Action.story(deadline))" : "released"
  }

  // MARK: Who gets what

  private mutating func assign(
    _ action: Action, _ hours: Int?, _ zone: String, _ isVirtual: Bool, _ isEligible: Bool
  ) -> String {
    let second = action.second
    if hours == 0 { return "refused policy-invalid" }
    var (hours, isEligible, isVirtual) = (hours, isEligible, isVirtual)
    if let own = index(of: action.uid) {
      let pod = pods[own]
      if pod.holds { return pod.answer }
      if pods[(own + 1)...].contains(where: { $0.name == pod.name }) {
        return "refused incarnation-over"
      }
      // What it was made with counts (R14).
      (hours, isEligible, isVirtual) = (pod.asked.hours, pod.asked.isEligible, pod.isVirtual)
      if isNewest(own), pod.isKept(at: second) {
        (pods[own].goneAt, pods[own].completedAt, pods[own].requestedAt) = (nil, nil, nil)
        pods[own].answer = "reused \(pod.addresses.joined(separator: " "))"
        return pods[own].answer
      }
    }
    var reason = ""
    if hours != nil, !isEligible {
      reason = " (ineligibleComputeClass)"
    } else if hours != nil {
      if let old = newest(action.name, isVirtual) {
        let kept = pods[old]
        if kept.zone != zone, kept.uid != action.uid {
          reason = " (otherZone)"
        } else if kept.holds || kept.goneAt == nil {
          return "waiting for \(kept.uid)"
        } else if kept.isKept(at: second) {
          pods[old].end = ("returned", second)
          return give(
            kept.addresses, "reused \(kept.addresses.joined(separator: " "))", action, zone,
            isVirtual, (hours, isEligible))
        } else if let end = kept.end {
          reason = end.why == "released" ? " (released)" : ""
        } else {
          reason = " (tooLate)"
        }
      } else if let other = newest(action.name, !isVirtual),
        pods[other].end == nil, pods[other].holds || pods[other].isKept(at: second)
      {
        reason = " (otherNodeClass)"
      }
    }
    let families = Set(SimulatedPools.all.filter { $0.zone == zone }.map(\.isIPv6)).sorted {
      !$0 && $1
    }
    let addresses = families.compactMap { fresh(zone, isIPv6: $0, second) }
    guard addresses.count == families.count else { return "refused pool-exhausted" }
    let keeps = hours != nil && isEligible
    // Its pod came back elsewhere: what was kept for it is over, also where it is not gone yet (R17).
    if keeps, let old = newest(action.name, isVirtual), pods[old].end == nil {
      pods[old].end = ("elsewhere", second)
    }
    return give(
      addresses, "fresh \(addresses.joined(separator: " "))\(reason)", action, zone, isVirtual,
      (hours, isEligible))
  }

  private mutating func give(
    _ addresses: [String], _ answer: String, _ action: Action, _ zone: String, _ isVirtual: Bool,
    _ asked: (hours: Int?, isEligible: Bool)
  ) -> String {
    pods.append(
      Pod(
        name: action.name, uid: action.uid, isVirtual: isVirtual,
        hours: asked.isEligible ? asked.hours : nil, asked: asked, zone: zone, addresses: addresses,
        answer: answer))
    spans.append((pods.count - 1, action.second))
    return answer
  }

  /// One that was never used, else the one that has been free the longest, past its cool-down (R24).
  private func fresh(_ zone: String, isIPv6: Bool, _ second: Int) -> String? {
    let pools = SimulatedPools.all.filter { $0.zone == zone && $0.isIPv6 == isIPv6 }
    let used = Set(pods.flatMap(\.addresses))
    for pool in pools {
      if let unused = pool.addresses.first(where: { !used.contains($0) }) { return unused }
    }
    var best: (freeAt: Int, address: String)?
    for pool in pools {
      for address in pool.addresses {
        let own = pods.filter { $0.addresses.contains(address) }
        let ends = own.compactMap(\.freeAt)
        guard ends.count == own.count, let freeAt = ends.max(), freeAt + pool.coolDown <= second
        else { continue }
        if best.map({ (freeAt, address) < $0 }) ?? true { best = (freeAt, address) }
      }
    }
    return best?.address
  }

  // MARK: What was

  /// When each pod was given its address.
  private var spans: [(pod: Int, from: Int)] = []

  /// Who had an address at a second, or for whom it was kept: `held UID`, `retained NAME`, `free`.
  func state(of address: String, at second: Int) -> Set<String> {
    var states: Set<String> = []
    for span in spans where pods[span.pod].addresses.contains(address) && span.from <= second {
      let pod = pods[span.pod]
      let left = pod.leftAt ?? .max
      if second < left {
        states.insert("held \(pod.uid)")
      } else if pod.hours != nil, second < pod.freeAt ?? .max {
        states.insert("retained \(pod.name.split(separator: "/").last ?? "")")
      }
    }
    return states.isEmpty ? ["free"] : states
  }
}

extension Action {
  /// A second as the answers of a ``Diary`` write it.
  static func story(_ second: Int) -> String { clock(second) }
}
