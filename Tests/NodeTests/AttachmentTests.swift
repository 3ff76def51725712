import Foundation
import GRDB
import Node
import Registry
import Replication
import Storage
import Testing

@Suite struct AttachmentTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao", b = "wuhan/wuchang/zhonghualu"

    /// Bytes that begin as a PDF does.
    static func pdf(_ size: Int, seed: UInt8 = 1) -> [UInt8] {
        var bytes = Array("%PDF-1.7\n".utf8)
        bytes += (0..<1021).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ Int(seed)) }
        while bytes.count < size { bytes += bytes.prefix(size - bytes.count) }
        return Array(bytes.prefix(size))
    }

    private func record(of federation: TestFederation, at path: String, offset: Int = 0) throws -> Dot {
        try federation[path].store.read { try $0.records(RecordFilter(home: NodePath(path), limit: 10)) }[offset].id
    }

    @discardableResult
    private func attach(_ content: [UInt8], named name: String = "决定书.pdf", to record: Dot, at node: Node, actor: Actor = TestFederation.clerk) throws -> [AttachmentFate] {
        let staged = try node.stage()
        for start in stride(from: 0, to: content.count, by: AttachmentFrame.maximumPiece) {
            try node.extend(staged, by: Array(content[start..<min(start + AttachmentFrame.maximumPiece, content.count)]))
        }
        _ = try node.finish(staged)
        return try node.attach([AttachmentPlan(staged: staged.id, salt: staged.salt, name: name)], to: record, actor: actor)
    }

    private func content(of record: Dot, at node: Node) throws -> [UInt8]? {
        guard let held = try node.attachments(of: record).first, held.blob.isComplete else { return nil }
        let blob = try node.checkedContent(held)
        return try node.store.read { try $0.content(of: blob.id, from: 0, length: Int(blob.size)) }
    }

    /// City, district, two streets, one record at the first.
    private func standing(seed: UInt64 = 1, suite: Replication.Suite = .ed25519SHA256) throws -> (TestFederation, Dot) {
        let federation = try TestFederation([Self.city, Self.district, Self.a, Self.b], seed: seed, suite: suite)
        try federation.settle()
        try federation.enter(3, at: Self.a)
        try federation.settle()
        return (federation, try record(of: federation, at: Self.a))
    }

    @Test("A file goes with its record to every tier that sees the record, and to nobody else; views rebuild the same", arguments: Replication.Suite.allCases)
    func goesUp(suite: Replication.Suite) throws {
        let (federation, record) = try standing(suite: suite)
        let file = Self.pdf(700_000)
        guard case .added(let digest)? = try attach(file, to: record, at: federation[Self.a]).first else { throw CancellationError() }
        #expect(try content(of: record, at: federation[Self.a]) == file, "without any line")
        #expect(try federation[Self.a].attachments(of: record).first?.attachment.suite == suite)
        try federation.settle()
        let home = try #require(NodePath(Self.a))
        for path in [Self.district, Self.city] {
            #expect(try content(of: record, at: federation[path]) == file, "\(path)")
            #expect(try federation[path].viewDigest(home: home) == federation[Self.a].viewDigest(home: home), "\(path)")
        }
        // Least knowledge: a sibling holds neither the change nor the content, and asking by digest does not help.
        let sibling = try #require(NodePath(Self.b))
        #expect(try federation[Self.b].attachments(of: record).isEmpty)
        let ask = AttachmentAsk(digest: digest, offset: 0, length: 1000)
        #expect(try federation[Self.district].answer(ask, of: sibling) == .absent(digest, reason: AbsentReason.notHeld))
        #expect(try federation[Self.district].answer(ask, of: home) != .absent(digest, reason: AbsentReason.notHeld))
        for path in [Self.city, Self.district, Self.a, Self.b] {
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after, "\(path)")
            #expect(try federation[path].verify().faults.isEmpty, "\(path)")
        }
        #expect(try content(of: record, at: federation[Self.city]) == file, "rebuilding leaves contents alone")
    }

    @Test("The change names its author's previous change and exactly what was held of the record")
    func contexts() throws {
        let (federation, record) = try standing()
        let node = federation[Self.a]
        try attach(Self.pdf(1000), to: record, at: node)
        try attach(Self.pdf(1000, seed: 2), named: "附图.pdf", to: record, at: node)
        let changes = try node.show(record).history.compactMap { event in event.change.map { (event.dot, $0) } }
        #expect(changes.count == 3)
        let (first, second) = (changes[1], changes[2])
        #expect(first.1.previous == record.counter && first.1.context.contains(record))
        #expect(second.1.previous == first.0.counter && second.1.context.contains(record) && second.1.context.contains(first.0))
        #expect(!first.1.context.contains(second.0))
        #expect(second.1.context.entries == [Context.Entry(replica: node.replica, through: first.0.counter)])
        // A later life of the street continues no chain of the earlier one, but has seen it.
        let old = node.replica
        _ = try node.beginIncarnation()
        try attach(Self.pdf(1000, seed: 3), named: "补充.pdf", to: record, at: node)
        let third = try #require(try node.show(record).history.last?.change)
        #expect(third.previous == 0 && third.context.entries == [Context.Entry(replica: old, through: second.0.counter)])
    }

    @Test("A line that breaks again and again resumes where it broke", arguments: [UInt64(1), 2, 3])
    func resumes(seed: UInt64) throws {
        let (federation, record) = try standing(seed: seed)
        let file = Self.pdf(1_500_000, seed: UInt8(seed))
        try attach(file, to: record, at: federation[Self.a])
        var sent = 0, cuts = 0
        while try content(of: record, at: federation[Self.district]) == nil {
            cuts += 1
            guard cuts < 100 else { throw CancellationError() }
            var link = TestLink(child: federation[Self.a], parent: federation[Self.district], tamper: nil)
            link.cutAfterContent = 1 + federation.random.below(400_000)
            sent += try link.run().contentUp
        }
        #expect(cuts > 2)
        // A piece may be on its way at every cut; nothing else is sent twice.
        #expect(sent <= file.count + cuts * AttachmentFrame.maximumPiece)
        #expect(try content(of: record, at: federation[Self.district]) == file)
    }

    @Test("A peer that sends other bytes is named; it is asked three times a connection, and the honest one is believed")
    func liar() throws {
        let (federation, record) = try standing()
        let file = Self.pdf(300_000)
        try attach(file, to: record, at: federation[Self.a])
        let result = try federation.sync(Self.a) { frame, up in
            guard up, case .attachment(.piece(let piece)) = frame, piece.offset > 0 else { return frame }
            var content = piece.content
            content[0] ^= 1
            return .attachment(.piece(AttachmentPiece(digest: piece.digest, offset: piece.offset, total: piece.total, content: content)))
        }
        #expect(result.contentUp <= 3 * file.count)
        #expect(result.troubles == [.wrong(tries: 1), .wrong(tries: 2), .wrong(tries: 3)])
        let district = federation[Self.district]
        let blob = try #require(try district.attachments(of: record).first).blob
        #expect(!blob.isComplete && blob.held == 0 && blob.trouble?.contains("attachment-digest") == true)
        let refusal = try #require(try district.store.read { try $0.refusals() }.first { $0.rule == "attachment-digest" })
        #expect(refusal.peer == Self.a && refusal.count == 3)
        try federation.sync(Self.a)
        #expect(try content(of: record, at: district) == file)
    }

    @Test("Lies about the size are refused at the first piece, whatever they claim", arguments: [UInt64(299_999), 300_001, 20 << 20])
    func wrongSize(total: UInt64) throws {
        let (federation, record) = try standing()
        try attach(Self.pdf(300_000), to: record, at: federation[Self.a])
        let result = try federation.sync(Self.a) { frame, up in
            guard up, case .attachment(.piece(let piece)) = frame else { return frame }
            return .attachment(.piece(AttachmentPiece(digest: piece.digest, offset: piece.offset, total: total, content: piece.content)))
        }
        #expect(result.contentUp <= AttachmentFrame.maximumPiece)
        #expect(try federation[Self.district].store.read { try $0.blobTotals() }.bytes == 0)
        #expect(try federation[Self.district].store.read { try $0.refusals() }.contains { $0.rule == "attachment-digest" })
    }

    @Test("Content damaged at a relay is not passed on: the relay fetches it again")
    func damagedAtRelay() throws {
        let (federation, record) = try standing()
        let file = Self.pdf(200_000)
        try attach(file, to: record, at: federation[Self.a])
        try federation.sync(Self.a)
        try federation[Self.district].store.close()
        try sqlite(federation.file(Self.district), "UPDATE blob_chunk SET content = zeroblob(length(content)) WHERE offset = 0")
        try federation.reopen(Self.district)
        #expect(try federation[Self.district].verify().faults.contains { $0.rule == "attachment-digest" })
        let first = try federation.sync(Self.district)
        #expect(first.contentUp == 0)
        #expect(try content(of: record, at: federation[Self.city]) == nil)
        try federation.sync(Self.a)
        try federation.sync(Self.district)
        #expect(try content(of: record, at: federation[Self.city]) == file)
        #expect(try federation[Self.district].verify().faults.isEmpty)
    }

    @Test("A street restored from a backup gets the contents of its own attachments back")
    func restored() throws {
        let (federation, record) = try standing()
        let backup = try federation.backup(Self.a)
        let file = Self.pdf(150_000)
        try attach(file, to: record, at: federation[Self.a])
        try federation.settle()
        try federation.restore(Self.a, from: backup)
        let met = try federation.sync(Self.a)
        #expect(!met.restored.isEmpty)
        _ = try federation[Self.a].beginIncarnation()
        try federation.settle()
        #expect(try content(of: record, at: federation[Self.a]) == file)
    }

    @Test("Attachments that come before their record wait for it; then they are accepted and their contents fetched")
    func waitsForRecord() throws {
        let (federation, _) = try standing()
        try federation.enter(1, from: 50, at: Self.a)
        let node = federation[Self.a]
        let record = try #require(try node.store.read { try $0.records(RecordFilter(home: NodePath(Self.a), limit: 10)) }.last).id
        let old = node.replica
        _ = try node.beginIncarnation()
        let file = Self.pdf(5000)
        try attach(file, to: record, at: node)
        try federation.sync(Self.a) { frame, up in
            if up, case .changeSet(let sealed) = frame, (try? Header(serialized: sealed.header))?.ledger.replica == old { return nil }
            return frame
        }
        let district = federation[Self.district]
        #expect(try district.store.read { try $0.totals() }.waiting == 1)
        #expect(try district.store.read { try $0.blobTotals() }.wanted == 0)
        try federation.settle()
        #expect(try district.store.read { try $0.totals() }.waiting == 0)
        #expect(try content(of: record, at: federation[Self.city]) == file)
        let rebuilt = try district.rebuild()
        #expect(rebuilt.before == rebuilt.after)
    }

    @Test("What may not be attached is refused by name and leaves nothing behind")
    func refusals() throws {
        let (federation, record) = try standing()
        let node = federation[Self.a]
        func code(_ body: () throws -> Void) -> String? {
            do {
                try body()
                return nil
            } catch { return (error as? NodeRefusal)?.code }
        }
        let lone = TestFederation.loneClerk
        #expect(code { try attach(Self.pdf(100), to: record, at: node, actor: lone) } == "four-eyes")
        #expect(code { try attach(Array("MZ program".utf8), to: record, at: node) } == "attachment-type")
        #expect(code { try attach([], to: record, at: node) } == "attachment-empty")
        #expect(code { try attach(Self.pdf(100), named: "a/b.pdf", to: record, at: node) } == "attachment-name")
        #expect(code { try attach(Self.pdf(100), to: record, at: federation[Self.district]) } == "not-competent")
        _ = try node.revoke(try self.record(of: federation, at: Self.a, offset: 2), document: "撤〔2026〕1号", reason: "测试", actor: TestFederation.clerk)
        #expect(code { try attach(Self.pdf(100), to: try self.record(of: federation, at: Self.a, offset: 2), at: node) } == "revoked-already")
        #expect(code { try attach(Self.pdf(100), to: Dot(replica: record.replica, counter: 999_999), at: node) } == "no-such-record")
        let staged = try node.stage()
        let chunk = Self.pdf(AttachmentFrame.maximumPiece)
        for _ in 0..<80 { try node.extend(staged, by: chunk) }
        #expect(code { try node.extend(staged, by: [0]) } == "attachment-size", "20 MiB and one byte")
        try node.dropAllStaged()
        #expect(try node.store.read { try $0.blobTotals() }.bytes == 0)
        #expect(try node.show(record).history.count == 1)
    }

    @Test("Attaching the same bytes again adds nothing")
    func idempotent() throws {
        let (federation, record) = try standing()
        let node = federation[Self.a]
        let added = try attach(Self.pdf(5000), to: record, at: node)
        guard case .added(let digest)? = added.first else { throw CancellationError() }
        #expect(try attach(Self.pdf(5000), named: "别名.pdf", to: record, at: node) == [.unchanged(digest)])
        #expect(try node.attachments(of: record).count == 1)
        #expect(try node.store.read { try $0.blobTotals() }.bytes == 5000)
    }

    @Test("Beyond its quota a node fetches nothing more, and goes on when there is room")
    func quota() throws {
        let (federation, record) = try standing()
        federation[Self.district].attachmentQuota = 100_000
        try attach(Self.pdf(60_000), to: record, at: federation[Self.a])
        try attach(Self.pdf(60_000, seed: 2), named: "二.pdf", to: record, at: federation[Self.a])
        try federation.sync(Self.a)
        let totals = try federation[Self.district].store.read { try $0.blobTotals() }
        #expect(totals == BlobTotals(held: 1, wanted: 1, bytes: 60_000, missingBytes: 60_000))
        federation[Self.district].attachmentQuota = 200_000
        try federation.sync(Self.a)
        #expect(try federation[Self.district].store.read { try $0.blobTotals() }.held == 2)
    }

    @Test("A record that widens takes no earlier file along; attached again, it goes to the wider audience")
    func widened() throws {
        let (federation, record) = try standing()
        let node = federation[Self.a]
        var narrow = Catalogue.standard
        narrow.number = 2
        let index = try #require(narrow.items.firstIndex { $0.code == "permit" })
        narrow.items[index].upToTier = 2
        _ = try federation[Self.city].publishCatalogue(narrow, actor: TestFederation.clerk)
        try federation.settle()
        try federation.enter(1, from: 90, at: Self.a)
        let local = try #require(try node.store.read { try $0.records(RecordFilter(home: NodePath(Self.a), limit: 10)) }.last).id
        #expect(local != record)
        let file = Self.pdf(3000)
        try attach(file, to: local, at: node)
        try federation.settle()
        #expect(try content(of: local, at: federation[Self.district]) == file)
        #expect(try federation[Self.city].attachments(of: local).isEmpty && federation[Self.city].store.read { try $0.blobTotals() }.wanted == 0)
        var wide = Catalogue.standard
        wide.number = 3
        _ = try federation[Self.city].publishCatalogue(wide, actor: TestFederation.clerk)
        try federation.settle()
        _ = try node.widen(item: "permit", actor: TestFederation.clerk)
        try federation.settle()
        #expect(try federation[Self.city].attachments(of: local).isEmpty)
        guard case .added? = try attach(file, to: local, at: node).first else { throw CancellationError() }
        try federation.settle()
        #expect(try content(of: local, at: federation[Self.city]) == file)
        let home = try #require(NodePath(Self.a))
        for path in [Self.district, Self.city] { #expect(try federation[path].viewDigest(home: home) == node.viewDigest(home: home), "\(path)") }
        let rebuilt = try federation[Self.district].rebuild()
        #expect(rebuilt.before == rebuilt.after)
    }

    @Test("Another author, audience or no reviewer: the change is quarantined and its content is not fetched")
    func foreignChanges() throws {
        let (federation, record) = try standing()
        let attachment = try Replication.Attachment(name: "x.pdf", mediaType: "application/pdf", size: 10, digest: .zero, salt: Array(repeating: 0, count: 16), suite: .ed25519SHA256)
        let kind = ChangeKind.attachmentsAdded(try AttachmentsAdded([attachment]))
        let shared = Audience.lineage(of: try #require(NodePath(Self.a)), upTo: 1)
        let circumstances = Circumstances(edition: { _ in nil }, holds: { _ in false }, naturalKey: { $0 == record ? [1] : nil })
        func judged(_ change: Change, by replica: ReplicaID, _ audience: Audience, lane: Lane = .ordinary) -> String {
            switch judge(change, dot: Dot(replica: replica, counter: 99), ledger: LedgerID(replica: replica, audience: audience, lane: lane), in: circumstances) {
            case .accepted: "accepted"
            case .waiting: "waiting"
            case .quarantined(let rule, _): rule
            }
        }
        let street = federation[Self.a].replica, district = federation[Self.district].replica
        let good = Change(record: record, actor: TestFederation.clerk, capturedAt: 1, kind: kind)
        #expect(judged(good, by: street, shared) == "accepted")
        #expect(judged(good, by: district, .lineage(of: district.path, upTo: 1)) == "not-competent")
        #expect(judged(good, by: street, .published) == "wrong-audience")
        #expect(judged(good, by: street, .local) == "accepted", "of a draft they stay with it")
        #expect(judged(good, by: district, .local) == "not-competent")
        #expect(judged(good, by: street, .lineage(of: district.path, upTo: 1)) == "wrong-audience")
        #expect(judged(good, by: street, .lineage(of: street.path, upTo: 2)) == "accepted", "a record that widened since keeps what the narrower audience has")
        #expect(judged(good, by: street, shared, lane: .relief) == "wrong-lane")
        var other = good
        other.record = Dot(replica: street, counter: 1_000_000)
        #expect(judged(other, by: street, shared) == "waiting")
        other.record = nil
        #expect(judged(other, by: street, shared) == "malformed")
        other = good
        other.actor = TestFederation.loneClerk
        #expect(judged(other, by: street, shared) == "four-eyes")
    }
}
