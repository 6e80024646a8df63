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
    .library(name: "IPLedgerWatch", targets: ["IPLedgerWatch"]),
    .executable(name: "ipledger", targets: ["IPLedgerCLI"]),
  ],
  dependencies: [
    // The command line: parsing, help and completion that people know from every other Swift tool.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // SHA-256 for exports: an auditor checks them with any other tool.
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    // HTTP and TLS, for watching a cluster: streams with back-pressure, proxies, client certificates.
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    // kubeconfigs are YAML.
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    // Credential plugins are programs; this one starts them without blocking a thread.
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    // Signals end a watch as they end any other service.
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    // Logs in the form of the service that embeds the watch.
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
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
    // Apart, so that who embeds the store builds no network stack.
    .target(
      name: "IPLedgerWatch",
      dependencies: [
        "IPLedger", "IPLedgerKubernetes",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Yams", package: "Yams"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "IPLedgerCLI",
      dependencies: [
        "IPLedger", "IPLedgerKubernetes", "IPLedgerArchive", "IPLedgerWatch", "LMDB",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "Logging", package: "swift-log"),
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
    .testTarget(
      name: "IPLedgerWatchTests",
      dependencies: [
        // The program is killed by one of the tests.
        "IPLedgerCLI", "IPLedgerWatch", "IPLedgerKubernetes", "IPLedger", "RecordedClusters",
        "TestSupport",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Yams", package: "Yams"),
        .product(name: "Logging", package: "swift-log"),
      ],
      exclude: ["Certificates"], swiftSettings: settings),
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
