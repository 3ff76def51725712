import Registry
import Replication
import Testing

/// Properties of rules.md 3.5 over generated histories; a failing seed is printed.
@Suite struct ResolvePropertyTests {
    /// A random history of one decision at three tiers: entries, corrections, objections, replies, repairs, marks, each
    /// seeing a random part of what was before it.
    static func history(_ random: inout SplitMix, acts: ClosedRange<Int> = 0...10) -> CaseStory {
        var story = CaseStory()
        let nodes = ["wuhan/wuchang/jiyuqiao", "wuhan/wuchang", "wuhan"], units = [CaseStory.bureau, CaseStory.bureau, CaseStory.office]
        var records = [story.enter()]
        var objections: [(record: Dot, dot: Dot)] = []
        for n in 0..<Int.random(in: acts, using: &random) {
            let record = records.randomElement(using: &random) ?? records[0]
            let node = nodes.randomElement(using: &random) ?? nodes[0], unit = units.randomElement(using: &random) ?? units[0]
            let saw = story.changes.filter { $0.record == record && Int.random(in: 0..<3, using: &random) > 0 }.map(\.dot)
            let rank = [InstrumentRank.decidingUnit, .decidingUnit, .decidingUnit, .superior, .court].randomElement(using: &random) ?? .decidingUnit
            switch Int.random(in: 0..<14, using: &random) {
            case 0: records.append(story.enter(at: nodes.randomElement(using: &random), unit: unit, text: ["罚款", "警告"].randomElement(using: &random) ?? "罚款"))
            case 1...4:
                let value = amount(Int64.random(in: 1...3, using: &random) * 10_000)
                let follows = Bool.random(using: &random) ? "" : "决〔2026〕\(rank.rawValue)号"
                story.act(.correct(value, basis: .of(rank, n % 2 == 0 ? "" : "决〔2026〕\(rank.rawValue)-\(n)号", follows: follows)), on: record, at: node, unit: unit, saw: saw)
            case 5: story.act(.rename(.unregistered("某商行\(Int.random(in: 1...2, using: &random))"), basis: .of(rank)), on: record, at: node, unit: unit, saw: saw)
            case 6...7:
                let ground = [ObjectionGround.inaccurate, .overPeriod, .wrongSubject].randomElement(using: &random) ?? .inaccurate
                objections.append((record, story.act(.object(ground, receipt: "R-\(n)", on: n), on: record, at: node, unit: unit, saw: saw)))
            case 8...9:
                guard let one = objections.randomElement(using: &random) else { continue }
                let seen = story.changes.filter { $0.record == one.record && Bool.random(using: &random) }.map(\.dot)
                let outcome = ObjectionOutcome.allCases.randomElement(using: &random) ?? .upheld
                story.act(.reply(one.dot, outcome, rank), on: one.record, at: node, unit: unit, saw: seen)
            case 10:
                guard let one = objections.randomElement(using: &random) else { continue }
                story.act(.reviewRequest(ReviewRequest(objection: one.dot, receipt: "V-\(n)", requestedOn: day(n), statement: "不服")), on: one.record, at: node, saw: saw)
            case 11...12: story.act(.repair(RepairStep.allCases.randomElement(using: &random) ?? .applied), on: record, at: node, unit: unit, saw: saw)
            default:
                switch Int.random(in: 0..<8, using: &random) {
                case 0: story.revoke(record, rank: rank, at: node, unit: unit, saw: saw)
                case 1: story.act(.litigation(LitigationMark(caseNumber: "行初\(n % 2)", isClosed: Bool.random(using: &random))), on: record, at: node, saw: saw)
                case 2: story.act(.fulfilment(Fulfilment(isFulfilled: Bool.random(using: &random), basis: .of())), on: record, at: node, unit: unit, saw: saw)
                case 3: story.say(.kinship(Self.kinship(n, records, &random)), of: record, at: Bool.random(using: &random) ? "wuhan" : "wuhan/wuchang")
                case 4: story.say(.noted(Noted(changes: [records.randomElement(using: &random) ?? record])), of: record, at: node)
                default: story.act(.mark(PublicationStep.allCases.randomElement(using: &random) ?? .suspended), on: record, at: node, unit: unit, saw: saw)
                }
            }
        }
        return story
    }

    /// Of records that are there, and of one that is not; relief, or none.
    private static func kinship(_ n: Int, _ records: [Dot], _ random: inout SplitMix) -> Kinship {
        var others = Set(records.filter { _ in Bool.random(using: &random) })
        if others.isEmpty || Bool.random(using: &random) { others.insert(Dot(replica: replica("wuhan/wuchang/zhonghualu"), counter: 7)) }
        var said = Kinship(number: UInt64.random(in: 1...3, using: &random), others: others.sorted(), home: path("wuhan/wuchang"))
        if Int.random(in: 0..<4, using: &random) == 0 {
            let revocation = Revocation(naturalKey: .zero, authority: CaseStory.bureau, document: "撤〔2026〕他\(n % 2)号", reason: "撤销", rank: .decidingUnit)
            said.revocations = [Kinship.Withdrawn(change: Dot(replica: replica("wuhan/wuchang/zhonghualu"), counter: UInt64(8 + n % 2)), revocation: revocation)]
        }
        if Int.random(in: 0..<3, using: &random) == 0 { said.repair = [RepairState.repaired, .provisional, .unnecessary].randomElement(using: &random) }
        said.holds = KinHold.allCases.filter { _ in Int.random(in: 0..<8, using: &random) == 0 }
        return said
    }

