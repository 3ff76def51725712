import Foundation
import Registry
import Replication
import Sealing
import SwiftProtobuf
import Testing

@Suite struct CodingTests {
    private func header() -> Header {
        Header(
            ledger: LedgerID(replica: replica("wuhan/a/x"), audience: .lineage(of: path("wuhan/a/x"), upTo: 1), lane: .ordinary), sequence: 9,
            previous: Digest(a: 1, b: 2, c: 3, d: 4), time: HybridTime(milliseconds: 5), suite: .ed25519SHA256, key: Digest(a: 9, b: 9, c: 9, d: 9),
            firstCounter: 100, count: 3, siblings: [(.relief, Tip(sequence: 2, digest: Digest(a: 5, b: 5, c: 5, d: 5)))])
    }

    @Test func headersReadBack() throws {
        #expect(try Header(serialized: header().serialized()) == header())
        #expect(try Header(serialized: header().serialized()).siblings.count == 1)
    }

    @Test("Origin, record, previous and exact context read back as written")
    func causalityReadsBack() throws {
        let context = try #require(
            Context([
                Context.Entry(replica: replica("wuhan/a"), through: 4, later: [7, 9]), Context.Entry(replica: replica("wuhan/a/x"), through: 0, later: [3]),
            ]))
        let change = Change(
            origin: Dot(replica: replica("wuhan/a", 2), counter: 5), record: Dot(replica: replica("wuhan/a/x"), counter: 3), previous: 4, context: context, actor: actor,
            capturedAt: 77, editions: [Digest(a: 1, b: 2, c: 3, d: 4)], kind: state(.effective, text: "甲", home: "wuhan/a"))
        #expect(try Change(serialized: change.serialized()) == change)
    }

    @Test("A context that claims more than the rules allow is refused")
    func hostileContexts() throws {
        let good = Change(actor: actor, capturedAt: 1, kind: state(.draft, text: "甲"))
        var wire = try WireChange(serializedBytes: good.serialized())
        var entry = WireContextEntry()
        entry.replica = replica("wuhan").wire
        entry.through = 5
        entry.later = [5]
        wire.context = [entry]
        let descending: [UInt8] = try wire.serializedBytes()
        #expect(throws: CodingFault.self) { try Change(serialized: descending) }
        entry.later = []
        wire.context = Array(repeating: entry, count: 300)
        let many: [UInt8] = try wire.serializedBytes()
        #expect(throws: CodingFault.self) { try Change(serialized: many) }
    }

    @Test("Frames with a change set are written and read by hand exactly as the definitions say, whole or damaged")
    func changeSetFrames() throws {
        try Seeds.each(300) { _, random throws in
            func bytes(_ most: Int) -> [UInt8] { (0..<Int.random(in: 0...most, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) } }
            let set = SealedChangeSet(
                header: bytes(40), signature: bytes(70), digests: bytes(100), compression: UInt32.random(in: 0...3, using: &random),
                bodiesSize: Int.random(in: 0...3_000_000, using: &random), bodies: bytes(300), chain: (0..<Int.random(in: 0...3, using: &random)).map { _ in bytes(200) })
            let written = try Frame.changeSet(set).parts().flatMap { $0 }
            #expect(written == (try Frame.changeSet(set).serialized()))
            var damaged = written
            for _ in 0..<Int.random(in: 0...2, using: &random) { damaged[Int.random(in: 0..<min(16, damaged.count), using: &random)] = UInt8.random(in: 0...255, using: &random) }
            func outcome(_ read: () throws -> Frame?) -> String {
                do { return "\(String(describing: try read()))" } catch { return "\(error)" }
            }
            let fast = outcome { try damaged.withUnsafeBytes { try Frame.read(raw: $0) } }
            #expect(fast == outcome { try Frame.read(damaged) })
        }
    }

    @Test("A header of a newer format is refused by name, not misread")
    func newerFormat() throws {
        var wire = try WireHeader(serializedBytes: header().serialized())
        wire.format = Header.currentFormat + 1
        let bytes: [UInt8] = try wire.serializedBytes()
        #expect(throws: ChangeSetFault.self) { try Header(serialized: bytes) }
        do { _ = try Header(serialized: bytes) } catch { #expect(error.rule == .newerFormat) }
    }

    @Test("Headers that break a bound are refused")
    func headerBounds() throws {
        let spoil: [(inout WireHeader) -> Void] = [
            { $0.count = 0 }, { $0.count = 1001 }, { $0.sequence = 0 }, { $0.sequence = 1 }, { $0.previous = Data() }, { $0.firstCounter = 0 },
            { $0.replica.path = "Wuhan" }, { $0.replica.incarnation = Data([1]) }, { $0.lane = .unspecified }, { $0.audience.kind = .unspecified },
            { $0.audience.of = "wuhan/b" }, { $0.audience.upTo = 9 }, { $0.suite = 77 }, { $0.key = Data([1]) },
            { $0.siblings = Array(repeating: WireSiblingTip(), count: 17) }, { $0.format = 0 },
        ]
        for (index, change) in spoil.enumerated() {
            var wire = try WireHeader(serializedBytes: header().serialized())
            change(&wire)
            let bytes: [UInt8] = try wire.serializedBytes()
            #expect(throws: ChangeSetFault.self, "case \(index)") { try Header(serialized: bytes) }
        }
    }

    @Test("Fields a newer node adds survive: the bytes are what is signed and kept")
    func unknownFieldsSurvive() throws {
        let change = Change(actor: actor, capturedAt: 1, kind: state(.effective, text: "甲"))
        // Field 1000, a string, unknown to this version, inside the body.
        let extra: [UInt8] = [0xC2, 0x3E, 3] + Array("new".utf8)
        let body = try change.serialized() + extra
        #expect(try Change(serialized: body).kind == change.kind, "it is read as far as it is known")
        let key = try LedgerKey.generate(.ed25519SHA256)
        var one = header()
        one.key = key.keyID
        one.count = 1
        let set = try ChangeSetSealer(key: key).seal(one, bodies: [body], seed: Array(repeating: 7, count: 16))
        guard case .changeSet(let relayed)? = try Frame.read(Frame.changeSet(set.sealed).serialized()) else {
            Issue.record("no change set came out")
            return
        }
        let checked = try ChangeSetSealer.check(try UnverifiedChangeSet(relayed), key: try key.publicKey())
        #expect(Array(checked.bodies) == [body])
        #expect(checked.digest == set.digest)
    }

    @Test("Frames of a kind this version does not know are skipped")
    func unknownFrames() throws {
        let unknown: [UInt8] = [0xA2, 0x06, 2, 1, 2]
        #expect(try Frame.read(unknown) == nil)
    }

    @Test func catalogueReadsBack() throws {
        let change = Change(actor: actor, capturedAt: 1, kind: .catalogue(.standard))
        guard case .catalogue(let read) = try Change(serialized: change.serialized()).kind else {
            Issue.record("no catalogue")
            return
        }
        #expect(read == Catalogue.standard)
    }

    @Test("A person's number stands in a body only as digest and ciphertext")
    func personNumbers() throws {
        let keys = try FederationKeys.generate(root: path("wuhan"))
        let number = "000000200002290010"
        let sealed = try keys.sealNumber(type: 1, number: number, at: path("wuhan"))
        let person = PersonNumber(document: .citizenID, digest: sealed.digest, ciphertext: sealed.ciphertext, sealedAt: path("wuhan"), keyEpoch: 1)
        let kind = ChangeKind.recordState(RecordState(item: 1, home: nil, validity: .effective, subject: .person(person), fields: []))
        let body = try Change(actor: actor, capturedAt: 1, kind: kind).serialized()
        #expect(!body.contains(Array(number.utf8)))
        #expect(try Change(serialized: body).kind == kind)
    }

    @Test("A peer's endless text does not make our own frames too large")
    func longTexts() throws {
        let long = String(repeating: "长", count: 1_000_000), marked = "e" + String(repeating: "\u{301}", count: 1_000_000)
        for text in [long, marked] {
            let verdict = Verdict(change: Dot(replica: replica("wuhan"), counter: 1), outcome: .quarantined, rule: text, detail: text)
            for frame in [
                Frame.verdicts(Array(repeating: verdict, count: Header.maximumChanges)), .farewell(reason: text, detail: text),
                .refusal(header().ledger, sequence: 1, rule: text, detail: text),
            ] {
                #expect(try frame.serialized().count < Frame.maximumBytes / 4)
                #expect(try Frame.read(frame.serialized()) != nil)
            }
        }
        var hostile = Catalogue.standard
        hostile.items[0].code = long
        hostile.items[0].upToTier = 0
        let body = try Change(actor: actor, capturedAt: 1, kind: .catalogue(hostile)).serialized()
        #expect(throws: CodingFault.self) { try Change(serialized: body) }
    }

    @Test("No bytes crash a decoder")
    func garbage() throws {
        let good: [[UInt8]] = [
            try Change(actor: actor, capturedAt: 1, kind: state(.effective, text: "甲")).serialized(), try header().serialized(),
            try Change(actor: actor, capturedAt: 1, kind: .catalogue(.standard)).serialized(),
            try Frame.tips([LedgerTip(ledger: header().ledger, tip: .none)], last: true).serialized(),
        ]
        Seeds.each(3000) { _, random in
            var bytes = good.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 0...8, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))) }
            _ = try? Change(serialized: bytes)
            _ = try? Header(serialized: bytes)
            _ = try? Frame.read(bytes)
            _ = try? Receipt(serialized: bytes)
            _ = try? Statement.read(bytes)
            _ = try? EnrolmentRequest(serialized: bytes)
            _ = try? BodyPart(serialized: bytes, count: 3)
        }
    }
}

extension Array where Element == UInt8 {
    /// Whether `needle` stands anywhere inside.
    fileprivate func contains(_ needle: [UInt8]) -> Bool {
        guard count >= needle.count else { return false }
        return (0...(count - needle.count)).contains { self[$0..<$0 + needle.count].elementsEqual(needle) }
    }
}
