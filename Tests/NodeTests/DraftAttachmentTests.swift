import Node
import Registry
import Replication
import Storage
import Testing

/// Scans of a record that is not effective yet: they stay here with the draft, and go up when it does.
@Suite struct DraftAttachmentTests {
    private static let city = "wuhan", district = "wuhan/wuchang", street = "wuhan/wuchang/jiyuqiao"

    private func draft(_ federation: TestFederation, _ index: Int = 1) throws -> Dot {
        let node = federation[Self.street]
        let (fate, record) = try node.enter(try federation.rows(1, from: index, street: Self.street)[0], try node.terms(item: "permit", actor: DraftTests.person("甲")))
        #expect(fate == .draft)
        return try #require(record)
    }

    @discardableResult
    private func attach(_ seed: UInt8, _ name: String, to record: Dot, at node: Node, actor: Actor = DraftTests.person("甲")) throws -> [AttachmentFate] {
        let staged = try node.stage()
        try node.extend(staged, by: Array("%PDF-1.7\n".utf8) + [UInt8](repeating: seed, count: 3000))
        _ = try node.finish(staged)
        return try node.attach([AttachmentPlan(staged: staged.id, salt: staged.salt, name: name)], to: record, actor: actor)
    }

    private func code(_ body: () throws -> Void) -> String? {
        do { try body() } catch let refusal as NodeRefusal { return refusal.code } catch { return "\(error)" }
        return nil
    }

    private func names(_ node: Node, _ record: Dot) throws -> [String] { try node.attachments(of: record).map(\.attachment.name) }

    /// Contents wanted, and bytes held.
    private func contents(_ node: Node) throws -> [Int] {
        let totals = try node.store.read { try $0.blobTotals() }
        return [totals.wanted, Int(totals.bytes)]
    }

    private func expectSound(_ federation: TestFederation) throws {
        for path in [Self.city, Self.district, Self.street] {
            #expect(try federation[path].verify().faults.isEmpty, "\(path)")
            let rebuilt = try federation[path].rebuild()
            #expect(rebuilt.before == rebuilt.after, "\(path)")
        }
    }

    @Test("Attached by one person, approved with the record by another: then every tier knows of the files, once each, and asks for them")
    func approved() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.street])
        try federation.settle()
        let node = federation[Self.street], record = try draft(federation)
        try attach(1, "决定书.pdf", to: record, at: node)
        #expect(code { try attach(3, "他.pdf", to: record, at: node, actor: Actor(unit: try #require(CreditCode("91000000TEXT000250")).text, operator: "丁")) } == "other-unit")
        try attach(2, "附图.pdf", to: record, at: node)
        if case .unchanged? = try attach(2, "附图再.pdf", to: record, at: node).first {} else { Issue.record("the same file twice") }
        try federation.settle()
        #expect(try contents(federation[Self.district]) == [0, 0])
        _ = try node.step(.submitted, drafts: [record], actor: DraftTests.person("甲"))
        #expect(code { try attach(3, "迟.pdf", to: record, at: node) } == "draft-submitted", "nothing is added behind the reviewer's back")
        _ = try node.approve([record], actor: DraftTests.person("乙"))
        try federation.settle()
        for path in [Self.street, Self.district, Self.city] {
            #expect(try names(federation[path], record) == ["决定书.pdf", "附图.pdf"], "\(path)")
            let change = try #require(try federation[path].attachments(of: record).first).change
            #expect(change.replica.path.description == Self.street)
        }
        let known = try federation[Self.district].store.read { try $0.blobTotals() }
        #expect(known.wanted + known.held == 2)
        #expect(try federation[Self.city].view(of: record).changes.count == 2, "the state, and its files")
        // Of an effective record files need a reviewer, as before.
        #expect(code { try attach(4, "补充.pdf", to: record, at: node) } == "four-eyes")
        try attach(4, "补充.pdf", to: record, at: node, actor: TestFederation.clerk)
        #expect(try names(node, record) == ["决定书.pdf", "附图.pdf", "补充.pdf"])
        try expectSound(federation)
        try node.dropAllStaged()
        // Purged, they go at every tier, the local ones too.
        _ = try node.purge(record, ground: .unlawful, basis: ErasureTests.basis, actor: TestFederation.clerk)
        try federation.settle()
        for path in [Self.street, Self.district, Self.city] { #expect(try contents(federation[path]) == [0, 0], "\(path)") }
        try expectSound(federation)
    }

    @Test("Sent back for a missing scan, it is submitted again once the scan is there")
    func mended() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.street])
        try federation.settle()
        let node = federation[Self.street], record = try draft(federation)
        _ = try node.step(.submitted, drafts: [record], actor: DraftTests.person("甲"))
        _ = try node.step(.returned, drafts: [record], code: RejectCode.allCases[0].rawValue, reason: "缺决定书扫描件", actor: DraftTests.person("乙"))
        #expect(code { _ = try node.step(.submitted, drafts: [record], actor: DraftTests.person("甲")) } == "not-mended")
        try attach(1, "决定书.pdf", to: record, at: node)
        _ = try node.step(.submitted, drafts: [record], actor: DraftTests.person("甲"))
        _ = try node.approve([record], actor: DraftTests.person("乙"))
        try federation.settle()
        #expect(try names(federation[Self.city], record) == ["决定书.pdf"])
        try expectSound(federation)
    }
}
