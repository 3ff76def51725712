import Registry
import Replication
import Testing

/// More properties of rules.md 3.5 as far as they can be told of `resolve`; a failing seed is printed.
@Suite struct ResolveSafetyTests {
    private static func bytes(_ views: [RecordView]) -> [[UInt8]] { views.map { $0.canonicalBytes + $0.shown.canonicalBytes } }

    @Test("1: whatever part was held before, delivery by delivery, the whole is the same in the end")
    func deliveries() {
        Seeds.each(400) { seed, random in
            let story = ResolvePropertyTests.history(&random, acts: 2...10)
            let whole = Self.bytes(story.views())
            var held: [HeldChange] = [], rest = story.changes.shuffled(using: &random)
            while !rest.isEmpty {
                // A delivery brings some of what is missing and repeats some of what is known.
                let new = rest.prefix(Int.random(in: 1...rest.count, using: &random))
                rest.removeFirst(new.count)
                held = new + held.filter { _ in Int.random(in: 0..<4, using: &random) == 0 } + held
                _ = resolve(held, in: .plain)
            }
            #expect(Self.bytes(resolve(held, in: .plain)) == whole, "seed \(seed)")
        }
    }

    @Test("3: relief added to a history publishes nothing that was not published, neither this decision nor another")
    func monotoneRelief() {
        Seeds.each(800) { seed, random in
            var story = ResolvePropertyTests.history(&random)
            let record = story.changes[0].dot
            let other = story.enter(at: "wuhan/wuchang/zhonghualu", subject: .unregistered("另一商行"))
            var keys: [Dot: [UInt8]] = [other: [2]]
            for held in story.changes where held.record != other { keys[held.record] = [1] }
            let before = resolve(story.changes, naturalKeys: keys, in: .plain)
            let saw = Bool.random(using: &random) ? story.changes.filter { $0.record == record }.map(\.dot) : [record]
            switch Int.random(in: 0..<6, using: &random) {
            case 0: story.revoke(record, saw: saw)
            case 1: story.act(.repair(.approved), on: record, saw: saw)
            case 2: story.act(.repair(.provisional), on: record, saw: saw)
            case 3: story.act(.mark(.suspended), on: record, at: "wuhan", saw: saw)
            case 4: story.act(.mark(.stopped), on: record, at: "wuhan", saw: saw)
            default: story.act(.object(.wrongSubject, receipt: "R-X"), on: record, at: "wuhan", saw: saw)
            }
            let after = resolve(story.changes, naturalKeys: keys, in: .plain)
            #expect(before.count == after.count, "seed \(seed)")
            for (was, now) in zip(before, after) {
                if was.shown.publication != .published { #expect(now.shown.publication != .published, "seed \(seed)") }
                if now.id == other || now.aliases.contains(other) { #expect(Self.bytes([was]) == Self.bytes([now]), "seed \(seed): another decision changed") }
            }
        }
    }

    @Test("6: a natural person is never published where the law does not say so, whatever was done")
    func persons() {
        Seeds.each(400) { seed, random in
            var story = ResolvePropertyTests.history(&random)
            let digest = Digest((0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }) ?? .zero
            let person = PersonNumber(document: .citizenID, digest: digest, ciphertext: [1], sealedAt: path("wuhan/wuchang"), keyEpoch: 1)
            let record = story.changes[0].dot, saw = story.changes.map(\.dot)
            story.act(.rename(.person(person), basis: .of(.court, "判〔2026〕99号")), on: record, at: "wuhan", saw: saw)
            for law in ["hubei", "wuhan", "shandong", "zhejiang"] {
                var circumstances = ViewCircumstances.plain
                circumstances.profile = LegalProfile.standard(law)
                for view in story.views(circumstances) where view.subject.kind == .person {
                    #expect(view.shown.publication != .published && view.shown.reasons.contains(.person), "seed \(seed), \(law)")
                }
            }
        }
    }

    @Test("8: what a new incarnation mints again under its origin loses nothing and doubles nothing")
    func remints() {
        Seeds.each(400) { seed, random in
            let story = ResolvePropertyTests.history(&random)
            var counter: UInt64 = 0
            let reminted = story.changes.flatMap { held -> [HeldChange] in
                guard Bool.random(using: &random) else { return [held] }
                counter += 1
                var change = held.change
                change.origin = held.dot
                // A record that is minted again keeps its id.
                if change.record == nil { change.record = held.dot }
                let copy = HeldChange(dot: Dot(replica: replica(held.dot.replica.path.description, 9), counter: counter), change: change, audience: held.audience)
                // The first one surfaces too, or never.
                return Bool.random(using: &random) ? [copy] : [copy, held]
            }
            #expect(Self.bytes(resolve(reminted.shuffled(using: &random), in: .plain)) == Self.bytes(story.views()), "seed \(seed)")
        }
    }

    @Test("9: without a catalogue item nothing is published, whatever was done")
    func catalogueGate() {
        Seeds.each(300) { seed, random in
            var circumstances = ViewCircumstances.plain
            circumstances.item = nil
            for view in ResolvePropertyTests.history(&random).views(circumstances) {
                #expect(view.shown.publication != .published, "seed \(seed)")
            }
        }
    }

    @Test("10: a decision is counted once, however many entered it and in whatever order it came; streets and city count the same")
    func counts() {
        Seeds.each(400) { seed, random in
            var story = CaseStory()
            var keys: [Dot: [UInt8]] = [:], streets: [String: Set<[UInt8]>] = [:]
            let decisions = Int.random(in: 1...8, using: &random)
            for decision in 0..<decisions {
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let street = "wuhan/wuchang/s\(Int.random(in: 1...3, using: &random))"
                    keys[story.enter(at: street)] = [UInt8(decision)]
                    streets[street, default: []].insert([UInt8(decision)])
                }
            }
            let city = resolve(story.changes.shuffled(using: &random), naturalKeys: keys, in: .plain)
            #expect(city.count == decisions, "seed \(seed)")
            #expect(Set(city.compactMap { keys[$0.id] }) == streets.values.reduce(into: Set()) { $0.formUnion($1) }, "seed \(seed)")
            #expect(city.reduce(0) { $0 + 1 + $1.aliases.count } == keys.count, "seed \(seed): an entry is lost, or counted twice")
        }
    }

    @Test("M30: what a correction made shorter, a mere correction does not make longer again")
    func m30Back() {
        var story = CaseStory()
        let record = story.enter()
        let entered = story.view().shown.publicUntil
        let first = story.act(.correct(RecordField(number: 5, value: .date(day(-100)))), on: record, saw: [record])
        let short = story.view().shown.publicUntil
        let back = story.act(.correct(RecordField(number: 5, value: .date(day(0)))), on: record, saw: [record, first])
        #expect(short.map { $0 < entered ?? .earliest } == true && story.view().shown.publicUntil == short && story.view().tickets.map(\.rule) == ["M30"])
        #expect(story.view(.on(300)).shown.reasons.contains(.expired))
        story.act(.correct(RecordField(number: 5, value: .date(day(0))), basis: .of(.decidingUnit, "〔2026〕2号")), on: record, saw: [record, first, back])
        #expect(story.view().shown.publicUntil == entered && story.view().tickets.isEmpty)
    }
}
