// swift-tools-version: 6.2
// creditnode: one binary, every tier. Targets and who may import whom: docs/architecture.md.
import PackageDescription

/// Every target of ours: Swift 6 language mode, warnings are errors.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]
/// Targets that touch C: every unsafe use is spelled out.
let memorySafe: [SwiftSetting] = strict + [.strictMemorySafety()]

let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "creditnode",
    products: [
        .executable(name: "creditnode", targets: ["creditnode"]),
        .executable(name: "creditnode-bench", targets: ["creditnode-bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // System libraries (Deploy/setup.sh installs them).
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CNghttp2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CSheets", providers: [.apt(["libzip-dev", "libexpat1-dev", "libfreexl-dev"])]),

        // Pure: every decision.
        .target(name: "Registry", swiftSettings: strict),
        .target(
            name: "Replication", dependencies: ["Registry", protobuf],
            exclude: ["Wire/export.proto", "Wire/issued.proto", "Wire/ledger.proto", "Wire/link.proto"], swiftSettings: strict),

        // Edges: one foreign world each.
        .target(name: "Sealing", dependencies: ["Registry", "Replication", "COpenSSL", "CZlib", "CZstd"], swiftSettings: memorySafe),
        .target(name: "Storage", dependencies: ["Registry", "Replication", "CMalloc", grdb, sqlite], swiftSettings: memorySafe),
        .target(name: "Transport", dependencies: ["CNghttp2", "COpenSSL", nioCore, nioPosix, nioHTTP1], swiftSettings: memorySafe),
        .target(name: "Intake", dependencies: ["Registry", "CSheets"], swiftSettings: memorySafe),

        // Operations, the running node, the doors.
        .target(name: "Node", dependencies: ["Registry", "Replication", "Sealing", "Storage"], swiftSettings: strict),
        // A whole city in one thread, on disks in memory.
        .target(name: "Simulation", dependencies: ["Registry", "Replication", "Sealing", "Storage", "Node", "Samples", sqlite], swiftSettings: memorySafe),
        .target(
            name: "NodeRuntime",
            dependencies: [
                "Registry", "Replication", "Sealing", "Storage", "Transport", "Intake", "Node", nioCore, nioPosix, logging, metrics, lifecycle, yams,
            ],
            swiftSettings: strict),
        .target(name: "Console", dependencies: ["NodeRuntime"], swiftSettings: strict),
        .target(name: "API", dependencies: ["Console", "NodeRuntime", "Transport", nioCore, logging, hummingbird], swiftSettings: strict),
        // Synthetic rows, and other nodes as processes: what demo, benchmarks and tests stand on.
        .target(name: "Samples", swiftSettings: strict),
        .target(name: "Stage", dependencies: ["API", "NodeRuntime", "Transport", nioCore, nioPosix], swiftSettings: strict),

        .executableTarget(
            name: "creditnode",
            dependencies: ["NodeRuntime", "API", "Console", "Transport", "Intake", "Samples", "Simulation", "Stage", "CMalloc", nioCore, nioPosix, logging, arguments],
            swiftSettings: strict),
        .executableTarget(
            name: "creditnode-bench", dependencies: ["Registry", "Replication", "Storage", "Node", "NodeRuntime", "Simulation", "Transport", "Samples", "Stage", "CZlib", "CZstd", "COpenSSL", nioCore, nioPosix, sqlite, arguments],
            path: "Sources/Bench", swiftSettings: memorySafe),

        .testTarget(name: "RegistryTests", dependencies: ["Registry"], swiftSettings: strict),
        .testTarget(name: "ReplicationTests", dependencies: ["Registry", "Replication", "Sealing", protobuf], swiftSettings: strict),
        .testTarget(name: "SealingTests", dependencies: ["Registry", "Replication", "Sealing"], swiftSettings: strict),
        .testTarget(name: "StorageTests", dependencies: ["Registry", "Replication", "Sealing", "Storage", grdb], swiftSettings: strict),
        .testTarget(name: "TransportTests", dependencies: ["Transport", nioCore, nioPosix], swiftSettings: strict),
        .testTarget(name: "IntakeTests", dependencies: ["Registry", "Intake", "CSheets"], swiftSettings: strict),
        .testTarget(name: "NodeRuntimeTests", dependencies: ["Registry", "Replication", "Storage", "Node", "NodeRuntime", nioCore], swiftSettings: strict),
        .testTarget(
            name: "DoorsTests",
            dependencies: ["NodeRuntime", "API", "Console", "Transport", "creditnode", nioCore, nioPosix, logging, hummingbird, arguments],
            swiftSettings: strict),
        .testTarget(name: "EndToEndTests", dependencies: ["Registry", "Replication", "Sealing", "Transport", "NodeRuntime", "Node", "Stage", "creditnode", grdb, nioCore, nioPosix, logging], swiftSettings: strict),
        .testTarget(name: "SamplesTests", dependencies: ["Registry", "Samples"], swiftSettings: strict),
        .testTarget(name: "StageTests", dependencies: ["Stage", nioCore, nioPosix], swiftSettings: strict),
        .testTarget(
            name: "SimulationTests", dependencies: ["Registry", "Replication", "Sealing", "Storage", "Node", "Simulation"], exclude: ["Conversations"],
            swiftSettings: strict),
        .testTarget(name: "TidyTests", swiftSettings: strict),
        .testTarget(name: "NodeTests", dependencies: ["Registry", "Replication", "Sealing", "Storage", "Node", grdb], swiftSettings: strict),
    ]
)
