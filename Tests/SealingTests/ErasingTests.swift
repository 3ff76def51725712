import Registry
import Replication
import Testing

@testable import Sealing

/// Bodies destroyed out of sealed change sets: the chain verifies, and what is gone cannot be told any more.
@Suite struct ErasingTests {
    private func sealed(_ suite: Replication.Suite, count: Int, random: inout SplitMix) throws -> (set: VerifiedChangeSet, key: LedgerKey, bodies: [[UInt8]], seed: [UInt8]) {
        let key = try LedgerKey.generate(suite), path = try node("wuhan/wuchang")
        let incarnation = try #require(Incarnation(random.bytes(16)))
        let ledger = LedgerID(replica: ReplicaID(path: path, incarnation: incarnation), audience: .lineage(of: path, upTo: 1), lane: .ordinary)
        let bodies = (0..<count).map { _ in random.bytes(Int.random(in: 1...300, using: &random)) }, seed = random.bytes(16)
        let header = Header(
            ledger: ledger, sequence: 1, previous: nil, time: HybridTime(raw: 1), suite: suite, key: key.keyID, firstCounter: 1, count: count, siblings: [])
        return (try ChangeSetSealer(key: key).seal(header, bodies: bodies, seed: seed), key, bodies, seed)
    }

    private func publicKey(_ key: LedgerKey) throws -> LedgerPublicKey { try LedgerPublicKey(subjectPublicKeyInfo: key.subjectPublicKeyInfo) }

    /// Drawn sets, drawn erasures in drawn order: header digest and signature hold, other bodies stay, and of the salts that
    /// are gone no inner node above them is left.
    @Test(arguments: Replication.Suite.allCases) func randomSubsets(_ suite: Replication.Suite) throws {
        var random = SplitMix(41)
        for round in 0..<60 {
            let count = round < 12 ? round + 1 : Int.random(in: 1...300, using: &random)
            let (set, key, bodies, seed) = try sealed(suite, count: count, random: &random)
            let erased = Set((0..<count).filter { _ in Int.random(in: 0..<3, using: &random) == 0 })
            var reduced = set.sealed
            var rest = erased.sorted().shuffled(using: &random)
            while !rest.isEmpty {
                let some = rest.prefix(Int.random(in: 1...rest.count, using: &random))
                rest.removeFirst(some.count)
                reduced = try ChangeSetSealer.erase(some, of: reduced, set.header)
            }
            let checked = try ChangeSetSealer.check(UnverifiedChangeSet(reduced), key: try publicKey(key))
            #expect(checked.digest == set.digest)
            for index in 0..<count { #expect(checked.bodies[index] == (erased.contains(index) ? nil : bodies[index])) }
            guard !erased.isEmpty else { continue }
            // At once or bit by bit: the same bytes.
            #expect(try ChangeSetSealer.erase(erased.shuffled(using: &random), of: set.sealed, set.header) == reduced)
            let part = try BodyPart(serialized: BodyPacking.unpack(reduced), count: count), depth = SaltTreeTests.depth(count)
            for salt in part.salts {
                #expect(erased.allSatisfy { $0 >> (depth - salt.level) != salt.index }, "a node above an erased leaf")
                #expect(salt.value == SaltTreeTests.leaf(suite, seed, depth: salt.level, index: salt.index))
            }
        }
    }

    @Test func whatAnOrderDidNotNameCannotBeDroppedOrChanged() throws {
        var random = SplitMix(7)
        let (set, key, bodies, _) = try sealed(.ed25519SHA256, count: 5, random: &random)
        let reduced = try ChangeSetSealer.erase([2], of: set.sealed, set.header)
        var part = try BodyPart(serialized: BodyPacking.unpack(reduced), count: 5)
        part.bodies[3] = random.bytes(20)
        var forged = reduced
        let bytes = try part.serialized()
        (forged.compression, forged.bodies, forged.bodiesSize) = (0, bytes, bytes.count)
        #expect(throws: ChangeSetFault.self) { try ChangeSetSealer.check(UnverifiedChangeSet(forged), key: try publicKey(key)) }
        // Nor does the erased body come back under another salt.
        part.bodies[3] = bodies[3]
        part.bodies[2] = bodies[2]
        let back = try part.serialized()
        (forged.compression, forged.bodies, forged.bodiesSize) = (0, back, back.count)
        #expect(throws: ChangeSetFault.self) { try ChangeSetSealer.check(UnverifiedChangeSet(forged), key: try publicKey(key)) }
    }

    @Test func aSaltLeftBesideAMissingBodyGoesToo() throws {
        var random = SplitMix(8)
        let (set, key, _, seed) = try sealed(.sm2SM3, count: 4, random: &random)
        let proper = try ChangeSetSealer.erase([1], of: set.sealed, set.header)
        var careless = proper
        var part = try BodyPart(serialized: BodyPacking.unpack(proper), count: 4)
        part.salts = [BodyPart.Salt(level: 0, index: 0, value: seed)]
        let bytes = try part.serialized()
        (careless.compression, careless.bodies, careless.bodiesSize) = (0, bytes, bytes.count)
        _ = try ChangeSetSealer.check(UnverifiedChangeSet(careless), key: try publicKey(key))
        #expect(try ChangeSetSealer.erase([], of: careless, set.header) == proper)
    }

    @Test func everything() throws {
        var random = SplitMix(9)
        let (set, key, _, _) = try sealed(.ed25519SHA256, count: 1000, random: &random)
        let reduced = try ChangeSetSealer.erase(0..<1000, of: set.sealed, set.header)
        let checked = try ChangeSetSealer.check(UnverifiedChangeSet(reduced), key: try publicKey(key))
        #expect(checked.digest == set.digest && checked.bodies.places.allSatisfy(\.isEmpty))
        #expect(reduced.bodies.count < 300)
    }
}
