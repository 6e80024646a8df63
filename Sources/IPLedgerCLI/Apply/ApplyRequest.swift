import Foundation
import IPLedger
import IPLedgerArchive

/// What a line of `ipledger apply` asks for.
enum ApplyRequest: Hashable, Sendable {
  /// Something that is decided as of the line's own instant.
  case decide(DecisionRequest)
  /// A pool is defined, or changed; without an instant as of the latest one of the lines before.
  case define(Pool, at: Instant?)
  /// A pool is withdrawn.
  case withdraw(AddressPrefix, of: NetworkName, at: Instant?)
  /// A pool that cannot be.
  case invalidPool(InvalidPool)
  /// Ends are written down.
  case expire(at: Instant)

  /// As of when, where the line says so.
  var instant: Instant? {
    switch self {
    case .decide(let request): request.instant
    case .define(_, let instant), .withdraw(_, _, let instant): instant
    case .invalidPool: nil
    case .expire(let instant): instant
    }
  }
}

/// A line of the input, read.
struct ApplyLine: Sendable {
  /// Its number, from 1.
  let number: Int
  /// What it asks for, or why that is not known.
  let request: Result<ApplyRequest, LineFault>
}

extension ApplyRequest {
  /// What can be asked for.
  static let operations = [
    "assign", "terminate", "delete", "complete", "pool", "expire", "release",
  ]

  /// Reads a line.
  init(_ line: Data, _ decoder: JSONDecoder) throws(LineFault) {
    do {
      self = try decoder.decode(Decoded.self, from: line).request
    } catch let fault as LineFault {
      throw fault
    } catch DecodingError.typeMismatch {
      throw LineFault("expected \(Self.example), found JSON that is not an object")
    } catch {
      throw LineFault("expected \(Self.example), found \(Self.excerpt(line)), which is not JSON")
    }
  }

  private static let example = #"one JSON object on a line, such as {"op":"assign",…}"#
  private static let excerptCharacters = 60

  /// The beginning of a line, safe to print.
  private static func excerpt(_ line: Data) -> String {
    let text = String(decoding: line.prefix(4 * excerptCharacters), as: UTF8.self)
    let shown = text.prefix(excerptCharacters)
    return quoted(shown) + (shown.count < text.count ? "…" : "")
  }

  /// The way by which a decoder is reached.
  private struct Decoded: Decodable {
    let request: ApplyRequest

    init(from decoder: any Decoder) throws {
      request = try ApplyRequest(LineObject(decoder))
    }
  }

  private init(_ object: LineObject) throws(LineFault) {
    let known = "one of \(Self.operations.joined(separator: ", "))"
    guard let op = try object.text("op") else {
      throw LineFault(#"the key "op" is missing: expected \#(known)"#)
    }
    switch op {
    case "assign": self = .decide(.assign(try Self.assign(object)))
    case "terminate": self = .decide(.terminate(try Self.notice(object, op)))
    case "delete": self = .decide(.delete(try Self.notice(object, op)))
    case "complete": self = .decide(.complete(try Self.notice(object, op)))
    case "pool": self = try Self.pool(object)
    case "expire":
      try object.requireOnly(["op", "at"], for: op)
      self = .expire(at: try object.required("at") { try Instant(rfc3339: $0) })
    case "release": self = .decide(try Self.release(object))
    default: throw LineFault(#"the key "op": expected \#(known), found \#(quoted(op))"#)
    }
  }
}

// MARK: - The operations

extension ApplyRequest {
  private static let identityKeys = ["op", "at", "cluster", "namespace", "name"]

  private static func assign(_ object: LineObject) throws(LineFault) -> AssignRequest {
    try object.requireOnly(
      identityKeys + [
        "uid", "network", "zone", "families", "node", "nodeClass", "computeClass", "retainHours",
      ], for: "assign")
    let identity = try identity(object)
    var request = AssignRequest(
      identity: identity, uid: try object.required("uid") { try PodUID($0) },
      at: try object.required("at") { try Instant(rfc3339: $0) })
    request.network = try object.text("network") { try NetworkName($0) }
    request.zone = try object.text("zone") { try ZoneName($0) }
    if let families = try object.list("families", FamilyName.init(parsing:)) {
      guard !families.isEmpty else {
        throw LineFault(
          #"the key "families": expected "ipv4", "ipv6" or both, found an empty array"#)
      }
      request.families = Set(families.map(\.family))
    }
    request.node = try object.text("node")
    request.nodeClass = try object.text("nodeClass", NodeClassName.init(parsing:))?.nodeClass
    request.computeClass = try object.text("computeClass")
    request.retainHours = try object.integer("retainHours")
    return request
  }

  private static func notice(_ object: LineObject, _ op: String) throws(LineFault) -> PodNotice {
    try object.requireOnly(identityKeys + ["uid", "requestedAt"], for: op)
    return PodNotice(
      identity: try identity(object), uid: try object.required("uid") { try PodUID($0) },
      at: try object.required("at") { try Instant(rfc3339: $0) },
      requestedAt: try object.text("requestedAt") { try Instant(rfc3339: $0) })
  }

  private static func pool(_ object: LineObject) throws(LineFault) -> ApplyRequest {
    try object.requireOnly(
      ["op", "at", "network", "zone", "prefix", "exclude", "coolDownSeconds", "withdraw"],
      for: "pool")
    let instant = try object.text("at") { try Instant(rfc3339: $0) }
    let network = try object.required("network") { try NetworkName($0) }
    let zone = try object.text("zone") { try ZoneName($0) } ?? .default
    let prefix = try object.required("prefix") { try AddressPrefix(parsing: $0) }
    let exclusions = try object.list("exclude") { try AddressRange(parsing: $0) } ?? []
    let seconds = try object.integer("coolDownSeconds") ?? 0
    if try object.flag("withdraw") ?? false { return .withdraw(prefix, of: network, at: instant) }
    do throws(InvalidPool) {
      let pool = try Pool(
        network: network, zone: zone, prefix: prefix, exclusions: exclusions,
        coolDown: .seconds(Int64(seconds)))
      return .define(pool, at: instant)
    } catch {
      return .invalidPool(error)
    }
  }

  private static func release(_ object: LineObject) throws(LineFault) -> DecisionRequest {
    try object.requireOnly(identityKeys + ["by", "reason"], for: "release")
    return .release(
      try identity(object), at: try object.required("at") { try Instant(rfc3339: $0) },
      by: try object.required("by") { $0 }, reason: try object.required("reason") { $0 })
  }

  private static func identity(_ object: LineObject) throws(LineFault) -> PodIdentity {
    let cluster = try object.required("cluster") { try ClusterName($0) }
    let namespace = try object.required("namespace") { $0 }
    return try object.required("name") {
      try PodIdentity(cluster: cluster, namespace: namespace, name: $0)
    }
  }
}
