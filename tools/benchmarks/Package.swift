// swift-tools-version: 6.2
import PackageDescription

// A package of its own: what it needs to measure never reaches who uses ipledger.

let settings: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("ImmutableWeakCaptures"),
]

let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "ipledger", path: "../..")],
  targets: [
    // The histories that everything is measured on.
    .target(
      name: "Workload", dependencies: [.product(name: "IPLedger", package: "ipledger")],
      swiftSettings: settings),
    // One piece of work with ipledger, and how long it took.
    .target(
      name: "Tasks",
      dependencies: ["Workload", .product(name: "IPLedger", package: "ipledger")],
      swiftSettings: settings),
    .executableTarget(name: "BenchWorker", dependencies: ["Tasks"], swiftSettings: settings),
    // The same, and writes down each change that ipledger makes to LMDB.
    .target(name: "PutTrace"),
    .executableTarget(
      name: "TraceWorker", dependencies: ["PutTrace", "Tasks"], swiftSettings: settings),
    // Small things, for the count of their instructions.
    .executableTarget(
      name: "CountWorker",
      dependencies: [
        "Tasks", "Workload", .product(name: "IPLedger", package: "ipledger"),
        .product(name: "IPLedgerKubernetes", package: "ipledger"),
      ], swiftSettings: settings),
    // What C does with the same changes.
    .executableTarget(name: "LMDBPeer", linkerSettings: [.linkedLibrary("lmdb")]),
    .executableTarget(
      name: "SQLitePeer", linkerSettings: [.linkedLibrary("sqlite3"), .linkedLibrary("lmdb")]),
  ]
)
