import IPLedger
import IPLedgerArchive

// An event with all its fields, one object.

/// An event with what is known now of when it happened.
struct DatedEvent: Sendable {
  /// The event.
  let recorded: RecordedEvent
  /// When what it says happened, by all evidence that there is now.
  let happened: Bounds
}

extension DatedEvent: Record {
  static let columns = [
    "position", "recorded_at", "kind", "cluster", "namespace", "name", "uid", "happened_earliest",
    "happened_latest", "says", "source", "resource_version",
  ]

  var fields: [[String]] {
    let event = recorded.event
    return [
      [
        recorded.position.description, recorded.recordedAt.description, event.kind.description,
        event.cluster?.rawValue ?? "", event.identity?.namespace ?? "", event.identity?.name ?? "",
        event.uid?.rawValue ?? "",
      ] + happened.fields + [
        event.statements.joined(separator: "; "), event.evidence.map { "\($0.source)" } ?? "",
        event.evidence?.resourceVersion.description ?? "",
      ]
    ]
  }

  var json: JSON {
    let event = recorded.event
    let head: JSON = [
      "position": .integer(Int(clamping: recorded.position.rawValue)),
      "recordedAt": .string(recorded.recordedAt.description),
      "kind": .string(event.kind.description),
      "cluster": .optional(event.cluster?.rawValue),
      "namespace": .optional(event.identity?.namespace),
      "name": .optional(event.identity?.name),
      "uid": .optional(event.uid?.rawValue),
      "happened": happened.json,
    ]
    return head.adding(event.details).adding(["evidence": .optional(event.evidence) { $0.json }])
  }
}

extension Event {
  /// What only this kind of event carries.
  fileprivate var details: [JSON.Member] {
    let details: JSON =
      switch self {
      case .created(let event): event.json
      case .deleting(let event): ["request": event.request.json]
      case .completed(let event): ["phase": .string("\(event.phase)")]
      case .deleted(let event):
        [
          "cause": .string("\(event.cause)"), "request": .optional(event.request) { $0.json },
        ]
      case .expired(let event): event.json
      case .watched(let event): event.json
      case .pool(let event): event.json
      }
    guard case .object(let members) = details else { return [] }
    return members
  }
}

extension PodCreated {
  fileprivate var json: JSON {
    [
      "network": .string(network.rawValue),
      "addresses": .array(addresses.map { .string($0.description) }),
      "node": .optional(description.node),
      "nodeClass": .optional(description.nodeClass?.description),
      "nodeClassGround": .optional(description.nodeClassGround.map { "\($0)" }),
      "computeClass": .optional(description.computeClass),
      "workload": .optional(description.workload) {
        ["kind": .string($0.kind), "name": .string($0.name)]
      },
      "retainHours": .optional(description.policy.hours) { .integer($0) },
      "eligibility": .string("\(description.grounds.eligibility)"),
      "hoursDefaulted": .bool(description.grounds.hoursDefaulted),
      "rejectedHours": .optional(description.grounds.rejectedHours),
      "describedAt": .string(description.describedAt.description),
      "assignment": .optional(assignment) { $0.json },
    ]
  }
}

extension PodCreated.Assignment {
  /// How the ledger came to give the addresses.
  var json: JSON {
    var (uid, since, reason): (String?, Instant?, String?)
    switch ground {
    case .reused(let from, let keptSince): (uid, since) = (from.rawValue, keptSince)
    case .fresh(let why): reason = why.word
    }
    return [
      "ground": .string(word),
      "zone": .optional(zone?.rawValue),
      "from": .optional(uid),
      "keptSince": since.json,
      "reason": .optional(reason),
    ]
  }
}

extension PoolChanged {
  fileprivate var json: JSON {
    [
      "network": .string(pool.network.rawValue),
      "zone": .string(pool.zone.rawValue),
      "prefix": .string(pool.prefix.description),
      "exclude": .array(pool.exclusions.map { .string($0.description) }),
      "coolDown": .string(pool.coolDown.description),
      "change": .string("\(change)"),
      "instant": .string(instant.description),
    ]
  }
}

extension DeletionRequest {
  fileprivate var json: JSON {
    [
      "deletionTimestamp": .string(deletionTimestamp.description),
      "gracePeriodSeconds": .integer(Int(gracePeriodSeconds)),
      "requestedAt": .string(requestedAt.description),
    ]
  }
}

extension ReservationExpired {
  fileprivate var json: JSON {
    var (by, reason): (String?, String?) = (nil, nil)
    if case .released(let name, let why) = cause { (by, reason) = (name, why) }
    return [
      "nodeClass": .string(nodeClass.description),
      "network": .string(network.rawValue),
      "addresses": .array(addresses.map { .string($0.description) }),
      "deadline": deadline.json,
      "endedAt": .string(endedAt.description),
      "cause": .string(by == nil ? "deadline" : "released"),
      "by": .optional(by),
      "reason": .optional(reason),
    ]
  }
}

extension SourceWatched {
  fileprivate var json: JSON {
    [
      "network": .string(network.rawValue),
      "source": .string("\(source)"),
      "scope": scope.json,
      "phase": .string("\(phase)"),
      "from": .optional(from) { $0.json },
      "through": .optional(through) { $0.json },
      "presence": .optional(presence) { presence in
        [
          "resourceVersion": .string(presence.resourceVersion.description),
          "isComplete": .bool(presence.isComplete),
          "uids": .array(presence.uids.map { .string($0.rawValue) }),
        ]
      },
      "marks": .array(
        marks.map { mark in
          [
            "resourceVersion": .string(mark.resourceVersion.description),
            "notBefore": mark.notBefore.json, "notAfter": mark.notAfter.json,
          ]
        }),
    ]
  }
}

extension SourceWatched.Point {
  fileprivate var json: JSON {
    [
      "resourceVersion": .optional(resourceVersion?.description), "notBefore": notBefore.json,
      "notAfter": notAfter.json,
    ]
  }
}

extension Evidence {
  /// All fields, raw, as the log keeps them.
  fileprivate var json: JSON {
    [
      "source": .string("\(source)"),
      "resourceVersion": .string(resourceVersion.description),
      "isExactChange": .bool(isExactChange),
      "knownWithout": .optional(knownWithout?.description),
      "receivedAt": receivedAt.json,
      "creationStamp": creationStamp.json,
      "newestStamp": newestStamp.json,
      "precedingStamp": precedingStamp.json,
      "fieldStamp": fieldStamp.json,
      "requestReceivedAt": requestReceivedAt.json,
      "stageAt": stageAt.json,
      "decidedAt": decidedAt.json,
    ]
  }
}
