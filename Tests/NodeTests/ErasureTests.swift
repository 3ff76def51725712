import Foundation
import Registry
import Replication
import Sealing
import Storage
import Testing

@testable import Node

/// Records whose bodies are destroyed by order, at every node that held them (M43, guarantees 3 and 8).
@Suite struct ErasureTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao", b = "wuhan/wuchang/zhonghualu"
    static let line = [city, district, a]
    static let basis = Basis(rank: .decidingUnit, document: "档案处置〔2026〕1号", reason: "保存期限届满")
    static let home = NodePath(a)

    /// Five permits of one change set, held at three tiers, and the third of them.
    private func standing(_ suite: Replication.Suite = .ed25519SHA256, seed: UInt64 = 1) throws -> (TestFederation, Dot) {
        let federation = try TestFederation([Self.city, Self.district, Self.a, Self.b], seed: seed, suite: suite)
        try federation.settle()
        try federation.enter(5, at: Self.a)
        try federation.settle()
        return (federation, try federation[Self.a].store.read { try $0.records(RecordFilter(home: Self.home)) }[2].id)
    }

    private func object(to record: Dot, at node: Node, receipt: String = "异1") throws -> Dot {
        try node.act(on: record, actor: TestFederation.loneClerk) { scene in
            .objection(Objection(ground: .inaccurate, fields: [], receipt: receipt, acceptedOn: scene.today, statement: "名称有误", target: scene.target))
        }.changes[0]
    }

    private func reply(to objection: Dot, of record: Dot, at node: Node) throws {
        let reply = ObjectionReply(objection: objection, outcome: .rejected, basis: Basis(rank: .decidingUnit, reason: "属实"), repliedOn: node.environment.today)
        _ = try node.act(on: record, .reply(reply), actor: TestFederation.clerk)
    }

    /// Holds everywhere once `record` is purged.
    private func expectGone(_ record: Dot, _ federation: TestFederation, at paths: [String] = line, missing: Int, faults: [String] = []) throws {
        for path in paths {
            let node = federation[path]
            #expect(try node.store.read { try $0.record(record) } == nil, "\(path)")
            do {
                _ = try node.view(of: record)
                Issue.record("\(path) still shows it")
            } catch let refusal as NodeRefusal { #expect(refusal.code == "purged", "\(path)") }
            let verified = try node.verify()
            #expect(verified.faults.isEmpty, "\(path): \(verified.faults)")
            #expect(verified.missingBodies == missing, "\(path)")
            let rebuilt = try node.rebuild()
            #expect(rebuilt.before == rebuilt.after, "\(path)")
        }
    }

    /// Change sets of a node with their packed bodies, by what the raw files are searched for.
    private func packed(_ node: Node, holding dot: Dot) throws -> [UInt8] {
        try #require(try node.store.read { try $0.changeSet(holding: dot) }).sealed.bodies
    }

    private func rawFiles(_ federation: TestFederation, _ path: String) throws -> Data {
        var all = Data()
        for suffix in ["", "-wal"] { all += (try? Data(contentsOf: URL(filePath: federation.file(path) + suffix))) ?? Data() }
        return all
    }

    @Test("A purged record is gone at every tier and in the raw files; chains verify, projections rebuild, it cannot be entered again", arguments: Replication.Suite.allCases)
    func everywhere(_ suite: Replication.Suite) throws {
        let (federation, record) = try standing(suite)
        let street = federation[Self.a]
        let objection = try object(to: record, at: federation[Self.district])
        try federation.settle()
        try reply(to: objection, of: record, at: street)
        let marker = (0..<64).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
        let staged = try street.stage()
        try street.extend(staged, by: Array("%PDF-1.7\n".utf8) + marker + [UInt8](repeating: 7, count: 5000))
        _ = try street.finish(staged)
        _ = try street.attach([AttachmentPlan(staged: staged.id, salt: staged.salt, name: "决定书.pdf")], to: record, actor: TestFederation.clerk)
        try federation.settle()
        var traces: [String: [Data]] = [:]
        for path in Self.line {
            let bodies = try packed(federation[path], holding: record)
            // Rows that look alike pack alike: of their set the whole must be gone, of the others no piece may be left.
            let others = try federation[path].store.read { try $0.changes(of: record) }.map { try packed(federation[path], holding: $0) }
            traces[path] = [Data(marker), Data(bodies)] + others.map { Data($0.suffix(24)) }
            let raw = try rawFiles(federation, path)
            for trace in traces[path] ?? [] { #expect(raw.range(of: trace) != nil, "\(path)") }
        }
        let others = try federation[Self.city].store.read { try $0.records(RecordFilter(home: Self.home)) }.map(\.id).filter { $0 != record }

        let outcome = try street.purge(record, ground: .unlawful, basis: Self.basis, actor: TestFederation.clerk)
        #expect(outcome.orders.count == 1 && outcome.changes == 4)
        try federation.settle()
        try expectGone(record, federation, missing: 4)
        for path in Self.line {
            let node = federation[path]
            try node.store.checkpoint()
            let raw = try rawFiles(federation, path)
            for (index, trace) in (traces[path] ?? []).enumerated() { #expect(raw.range(of: trace) == nil, "trace \(index) at \(path)") }
            #expect(try node.store.read { try $0.blobTotals() }.bytes == 0)
            for other in others { #expect(try node.view(of: other).shown.label == .effective) }
            #expect(try node.viewDigest(home: #require(Self.home)).records == 4)
            #expect(try node.viewDigest(home: #require(Self.home)) == street.viewDigest(home: #require(Self.home)))
            // The same row again, at every tier that can tell (guarantee 3).
            guard path != Self.a else { continue }
            let (edition, catalogue) = try node.currentCatalogue()
            let fates = try node.record(try federation.rows(5, street: Self.a), item: try #require(catalogue.item(code: "permit")), edition: edition, actor: TestFederation.clerk)
            #expect(fates[2] == .purged(record: record), "\(path)")
        }
        #expect(try federation.enter(5, at: Self.a)[2] == .purged(record: record))
        #expect(throws: NodeRefusal.self) { try street.purge(record, ground: .unlawful, basis: Self.basis, actor: TestFederation.clerk) }
    }

    @Test("A node that meets the order first, in whatever ledger, takes the reduced sets with their evidence, and nothing else that lacks a body")
    func orderBeforeTheSet() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        try federation.enter(5, at: Self.a)
        let record = try federation[Self.a].store.read { try $0.records(RecordFilter(home: Self.home)) }[2].id
        // The objection stands in the relief ledger before the order does: it comes without its body, before the order.
        let objection = try object(to: record, at: federation[Self.a])
        try reply(to: objection, of: record, at: federation[Self.a])
        try federation.sync(Self.a)
        _ = try federation[Self.a].purge(record, ground: .unlawful, basis: Self.basis, actor: TestFederation.clerk)
        // The district held it all; the city, which was away, sees nothing but what is left.
        try federation.sync(Self.a)
        let stripped = try federation.sync(Self.district) { frame, up in
            guard up, case .changeSet(var sealed) = frame else { return frame }
            sealed.erasureOrders = []
            return .changeSet(sealed)
        }
        #expect(stripped.faults.contains { $0.rule == .missingBody }, "without evidence a hole is a hole")
        let result = try federation.sync(Self.district)
        #expect(result.faults.isEmpty, "\(result.faults)")
        try federation.settle()
        try expectGone(record, federation, missing: 3)
        #expect(try federation[Self.city].viewDigest(home: #require(Self.home)).records == 4)
    }

    @Test("A complete set that comes after the order is erased on its arrival")
    func completeSetAfterTheOrder() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        try federation.enter(5, at: Self.a)
        let record = try federation[Self.a].store.read { try $0.records(RecordFilter(home: Self.home)) }[2].id
        let complete = try federation[Self.a].store.read { try $0.changeSet(holding: record) }
        _ = try federation[Self.a].purge(record, ground: .unlawful, basis: Self.basis, actor: TestFederation.clerk)
        let whole = try #require(complete)
        // A slow relay still has the set as it was sealed; the order, in the relief lane, came first.
        try federation.sync(Self.a) { frame, up in
            guard up, case .changeSet(let sealed) = frame, sealed.header == whole.sealed.header else { return frame }
            var old = whole.sealed
            old.chain = sealed.chain
            return .changeSet(old)
        }
        try federation.settle()
        try expectGone(record, federation, missing: 1)
        #expect(try federation[Self.district].store.read { try $0.changeSet(holding: record) }?.sealed.bodies == federation[Self.a].store.read { try $0.changeSet(holding: record) }?.sealed.bodies)
    }

    @Test("What others wrote at the same time has no effect, is listed, and goes with a later order (M43)")
    func lateUpdate() throws {
        let (federation, record) = try standing()
        _ = try federation[Self.district].act(on: record, actor: TestFederation.clerk) { scene in
            .publication(PublicationMark(step: .suspended, reason: "核查中的迟到说明", on: scene.today, target: scene.target))
        }
        _ = try federation[Self.a].purge(record, ground: .unlawful, basis: Self.basis, actor: TestFederation.clerk)
        try federation.settle()
        try expectGone(record, federation, missing: 1)
        for path in Self.line {
            let lines = try federation[path].retention().lines
            #expect(lines.map(\.due) == [.late] && lines.map(\.record) == [record] && lines.map(\.changes) == [1], "\(path)")
        }
        let late = try federation[Self.a].purge(record, ground: .unlawful, basis: Self.basis, actor: TestFederation.clerk)
        #expect(late.changes == 1)
        try federation.settle()
        try expectGone(record, federation, missing: 2)
        for path in Self.line { #expect(try federation[path].retention().lines.isEmpty) }
    }

    @Test("Nothing is purged while a reply is owed, litigation is pending or values conflict, nor before its time, nor by one person, nor elsewhere")
    func refusals() throws {
        let (federation, record) = try standing()
        let street = federation[Self.a]
        func refusal(_ node: Node, _ ground: ErasureGround = .unlawful, _ actor: Actor = TestFederation.clerk, _ basis: Basis = Self.basis, _ of: Dot? = nil) -> String? {
            do {
                _ = try node.purge(of ?? record, ground: ground, basis: basis, actor: actor)
                return nil
            } catch { return (error as? NodeRefusal)?.code ?? "\(error)" }
        }
        #expect(refusal(street, .unlawful, TestFederation.loneClerk) == "four-eyes")
        #expect(refusal(street, .unlawful, TestFederation.clerk, Basis(rank: .decidingUnit, reason: "无依据")) == "erasure-basis")
        #expect(refusal(street, .retention) == "retention-not-over", "a permit has no time of its own")
        #expect(refusal(street, .optOut) == "no-opt-out")
        #expect(refusal(federation[Self.b]) == "no-such-record")
        let objection = try object(to: record, at: street)
        #expect(refusal(street) == "retention-hold")
        try reply(to: objection, of: record, at: street)
        _ = try street.act(on: record, .litigation(LitigationMark(caseNumber: "（2026）鄂01行初1号", isClosed: false)), actor: TestFederation.clerk)
        #expect(refusal(street) == "retention-hold")
        _ = try street.act(on: record, .litigation(LitigationMark(caseNumber: "（2026）鄂01行初1号", isClosed: true)), actor: TestFederation.clerk)
        #expect(refusal(street) == nil)
        #expect(refusal(street) == "purged")
    }

    @Test("A node above the home may order it, and drafts of the decision go too")
    func byTheDistrictAndDrafts() throws {
        let (federation, record) = try standing()
        let street = federation[Self.a]
        let row = try federation.rows(5, street: Self.a)[2]
        // A draft that was entered later under its own id.
        try federation.enter(1, from: 9, at: Self.a, actor: TestFederation.loneClerk)
        let draft = try #require(try street.store.read { try $0.records(RecordFilter(home: Self.home, validity: .draft)) }.first).id
        try federation.enter(1, from: 9, at: Self.a)
        try federation.settle()
        _ = try federation[Self.district].purge(record, ground: .unlawful, basis: Self.basis, actor: TestFederation.clerk)
        let outcome = try street.purge(draft, ground: .unlawful, basis: Self.basis, actor: TestFederation.clerk)
        #expect(outcome.orders.count == 2 && outcome.changes == 2, "what never left has an order that never leaves")
        try federation.settle()
        try expectGone(record, federation, at: [Self.city, Self.district], missing: 2)
        try expectGone(draft, federation, at: [Self.a], missing: 3)
        _ = row
    }

    @Test("By the law of the place: what is over is listed for the archive or for purging, and purged by that ground")
    func retention() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        let profile = try #require(LegalProfile.standard("wuhan"))
        _ = try federation[Self.city].publish(.profile(profile), actor: TestFederation.clerk)
        _ = try federation[Self.city].publish(.calendar(.standard), actor: TestFederation.clerk)
        try federation.settle()
        let (edition, catalogue) = try federation[Self.a].currentCatalogue()
        let item = try #require(catalogue.item(code: "penalty"))
        let validator = try TestRows.validator(item, today: federation.environment.today)
        let row = try #require(validator.validate(row: 1, cells: TestRows.penalty(1)).record)
        #expect(try federation[Self.a].record([row], item: item, edition: edition, actor: TestFederation.clerk) == [.effective])
        try federation.settle()
        #expect(try federation[Self.a].retention().lines.isEmpty)
        let record = try #require(try federation[Self.a].store.read { try $0.records(RecordFilter()) }.first).id
        federation.clock.advance(milliseconds: 5 * 366 * 86_400_000)
        let lines = try federation[Self.a].retention().lines
        #expect(lines.map(\.record) == [record] && lines.first?.due == .purge && lines.first?.retention?.basis == "wuhan \(profile.number)")
        #expect(try federation[Self.city].retention().lines == lines, "every node above sees the same")
        let from = try #require(lines.first?.retention?.purgeFrom)
        #expect(try federation[Self.a].retention(on: from.adding(days: -1)).lines.isEmpty)
        #expect(try federation[Self.a].retention(on: from).lines.count == 1)
        _ = try object(to: record, at: federation[Self.city])
        try federation.settle()
        #expect(try federation[Self.a].retention().lines.map(\.due) == [.held])
        #expect(try federation[Self.a].retention().lines.first?.retention?.holds == [.caseOpen])
    }

    @Test("Where the law says archive, what is over is shown to authorised readers alone, and no day is set for purging")
    func archive() throws {
        let federation = try TestFederation([Self.city, Self.district])
        var profile = try #require(LegalProfile.standard("henan"))
        profile.code = "wuhan"
        _ = try federation[Self.city].publish(.profile(profile), actor: TestFederation.clerk)
        try federation.settle()
        let (edition, catalogue) = try federation[Self.district].currentCatalogue()
        let item = try #require(catalogue.item(code: "penalty"))
        let row = try #require(try TestRows.validator(item, today: federation.environment.today).validate(row: 1, cells: TestRows.penalty(1)).record)
        #expect(try federation[Self.district].record([row], item: item, edition: edition, actor: TestFederation.clerk) == [.effective])
        let record = try #require(try federation[Self.district].store.read { try $0.records(RecordFilter()) }.first).id
        #expect(try federation[Self.district].concealment(of: record) == nil)
        federation.clock.advance(milliseconds: 6 * 366 * 86_400_000)
        #expect(try federation[Self.district].concealment(of: record) == .archived)
        let lines = try federation[Self.district].retention().lines
        #expect(lines.map(\.due) == [.archive] && lines.first?.retention?.purgeFrom == nil && lines.first?.retention?.isVerified == false)
        #expect(throws: NodeRefusal.self) { try federation[Self.district].purge(record, ground: .retention, basis: Self.basis, actor: TestFederation.clerk) }
    }

    @Test("A person's record is purged at the district, by a key that streets lack; entered again it is shown nowhere above the street")
    func persons() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        func enter() throws -> RowFate { try HonourRows.enter(person: 1, document: "表〔2025〕1号", at: Self.a, in: federation) }
        #expect(try enter() == .effective)
        try federation.settle()
        let record = try #require(try federation[Self.a].store.read { try $0.records(RecordFilter()) }.first).id
        do {
            _ = try federation[Self.a].purge(record, ground: .unlawful, basis: Self.basis, actor: TestFederation.clerk)
            Issue.record("a street cannot leave a person's tombstone")
        } catch let refusal as NodeRefusal { #expect(refusal.code == "tombstone-key") }
        _ = try federation[Self.district].purge(record, ground: .unlawful, basis: Self.basis, actor: TestFederation.clerk)
        try federation.settle()
        try expectGone(record, federation, missing: 1)
        #expect(try enter() == .effective, "the street cannot tell")
        var told: [String] = []
        try federation.sync(Self.a) { frame, _ in
            if case .verdicts(let verdicts) = frame { told += verdicts.map(\.rule) }
            return frame
        }
        #expect(told == ["purged"])
        try federation.settle()
        let again = try #require(try federation[Self.a].store.read { try $0.records(RecordFilter()) }.first).id
        for path in [Self.city, Self.district] {
            let view = try federation[path].view(of: again)
            #expect(view.shown.label == .purged && view.fields.isEmpty && view.subject == .unregistered(""), "\(path)")
            #expect(try federation[path].retention().lines.map(\.due) == [.purge])
        }
        _ = try federation[Self.district].purge(again, ground: .unlawful, basis: Self.basis, actor: TestFederation.clerk)
        try federation.settle()
        try expectGone(again, federation, missing: 2)
    }

    @Test("An order erases nothing but changes of its record")
    func nothingElse() throws {
        let (federation, record) = try standing()
        let street = federation[Self.a]
        let other = try street.store.read { try $0.records(RecordFilter(home: Self.home)) }[0].id
        let order = ErasureOrder(ground: .unlawful, erased: [record, other], tombstone: nil, basis: Self.basis)
        let tip = try street.store.write { tx in
            try street.append(
                [Change(record: record, actor: TestFederation.clerk, capturedAt: 1, kind: .erasure(order))], to: .lineage(of: street.path, upTo: 1), lane: .relief, tx
            ).tip
        }
        street.announce([tip])
        try federation.settle()
        try expectGone(record, federation, missing: 1)
        for path in Self.line { #expect(try federation[path].view(of: other).shown.label == .effective) }
    }
}

/// Honours of synthetic persons and organisations.
enum HonourRows {
    static func enter(person: Int?, document: String, at path: String, in federation: TestFederation, actor: Actor = TestFederation.clerk) throws -> RowFate {
        let (edition, catalogue) = try federation[path].currentCatalogue()
        let item = try #require(catalogue.item(code: "honour"))
        let subject = person.map { ["测试某甲", "自然人", "", "身份证", PersonListTests.number($0)] } ?? ["测试企业", "法人及非法人组织", "91000000TEXT000250", "", ""]
        let cells = subject + ["诚信个人", "市级", document, "2025/03/01", "", "测试机关", "11000000TEXT00017D", ""]
        let result = try TestRows.validator(item, today: federation.environment.today).validate(row: 1, cells: cells)
        return try federation[path].record([try #require(result.record, "\(result.problems)")], item: item, edition: edition, actor: actor)[0]
    }
}
