import LMDB

/// The keys of the projections: big-endian, so that their order is that of what they name; text
/// ends with a zero byte.
package enum Keys {
  // MARK: Clusters and versions

  package static func cluster(_ cluster: ClusterName) -> [UInt8] {
    key { $0.name(cluster.rawValue) }
  }

  /// The bytes that a closure writes: keys have at most 511, most have fewer than 96.
  private static func key(_ write: (inout ByteWriter) -> Void) -> [UInt8] {
    var writer = ByteWriter(capacity: 96)
    write(&writer)
    return writer.bytes
  }

  package static func version(_ cluster: ClusterName, _ version: ResourceVersion) -> [UInt8] {
    key {
      $0.name(cluster.rawValue)
      $0.fixedVersion(version)
    }
  }

  /// The version at the end of a key made by ``version(_:_:)``.
  package static func version(endOf key: [UInt8]) throws -> ResourceVersion {
    var reader = ByteReader(key.suffix(12))
    return ResourceVersion(epoch: try reader.uint32(), try reader.uint64())
  }

  package static func bytes(of version: ResourceVersion) -> [UInt8] {
    var writer = ByteWriter(capacity: 12)
    writer.fixedVersion(version)
    return writer.bytes
  }

  // MARK: Pods

  package static func incarnation(_ cluster: ClusterName, _ uid: PodUID) -> [UInt8] {
    key {
      $0.name(cluster.rawValue)
      $0.uid(uid)
    }
  }

  package static func identity(_ identity: PodIdentity) -> [UInt8] {
    key { $0.identity(identity) }
  }

  /// The identity at the beginning of a key, and what follows it.
  package static func identity(
    startOf key: [UInt8]
  ) throws -> (identity: PodIdentity, rest: ArraySlice<UInt8>) {
    let parts = key.split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4 else { throw EventDecodingError.damaged("a key names no identity") }
    let identity = try PodIdentity(
      cluster: ClusterName(String(decoding: parts[0], as: UTF8.self)),
      namespace: String(decoding: parts[1], as: UTF8.self),
      name: String(decoding: parts[2], as: UTF8.self))
    return (identity, parts[3])
  }

  package static func pod(_ identity: PodIdentity, _ first: ResourceVersion) -> [UInt8] {
    key {
      $0.identity(identity)
      $0.fixedVersion(first)
    }
  }

  package static func reservation(_ identity: PodIdentity, _ nodeClass: NodeClass) -> [UInt8] {
    key {
      $0.identity(identity)
      $0.uint8(nodeClass.rawValue)
    }
  }

  package static func reservation(
    decoding key: [UInt8]
  ) throws -> (identity: PodIdentity, nodeClass: NodeClass) {
    let (identity, rest) = try Keys.identity(startOf: key)
    guard let byte = rest.first, let nodeClass = NodeClass(rawValue: byte) else {
      throw EventDecodingError.damaged("a key names no node class")
    }
    return (identity, nodeClass)
  }

  /// A deadline and the reservation that ends then; one that is unknown comes last.
  package static func deadline(_ deadline: Instant?, _ reservation: [UInt8]) -> [UInt8] {
    key {
      $0.orderedInt64(deadline?.microseconds ?? .max)
      $0.raw(reservation)
    }
  }

  package static func instant(_ instant: Instant) -> [UInt8] {
    var writer = ByteWriter(capacity: 8)
    writer.orderedInt64(instant.microseconds)
    return writer.bytes
  }

  // MARK: Addresses

  package static func network(_ network: NetworkName) -> [UInt8] {
    key { $0.name(network.rawValue) }
  }

  package static func address(_ address: Address) -> [UInt8] {
    key { $0.address(address) }
  }

  package static func ip(_ ip: IPAddress) -> [UInt8] {
    key { $0.ip(ip) }
  }

  package static func tenures(_ address: Address, _ cluster: ClusterName) -> [UInt8] {
    key {
      $0.address(address)
      $0.name(cluster.rawValue)
    }
  }

  package static func tenure(
    _ tenure: Tenure, _ cluster: ClusterName, _ uid: PodUID
  ) -> [UInt8] {
    key {
      $0.address(tenure.address)
      $0.name(cluster.rawValue)
      $0.fixedVersion(tenure.start.at)
      $0.uid(uid)
    }
  }

  /// What a tenure's key names.
  package struct TenurePlace: Hashable, Sendable {
    package var address: Address
    package var cluster: ClusterName
    /// The change with which the tenure began.
    package var start: ResourceVersion
    package var uid: PodUID
  }

  /// The cluster whose name begins at a place in a key.
  ///
  /// - Throws: ``EventDecodingError`` where there is no such name.
  static func clusterName(in key: Span<UInt8>, at place: Int) throws -> ClusterName {
    var end = place
    while end < key.count, key[end] != 0 { end += 1 }
    guard end < key.count else { throw EventDecodingError.damaged("a key names no cluster") }
    let name = [UInt8](copying: key.extracting(place..<end))
    return try ClusterName(String(decoding: name, as: UTF8.self))
  }

  /// How many bytes a version takes in a key.
  static let versionLength = 12

  /// The version that begins at a place in a key.
  ///
  /// - Throws: ``EventDecodingError`` where the key ends before.
  static func version(in key: Span<UInt8>, at place: Int) throws -> ResourceVersion {
    guard place + versionLength <= key.count else {
      throw EventDecodingError.damaged("a key names no version")
    }
    return ResourceVersion(epoch: key.bigEndian(at: place), key.bigEndian(at: place + 4))
  }

  package static func tenure(decoding key: [UInt8]) throws -> TenurePlace {
    guard let end = key.firstIndex(of: 0), end + 1 < key.count else {
      throw EventDecodingError.damaged("a key names no network")
    }
    let network = try NetworkName(String(decoding: key[..<end], as: UTF8.self))
    let length = key[end + 1] == IPAddress.Family.ipv4.rawValue ? 4 : 16
    let address = Address(
      network: network, ip: try IPAddress(octets: Array(key[(end + 2)...].prefix(length))))
    let rest = key[(end + 2)...].dropFirst(length)
    guard let last = rest.firstIndex(of: 0) else {
      throw EventDecodingError.damaged("a key names no cluster")
    }
    let cluster = try ClusterName(String(decoding: rest[..<last], as: UTF8.self))
    var reader = ByteReader(rest[(last + 1)...])
    let version = ResourceVersion(epoch: try reader.uint32(), try reader.uint64())
    guard let uid = PodUID(encoded: try reader.raw(count: reader.remaining)) else {
      throw EventDecodingError.damaged("a key names no uid")
    }
    return TenurePlace(address: address, cluster: cluster, start: version, uid: uid)
  }

  // MARK: Pools

  /// A pool, by the beginning of its prefix.
  package static func pool(_ network: NetworkName, _ prefix: AddressPrefix) -> [UInt8] {
    self.network(network) + ip(prefix.firstAddress) + [UInt8(prefix.length)]
  }

  /// A vacant address of a pool, by the instant from which it is free.
  package static func vacancy(
    _ pool: Pool, _ freeAt: Instant, _ address: IPAddress
  ) -> [UInt8] {
    self.pool(pool.network, pool.prefix) + instant(freeAt) + address.octets
  }

  /// The instant and the address at the end of a key made by ``vacancy(_:_:_:)``.
  package static func vacancy(
    endOf key: [UInt8], _ family: IPAddress.Family
  ) throws -> (freeAt: Instant, address: IPAddress) {
    let length = family.bitWidth / 8
    guard key.count > length + 8 else { throw EventDecodingError.damaged("a key is too short") }
    var reader = ByteReader(Array(key.dropLast(length).suffix(8)))
    return (
      Instant(microseconds: try reader.orderedInt64()),
      try IPAddress(octets: Array(key.suffix(length)))
    )
  }

  // MARK: Evidence

  fileprivate static let aboutPod: UInt8 = 1
  private static let aboutReservation: UInt8 = 2
  private static let aboutSource: UInt8 = 3
  private static let aboutPool: UInt8 = 4

  /// The row of what was said of an incarnation.
  package static func evidence(_ cluster: ClusterName, _ uid: PodUID) -> [UInt8] {
    key { $0.pod(cluster, uid) }
  }

  /// The positions that speak of the end of a reservation.
  package static func evidence(_ identity: PodIdentity) -> [UInt8] {
    [aboutReservation] + self.identity(identity)
  }

  /// The positions that speak of what was watched of a cluster.
  package static func evidence(_ cluster: ClusterName) -> [UInt8] {
    [aboutSource] + self.cluster(cluster)
  }

  /// The positions that speak of a pool.
  package static func evidence(_ pool: Pool) -> [UInt8] {
    [aboutPool] + self.pool(pool.network, pool.prefix)
  }

  package static func position(_ position: Position) -> [UInt8] {
    var writer = ByteWriter()
    writer.uint64(position.rawValue)
    return writer.bytes
  }

  package static func position(endOf key: [UInt8]) throws -> Position {
    var reader = ByteReader(key.suffix(8))
    return Position(try reader.uint64())
  }
}

extension ByteWriter {
  /// A text that has no zero byte, and a zero byte.
  fileprivate mutating func name(_ name: String) {
    raw(name.utf8)
    uint8(0)
  }

  fileprivate mutating func identity(_ identity: PodIdentity) {
    name(identity.cluster.rawValue)
    name(identity.namespace)
    name(identity.name)
  }

  fileprivate mutating func fixedVersion(_ version: ResourceVersion) {
    uint32(version.epoch)
    uint64(version.value)
  }

  fileprivate mutating func address(_ address: Address) {
    name(address.network.rawValue)
    ip(address.ip)
  }

  fileprivate mutating func ip(_ ip: IPAddress) {
    uint8(ip.family.rawValue)
    octets(of: ip)
  }

  fileprivate mutating func pod(_ cluster: ClusterName, _ uid: PodUID) {
    uint8(Keys.aboutPod)
    name(cluster.rawValue)
    uidBlob(uid)
  }
}
