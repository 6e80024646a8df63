import Foundation
import IPLedger
import TestSupport

/// Pods that come and go by chance, as an API server would show them.
struct FastMotion: Sendable {
  /// One pod, and how far its life has come.
  private struct Life {
    let name: String
    let uid: String
    let node: Int
    let address: Int
    let createdAt: Instant
    var stage = 0
  }

  private var random: SplitMix64
  private var lives: [Life] = []
  private var freeAddresses: [Int] = []
  private var nextAddress = 1
  private var number = 0
  private(set) var version: UInt64
  /// The version before that of the first pod.
  private let first: UInt64
  private(set) var now: Instant
  private let size: Int
  /// The time between two changes, in microseconds.
  private let step: Int64

  /// A cluster of so many pods, all of them running.
  init(
    pods size: Int, changesInADay: Int, seed: UInt64, version: UInt64 = 1_000,
    at now: Instant = .seconds(1_764_000_000)
  ) {
    self.size = size
    self.version = version
    self.now = now
    first = version
    random = SplitMix64(seed: seed)
    step = 86_400_000_000 / Int64(changesInADay)
    while lives.count < size {
      var life = born()
      life.stage = 2
      self.version += 1
      lives.append(life)
    }
  }

  /// The pods as they are.
  func list() -> PlayedCluster.Part {
    let pods = lives.enumerated().map { index, life in
      PlayedCluster.Pod(
        uid: life.uid, version: first + UInt64(index) + 1,
        object: object(life, first + UInt64(index) + 1))
    }
    return PlayedCluster.Part(version: version, receivedAt: now, pods: pods, changes: [])
  }

  /// The next change of any pod.
  mutating func next() -> (pod: PlayedCluster.Pod, type: String, change: PlayedCluster.Change) {
    version += 1
    now = now.adding(microseconds: step)
    var type = "MODIFIED"
    var index = Int.random(in: 0..<lives.count, using: &random)
    // Most of the time what has begun goes on.
    if lives[index].stage == 2, let busy = lives.lastIndex(where: { $0.stage != 2 }) {
      index = busy
    }
    if lives[index].stage == 2, lives.count < size {
      lives.append(born())
      index = lives.count - 1
      type = "ADDED"
    } else {
      lives[index].stage += 1
    }
    let life = lives[index]
    if life.stage == 4 {
      type = "DELETED"
      lives.remove(at: index)
      freeAddresses.insert(life.address, at: 0)
    }
    let pod = PlayedCluster.Pod(uid: life.uid, version: version, object: object(life, version))
    let line = PlayedCluster.line(type, pod.object)
    return (pod, type, PlayedCluster.Change(version: version, line: line, receivedAt: now))
  }

  /// A version that is somebody else's.
  mutating func skip() -> UInt64 {
    version += 1
    return version
  }

  private mutating func born() -> Life {
    number += 1
    let address: Int
    if freeAddresses.count > 50, let free = freeAddresses.popLast() {
      address = free
    } else {
      address = nextAddress
      nextAddress += 1
    }
    let digits = String(UInt64.random(in: 0 ... .max, using: &random), radix: 16)
    let tail = String(repeating: "0", count: 16 - digits.count) + digits
    return Life(
      name: "app-\(number)", uid: "00000000-0000-4000-\(tail.prefix(4))-\(tail.suffix(12))",
      node: number % 100, address: address, createdAt: now)
  }

  /// The object; stages are: created, on a node, with an address, to be deleted, gone.
  private func object(_ life: Life, _ version: UInt64) -> [UInt8] {
    func stamp(_ instant: Instant) -> String { "\("\(instant)".prefix(19))Z" }
    let created = stamp(life.createdAt)
    var metadata = """
      "name":"\(life.name)","namespace":"default","uid":"\(life.uid)","resourceVersion":"\(version)",\
      "creationTimestamp":"\(created)","labels":{"app":"app","pod-template-hash":"7d4b9c6f5"}
      """
    if life.stage >= 3 {
      metadata += #","deletionTimestamp":"\#(stamp(now))","deletionGracePeriodSeconds":0"#
    }
    metadata += """
      ,"managedFields":[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1",\
      "time":"\(created)","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:labels":{".":{},"f:app":{}}}}},\
      {"manager":"kubelet","operation":"Update","apiVersion":"v1","time":"\(stamp(now))",\
      "fieldsType":"FieldsV1","fieldsV1":{"f:status":{"f:podIP":{},"f:podIPs":{}}},"subresource":"status"}]
      """
    let node = life.stage >= 1 ? #""nodeName":"node-\#(life.node)","# : ""
    let ip = "10.\(life.address >> 16 & 255).\(life.address >> 8 & 255).\(life.address & 255)"
    let status =
      life.stage >= 2
      ? #""phase":"Running","podIP":"\#(ip)","podIPs":[{"ip":"\#(ip)"}]"# : #""phase":"Pending""#
    return Array(
      """
      {"kind":"Pod","apiVersion":"v1","metadata":{\(metadata)},"spec":{\(node)\
      "containers":[{"name":"main","image":"registry.example/app:1"}],\
      "terminationGracePeriodSeconds":30},"status":{\(status)}}
      """.utf8)
  }
}
