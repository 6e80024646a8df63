// swift-tools-version: 6.2
import PackageDescription

/// One list of settings for every target: language mode 6 comes from the tools version.
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
  name: "ipledger",
  products: [
    .library(name: "IPLedger", targets: ["IPLedger"]),
    .library(name: "IPLedgerKubernetes", targets: ["IPLedgerKubernetes"]),
    .library(name: "IPLedgerArchive", targets: ["IPLedgerArchive"]),
    .executable(name: "ipledger", targets: ["IPLedgerCLI"]),
  ],
  dependencies: [
    // The command line: parsing, help and completion that people know from every other Swift tool.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // SHA-256 for exports: an auditor checks them with any other tool.
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
    .target(name: "LMDB", dependencies: ["CLMDB"], swiftSettings: settings),
    .target(name: "IPLedger", dependencies: ["LMDB"], swiftSettings: settings),
    .target(name: "IPLedgerKubernetes", dependencies: ["IPLedger"], swiftSettings: settings),
    // Apart, so that who embeds the store does not build cryptography.
    .target(
      name: "IPLedgerArchive",
      dependencies: ["IPLedger", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: settings),
    .executableTarget(
      name: "IPLedgerCLI",
      dependencies: [
        "IPLedger", "IPLedgerKubernetes", "IPLedgerArchive", "LMDB",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    // What the tests share: seeds, shrinking, the lines of the reliability table.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
    // The recordings in `fixtures`, with the truth beside them.
    .target(
      name: "RecordedClusters", dependencies: ["IPLedger", "IPLedgerKubernetes"],
      path: "Tests/RecordedClusters", swiftSettings: settings),
    .testTarget(name: "LMDBTests", dependencies: ["LMDB"], swiftSettings: settings),
    .testTarget(
      name: "IPLedgerTests", dependencies: ["IPLedger", "IPLedgerArchive", "LMDB", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "IPLedgerKubernetesTests",
      dependencies: ["IPLedgerKubernetes", "IPLedger", "RecordedClusters", "TestSupport"],
      swiftSettings: settings),
    // A program of the tests': damaged files may make it fault, and its exit is what is looked at.
    .executableTarget(
      name: "DamageWorker", dependencies: ["IPLedger"], path: "Tests/DamageWorker",
      swiftSettings: settings),
    // One that is killed, many times.
    .executableTarget(
      name: "FleetWorker", dependencies: ["IPLedger", "LMDB"], path: "Tests/FleetWorker",
      swiftSettings: settings),
    // Another one: it stands between LMDB and the disk, and kills its children at any call.
    .target(name: "FaultShim", path: "Tests/FaultShim"),
    .executableTarget(
      name: "FaultWorker", dependencies: ["FaultShim", "IPLedger", "LMDB"],
      path: "Tests/FaultWorker",
      swiftSettings: settings),
    .testTarget(
      name: "IPLedgerCLITests",
      dependencies: [
        "IPLedgerCLI", "IPLedger", "IPLedgerArchive", "DamageWorker", "FaultWorker",
        "FleetWorker", "LMDB", "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      exclude: ["Snapshots"], swiftSettings: settings),
  ]
)

// A program of libFuzzer's, which has a main function of its own: `tools/fuzz` builds it.
if Context.environment["IPLEDGER_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "Fuzzers", dependencies: ["IPLedger", "IPLedgerKubernetes", "IPLedgerArchive"],
      path: "Tests/Fuzzers", swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])]))
}
