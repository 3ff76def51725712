import Registry
import Replication
import Testing

@testable import Sealing

#if canImport(Glibc)
import Glibc
#endif

/// Rates of this machine, printed; run alone, optimised: `SEALING_MEASURE=1 swift test -c release
/// -Xswiftc -enable-testing --filter Measurements`.
@Suite(.serialized, .enabled(if: getenv("SEALING_MEASURE") != nil)) struct Measurements {
    func measure(_ name: String, _ rounds: Int, _ body: (Int) throws -> Void) rethrows {
        let clock = ContinuousClock()
        var best = Duration.seconds(1000)
        for _ in 0..<3 { best = min(best, try clock.measure { for i in 0..<rounds { try body(i) } }) }
        let seconds = Double(best.components.seconds) + Double(best.components.attoseconds) / 1e18
        print("\(name): \((seconds / Double(rounds) * 1e9).rounded()) ns")
    }

    @Test func digests() {
        let primitives: any SealPrimitives = OpenSSLPrimitives()
        let salt = [UInt8](repeating: 1, count: 16), body = [UInt8](repeating: 2, count: 600)
        for suite in Replication.Suite.allCases {
            measure("\(suite.name) digest of salt and 600 B", 200_000) { _ in
                _ = salt.withUnsafeBytes { salt in body.withUnsafeBytes { primitives.digest(suite, salt, $0) } }
            }
            let salts = [UInt8](repeating: 1, count: 16_000), bodies = [ArraySlice<UInt8>](repeating: body[...], count: 1000)
            measure("\(suite.name) 1,000 salted digests of 600 B", 200) { _ in _ = OpenSSLPrimitives().saltedDigests(suite, salts: salts, bodies: bodies) }
            let tree = SaltTree(OpenSSLPrimitives(), suite)
            measure("\(suite.name) 1,000 salts of a tree", 100) { _ in _ = try? tree.salts(seed: salt, count: 1000) }
        }
        let hmac = HMACSHA256(key: body)
        measure("HMAC of 18 B", 200_000) { _ in _ = hmac.code(salt) }
    }

    @Test func keysAndCertificates() throws {
        for suite in Replication.Suite.allCases {
            let key = try LedgerKey.generate(suite), verifier = try key.publicKey()
            let message = [UInt8](repeating: 3, count: 600), signature = try key.sign(message)
            try measure("\(suite.name) sign", 2000) { _ in _ = try key.sign(message) }
            measure("\(suite.name) verify", 2000) { _ in _ = verifier.isValid(signature: signature, of: message) }
            try measure("\(suite.name) public key from SPKI", 2000) { _ in _ = try LedgerPublicKey(subjectPublicKeyInfo: key.subjectPublicKeyInfo) }
        }
        for (purpose, algorithm) in ChainTests.kinds {
            let tiers = try Tiers(purpose, algorithm), leaf = try tiers.leaf(tiers.district, "wuhan/wuchang/jiyuqiao")
            let path = try node("wuhan/wuchang/jiyuqiao")
            try measure("\(algorithm.rawValue) issue", 500) { _ in
                _ = try tiers.district.issue(tiers.profile(path), subjectPublicKeyInfo: leaf.subjectPublicKeyInfo, now: now, validityDays: 30)
            }
            try measure("\(algorithm.rawValue) certificate parse", 500) { _ in _ = try Certificate(der: leaf.der) }
            try measure("\(algorithm.rawValue) verify chain of 3", 500) { _ in
                try verifyChain(leaf: leaf, intermediates: [tiers.district.certificate], roots: tiers.roots, expecting: tiers.kind, path: path, at: now)
            }
        }
    }

    /// What a suite costs where it is used: one change set of 1,000 changes of 600 bytes, sealed and checked.
    @Test func changeSets() throws {
        for suite in Replication.Suite.allCases {
            let key = try LedgerKey.generate(suite), verifier = try key.publicKey(), path = try node("wuhan")
            let replica = ReplicaID(path: path, incarnation: try #require(Incarnation([UInt8](repeating: 1, count: 16))))
            let header = Header(
                ledger: LedgerID(replica: replica, audience: .published, lane: .ordinary), sequence: 1, previous: nil, time: HybridTime(raw: 1), suite: suite,
                key: key.keyID, firstCounter: 1, count: 1000, siblings: [])
            var random = SplitMix(1)
            let bodies = (0..<1000).map { _ in (0..<600).map { _ in UInt8.random(in: 97...106, using: &random) } }
            let sealer = ChangeSetSealer(key: key), seed = [UInt8](repeating: 9, count: 16)
            let sealed = try UnverifiedChangeSet(sealer.seal(header, bodies: bodies, seed: seed).sealed)
            try measure("\(suite.name) seal 1,000 × 600 B", 20) { _ in _ = try sealer.seal(header, bodies: bodies, seed: seed) }
            try measure("\(suite.name) check 1,000 × 600 B", 20) { _ in _ = try ChangeSetSealer.check(sealed, key: verifier) }
            let megabyte = [UInt8](repeating: 7, count: 1 << 20)
            measure("\(suite.name) digest of 1 MiB", 20) { _ in _ = OpenSSLPrimitives().digest(suite, of: megabyte) }
        }
    }

    @Test func boxesAndCompression() throws {
        let keys = try FederationKeys.generate(root: node("wuhan")), path = try node("wuhan")
        let sealed = try keys.sealNumber(type: 1, number: "420106199003078888", at: path)
        try measure("seal a number", 50_000) { _ in _ = try keys.sealNumber(type: 1, number: "420106199003078888", at: path) }
        try measure("open a number", 50_000) { _ in _ = try keys.openNumber(type: 1, sealed: sealed, at: path) }
        let receiver = try ECKey.generate(), wrapped = try KeyWrap.wrap([UInt8](repeating: 1, count: 32), to: receiver.subjectPublicKeyInfo, context: [])
        try measure("wrap", 1000) { _ in _ = try KeyWrap.wrap([UInt8](repeating: 1, count: 32), to: receiver.subjectPublicKeyInfo, context: []) }
        try measure("unwrap", 1000) { _ in _ = try KeyWrap.unwrap(wrapped, with: receiver, context: []) }
        var random = SplitMix(1)
        let text = (0..<2000).map { _ in UInt8.random(in: 97...106, using: &random) }
        let packed = try #require(try Zstd.compress(text, level: BodyPacking.level))
        try measure("zstd 2,000 B", 5000) { _ in _ = try Zstd.compress(text, level: BodyPacking.level) }
        try measure("zstd back to 2,000 B", 5000) { _ in _ = try Zstd.decompress(packed, expectedSize: 2000, limit: 2000) }
    }
}