    @Test("1: any order, duplication and partition gives equal bytes")
    func convergence() {
        Seeds.each(600) { seed, random in
            let story = Self.history(&random)
            let expected = story.views().map { $0.canonicalBytes + $0.shown.canonicalBytes }
            #expect(expected.count == 1)
            for _ in 0..<3 {
                let again = (story.changes + story.changes.filter { _ in Bool.random(using: &random) }).shuffled(using: &random)
                #expect(resolve(again, in: .plain).map { $0.canonicalBytes + $0.shown.canonicalBytes } == expected, "seed \(seed)")
            }
        }
    }

    @Test("The simple twin agrees on content, conflicts, cases, repair and marks")
    func twin() {
        Seeds.each(1500) { seed, random in
            let story = Self.history(&random, acts: 0...14)
            let view = story.view()
            let real = ResolveTwin.Answer(
                id: view.id, isRevoked: view.validity == .revoked, subject: view.subject.lookupText, fields: view.fields,
                conflicts: view.conflicts.map(\.part.number), proposals: Set(view.proposals.map(\.say.change)),
                statuses: Dictionary(uniqueKeysWithValues: view.cases.map { ($0.id, $0.status) }),
                receipts: Set(view.cases.flatMap { $0.receipts.map(\.number) }), repair: view.repair, fulfilment: view.fulfilment, litigation: Set(view.litigation))
            #expect(ResolveTwin(story.changes, home: path(story.home)).answer() == real, "seed \(seed)")
        }
    }

    @Test("2: after relief nothing published again, unless a withdrawal of the repair follows it")
    func noResurrection() {
        Seeds.each(600) { seed, random in
            let view = Self.history(&random).view()
            if view.validity == .revoked { #expect(view.shown.publication != .published, "seed \(seed)") }
            if view.repair.stopsPublication { #expect(view.shown.publication != .published, "seed \(seed)") }
        }
    }

    @Test("2, 3: a revocation added to any history ends publication and never shows more than before")
    func relief() {
        Seeds.each(400) { seed, random in
            var story = Self.history(&random)
            let record = story.changes[0].dot
            story.revoke(record)
            #expect(story.view().shown.publication != .published && story.view().validity == .revoked, "seed \(seed)")
        }
    }

    @Test("4: no receipt is ever lost, and each case has a reply that counts or is owed one")
    func replies() {
        Seeds.each(600) { seed, random in
            let story = Self.history(&random)
            let given: [String] = story.changes.compactMap { held in
                guard case .act(.objection(let objection)) = held.change.kind else { return nil }
                return objection.receipt
            }
            let view = story.view()
            #expect(view.cases.flatMap { $0.receipts.map(\.number) }.sorted() == given.sorted(), "seed \(seed)")
            for one in view.cases { #expect(one.replyOwed != one.replies.contains { $0.weight != .opinion }, "seed \(seed)") }
            #expect(view.shown.replies.map(\.id) == view.cases.filter(\.replyOwed).map(\.id))
        }
    }

    @Test("5: a value of a unit that may not decide never appears in the effective version")
    func competence() {
        Seeds.each(600) { seed, random in
            var story = Self.history(&random)
            let record = story.changes[0].dot
            let foreign = story.act(.correct(amount(777_000)), on: record, at: "wuhan", unit: CaseStory.authority, saw: story.changes.map(\.dot))
            let view = story.view()
            #expect(!view.fields.contains(amount(777_000)) && !view.corrections.contains(foreign), "seed \(seed)")
            #expect(view.proposals.contains { $0.say.change == foreign && $0.reason == .notCompetent }, "seed \(seed)")
        }
    }

    @Test("7: clocks and dates of the question change no content")
    func clocks() {
        Seeds.each(300) { seed, random in
            let story = Self.history(&random)
            let shifted = story.changes.map { held in
                var change = held.change
                change.capturedAt = UInt64.random(in: 0...4_000_000_000_000, using: &random)
                return HeldChange(dot: held.dot, change: change, audience: held.audience)
            }
            let expected = story.views().map(\.canonicalBytes)
            #expect(resolve(shifted, in: .plain).map(\.canonicalBytes) == expected, "seed \(seed)")
            #expect(resolve(shifted, in: .on(Int.random(in: -3650...3650, using: &random))).map(\.canonicalBytes) == expected, "seed \(seed)")
        }
    }

    @Test("Acts survive their coding bit for bit")
    func coding() throws {
        try Seeds.each(200) { seed, random in
            for held in Self.history(&random).changes {
                let bytes = try held.change.serialized()
                #expect(try Change(serialized: bytes) == held.change, "seed \(seed)")
            }
        }
    }
}
