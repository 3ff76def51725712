import Foundation
@testable import Node
import Registry
import Replication
import Sealing
import Storage
import Testing

/// Editions as checkpoints: counts and set hashes kept beside the rows, compared with what the issuer signed.
@Suite struct ListEditionTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao"

    static func code(_ n: Int) throws -> CreditCode {
        let text = "91000000TEXT", digits = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
        for check in digits {
            for inner in digits {
                let serial = String(1000 + n) + String(inner)
                if case .valid(let code, _) = CreditCode.parse(text + serial + String(check)) { return code }
            }
        }
        throw NodeRefusal(.badInput, "code", zh: "", en: "no code \(n)")
    }

    private func list(_ federation: TestFederation) throws -> Dot {
        try federation[Self.city].createList(
            ListOpened(code: "serious", title: "名单", basis: "测试依据第一条", authority: "11000000TEXT00017D", maxAge: 3600), actor: TestFederation.clerk)
    }

    private func addition(_ n: Int, _ document: String = "文1", in federation: TestFederation) throws -> ListAddition {
        ListAddition(
            subject: .organisation(try Self.code(n)), name: "测试企业\(n)", document: document, since: federation.environment.today, until: nil,
            notice: ListNotice(document: "告\(n)", servedOn: federation.environment.today))
    }

    private func stage(_ range: Range<Int>, _ federation: TestFederation) throws {
        let fates = try federation[Self.city].stage(code: "serious", range.map { try addition($0, in: federation) }, actor: TestFederation.clerk)
        #expect(fates.count == range.count)
    }

    private func publish(_ federation: TestFederation) throws {
        _ = try federation[Self.city].publishList(code: "serious", actor: TestFederation.clerk)
    }

    private func ask(_ n: Int, at path: String, _ federation: TestFederation) throws -> LookupListAnswer {
        try #require(try federation[path].lookup(try Self.code(n), purpose: "测试", actor: TestFederation.loneClerk).lists.first)
    }

    @Test("Counts and set hash equal the fold of all rows, whatever was added, removed and published in between")
    func twin() throws {
        for seed in UInt64(1)...4 {
            let federation = try TestFederation([Self.city, Self.district], seed: seed)
            let random = TestRandom(seed: seed), id = try list(federation)
            let city = federation[Self.city]
            for _ in 0..<25 {
                let n = random.below(8), document = "文\(random.below(2))"
                switch random.below(4) {
                case 0, 1: _ = try city.stage(code: "serious", [try addition(n, document, in: federation)], actor: TestFederation.clerk)
                case 2: _ = try? city.removeFromList(code: "serious", subject: try Self.code(n), document: document, reason: "测试", actor: TestFederation.clerk)
                default: try publish(federation)
                }
            }
            try publish(federation)
            try federation.settle()
            for path in [Self.city, Self.district] {
                let node = federation[path]
                var rows: [ListEntryRow] = [], removals: [ListRemoval] = []
                try node.store.read { tx in try tx.eachEntry(of: id) { rows.append($0) } }
                for row in rows where row.removed { removals.append(ListRemoval(list: id, subject: .unregistered(row.subject), document: row.document, authority: "", reason: "")) }
                let fold = ListFold.standing(
                    entries: rows.filter(\.published).map { row in
                        ListFold.Entry(id: row.id, entry: ListEntry(list: id, subject: .unregistered(row.subject), name: "", document: row.document, authority: "", since: row.since, until: row.until, notice: row.notice))
                    }, removals: removals)
                let state = try #require(try node.listStates().first)
                #expect(state.standing == fold.count && state.removed == rows.filter { $0.published && $0.removed }.count, "seed \(seed) at \(path)")
                #expect(state.staged == 0 && state.isConfirmed, "seed \(seed) at \(path)")
                #expect(try node.verify().faults.isEmpty, "seed \(seed) at \(path)")
                let before = try node.projectionDigest()
                #expect(try node.rebuild().after == before, "seed \(seed) at \(path)")
            }
            #expect(try federation[Self.district].publishedDigest() == city.publishedDigest())
        }
    }

    @Test("A publication of several transactions goes out whole, and its edition confirms it below")
    func pages() throws {
        let federation = try TestFederation([Self.city, Self.district])
        _ = try list(federation)
        try stage(0..<5, federation)
        try publish(federation)
        // More than fits one transaction; synthetic codes are few, so documents tell the entries apart.
        var additions: [ListAddition] = []
        for n in 0..<2100 { additions.append(try addition(n % 50, "文号\(n)", in: federation)) }
        #expect(try federation[Self.city].stage(code: "serious", additions, actor: TestFederation.clerk).count == 2100)
        #expect(try federation[Self.city].stage(code: "serious", [additions[7]], actor: TestFederation.clerk) == [.unchanged])
        #expect(try federation[Self.city].listStates().first?.staged == 2100)
        try publish(federation)
        let state = try #require(try federation[Self.city].listStates().first)
        #expect(state.standing == 2105 && state.staged == 0 && state.edition?.number == 2 && state.isConfirmed)
        try federation.settle()
        let below = try #require(try federation[Self.district].listStates().first)
        #expect(below.standing == 2105 && below.isConfirmed && below.edition?.number == 2)
        #expect(try ask(7, at: Self.district, federation).verdict == .onTheList)
    }

    @Test("An edition that does not fit the entries held makes look-ups say so, and a true one mends it")
    func mismatch() throws {
        let federation = try TestFederation([Self.city, Self.district])
        let id = try list(federation)
        try stage(0..<3, federation)
        try publish(federation)
        let city = federation[Self.city]
        // The issuer signs something else than it published: a defect, or a forged projection.
        try forge(ListEdition(list: id, number: 2, entries: 3, digest: .zero), at: city)
        _ = try city.stateFreshness(of: id)
        try federation.settle()
        for n in [0, 7] {
            let answer = try ask(n, at: Self.district, federation)
            #expect(answer.verdict == .tooStaleToSay && answer.reason == .editionDiffers)
        }
        try publish(federation)
        try federation.settle()
        #expect(try ask(0, at: Self.district, federation).verdict == .onTheList && ask(7, at: Self.district, federation).verdict == .notOnTheList)
    }

    @Test("An edition cannot undo a removal that is held, and an older one changes nothing")
    func cannotUndo() throws {
        let federation = try TestFederation([Self.city, Self.district])
        let id = try list(federation)
        try stage(0..<2, federation)
        try publish(federation)
        let city = federation[Self.city]
        let first = try #require(try city.listStates().first?.edition)
        _ = try city.removeFromList(code: "serious", subject: try Self.code(0), document: "文1", reason: "已履行", actor: TestFederation.clerk)
        // Checkpoints of the very set that held the entry: once as the newest, once as an older one.
        try forge(ListEdition(list: id, number: 5, entries: first.entries, digest: first.digest), at: city)
        try forge(ListEdition(list: id, number: 3, entries: first.entries, digest: first.digest), at: city)
        _ = try city.stateFreshness(of: id)
        try federation.settle()
        for path in [Self.city, Self.district] {
            #expect(try ask(0, at: path, federation).verdict == .notOnTheList && ask(1, at: path, federation).verdict == .onTheList, "\(path)")
            #expect(try federation[path].listStates().first?.edition?.number == 5, "\(path)")
        }
        try publish(federation)
        #expect(try city.listStates().first?.edition?.number == 6)
    }

    @Test("A relay that keeps the relief lane back gets no answer out of the street once the issuer has spoken of it")
    func withheldRemoval() throws {
        let federation = try TestFederation([Self.city, Self.district])
        let id = try list(federation)
        try stage(0..<1, federation)
        try publish(federation)
        try federation.settle()
        _ = try federation[Self.city].removeFromList(code: "serious", subject: try Self.code(0), document: "文1", reason: "已履行", actor: TestFederation.clerk)
        _ = try federation[Self.city].stateFreshness(of: id)
        try federation.sync(Self.district) { frame, up in
            if !up, case .changeSet(let sealed) = frame, (try? Header(serialized: sealed.header))?.ledger.lane == .relief { return nil }
            return frame
        }
        let answer = try ask(0, at: Self.district, federation)
        #expect(answer.verdict == .tooStaleToSay && answer.reason == .removalsWithheld)
        try federation.sync(Self.district)
        #expect(try ask(0, at: Self.district, federation).verdict == .notOnTheList)
    }

    @Test("Damaged counts or hashes of a list show, and rebuilding mends them")
    func damaged() throws {
        let federation = try TestFederation([Self.city])
        _ = try list(federation)
        try stage(0..<3, federation)
        try publish(federation)
        try federation[Self.city].store.close()
        try sqlite(federation.file(Self.city), "UPDATE list_state SET added_hash = zeroblob(2048)")
        try federation.reopen(Self.city)
        #expect(try federation[Self.city].verify().faults.map(\.rule) == ["list-state"])
        _ = try federation[Self.city].rebuild()
        #expect(try federation[Self.city].verify().faults.isEmpty)
    }

    /// Seals an edition of the issuer's that its own operations would not make.
    private func forge(_ edition: ListEdition, at node: Node) throws {
        _ = try node.writing { tx in try node.issue([.listEdition(edition)], TestFederation.clerk, to: .published, tx) }
    }
}
