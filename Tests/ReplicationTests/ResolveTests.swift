import Registry
import Replication
import Testing

@Suite struct ResolveTests {
    private let id = Dot(replica: replica("wuhan/a/x"), counter: 1)

    private func shared(_ upTo: Int) -> Audience { .lineage(of: id.replica.path, upTo: upTo) }

    private var revocation: ChangeKind {
        .revocation(Revocation(naturalKey: .zero, authority: "11000000TEXT00017D", document: "撤〔2026〕1号", reason: "撤销", rank: .decidingUnit))
    }

    /// A random history of one record: drafts, entries, re-minted copies, concurrent and causal.
    private func history(_ random: inout SplitMix) -> [HeldChange] {
        var changes: [HeldChange] = []
        var counter: UInt64 = 0
        for n in 0..<Int.random(in: 1...7, using: &random) {
            counter += 1
            let dot = n == 0 ? id : Dot(replica: replica("wuhan/a/x", UInt64.random(in: 1...3, using: &random)), counter: counter + 10)
            var context = Context.empty
            if let seen = changes.randomElement(using: &random), Bool.random(using: &random) {
                context = Context([Context.Entry(replica: seen.dot.replica, through: 0, later: [seen.dot.counter])]) ?? .empty
            }
            let origin = changes.isEmpty || Int.random(in: 0..<4, using: &random) > 0 ? nil : changes.randomElement(using: &random)?.origin
            let copied = origin.flatMap { o in changes.first { $0.origin == o } }?.change.kind
            let made: ChangeKind = n > 0 && Int.random(in: 0..<6, using: &random) == 0
                ? revocation : state([Validity.draft, .submitted, .effective].randomElement(using: &random) ?? .draft, text: "v\(n)")
            let audience = [Audience.local, shared(2), shared(1), shared(1)].randomElement(using: &random) ?? .local
            changes.append(
                HeldChange(
                    dot: dot, change: Change(origin: origin, record: n == 0 ? nil : id, context: context, actor: actor, capturedAt: UInt64(n), kind: copied ?? made),
                    audience: audience))
        }
        return changes
    }

    @Test("resolve is a function of the set: any order, any duplication, equal bytes (guarantee 1)")
    func convergence() {
        Seeds.each(1000) { seed, random in
            let changes = history(&random)
            let expected = resolve(record: id, changes: changes)?.canonicalBytes
            #expect(expected != nil)
            for _ in 0..<5 {
                let delivered = (changes + changes.filter { _ in Bool.random(using: &random) }).shuffled(using: &random)
                #expect(resolve(record: id, changes: delivered)?.canonicalBytes == expected, "seed \(seed)")
            }
        }
    }

    @Test("A re-minted copy counts once and changes nothing")
    func originsCountOnce() {
        let first = HeldChange(dot: id, change: Change(actor: actor, capturedAt: 1, kind: state(.effective, text: "甲")), audience: shared(1))
        let again = HeldChange(
            dot: Dot(replica: replica("wuhan/a/x", 2), counter: 1), change: Change(origin: id, record: id, actor: actor, capturedAt: 9, kind: state(.effective, text: "甲")),
            audience: shared(1))
        #expect(resolve(record: id, changes: [first, again])?.canonicalBytes == resolve(record: id, changes: [first])?.canonicalBytes)
    }

    @Test("An effective state stands over a draft, whatever came later")
    func validityStands() {
        let draft = HeldChange(dot: id, change: Change(actor: actor, capturedAt: 9, kind: state(.draft, text: "甲")), audience: .local)
        let entered = HeldChange(
            dot: Dot(replica: id.replica, counter: 5), change: Change(record: id, actor: actor, capturedAt: 1, kind: state(.effective, text: "乙")),
            audience: shared(1))
        #expect(resolve(record: id, changes: [draft, entered])?.validity == .effective)
        #expect(resolve(record: id, changes: [draft, entered])?.fields == [RecordField(number: 1, value: .text("乙"))])
    }

    @Test("Clocks never touch content (guarantee 9)")
    func clocksDecideNothing() {
        Seeds.each(200) { seed, random in
            let changes = history(&random)
            let shifted = changes.map { held in
                var change = held.change
                change.capturedAt = UInt64.random(in: 0...4_000_000_000_000, using: &random)
                return HeldChange(dot: held.dot, change: change, audience: held.audience)
            }
            #expect(resolve(record: id, changes: changes)?.canonicalBytes == resolve(record: id, changes: shifted)?.canonicalBytes, "seed \(seed)")
        }
    }

    @Test("No order, duplication or audience makes a revoked record stand again (guarantee 3, P4)")
    func revocationAbsorbs() {
        Seeds.each(500) { seed, random in
            let changes = history(&random)
            let revoked = HeldChange(
                dot: Dot(replica: replica("wuhan/a/x", 9), counter: 99), change: Change(record: id, actor: actor, capturedAt: 0, kind: revocation),
                audience: [shared(1), shared(2)].randomElement(using: &random) ?? shared(1))
            let after = resolve(record: id, changes: (changes + [revoked]).shuffled(using: &random))
            #expect(after?.validity == .revoked, "seed \(seed)")
        }
    }

    @Test("Who saw the narrow audience and who only sees the wide one show the same bytes")
    func widening() {
        let narrow = HeldChange(dot: id, change: Change(actor: actor, capturedAt: 1, kind: state(.effective, text: "甲")), audience: shared(2))
        let wide = HeldChange(
            dot: Dot(replica: id.replica, counter: 8), change: Change(record: id, actor: actor, capturedAt: 2, kind: state(.effective, text: "甲")),
            audience: shared(1))
        #expect(resolve(record: id, changes: [narrow, wide])?.canonicalBytes == resolve(record: id, changes: [wide])?.canonicalBytes)
        #expect(resolve(record: id, changes: [narrow, wide])?.changes == [wide.dot])
    }

    @Test func naturalKeysKeepTheirPartsApart() {
        let a = NaturalKey(kind: "permit", authority: "A", document: "1", subject: .unregistered("23"), itemNumber: "")
        let b = NaturalKey(kind: "permit", authority: "A1", document: "", subject: .unregistered("23"), itemNumber: "")
        #expect(a != b)
    }

    @Test("A list is the same fold in any order, and a removal is absorbing")
    func listFold() {
        Seeds.each(300) { seed, random in
            let list = Dot(replica: replica("wuhan"), counter: 1)
            var entries: [ListFold.Entry] = [], removals: [ListRemoval] = []
            for n in 0..<Int.random(in: 0...12, using: &random) {
                let subject = SubjectKey.unregistered("户\(Int.random(in: 0..<4, using: &random))"), document = "文\(Int.random(in: 0..<3, using: &random))"
                if Int.random(in: 0..<3, using: &random) == 0 {
                    removals.append(ListRemoval(list: list, subject: subject, document: document, authority: "", reason: ""))
                } else {
                    entries.append(
                        ListFold.Entry(
                            id: Dot(replica: replica("wuhan"), counter: UInt64(n) + 2),
                            entry: ListEntry(
                                list: list, subject: subject, name: "", document: document, authority: "", since: .earliest, until: nil,
                                notice: Bool.random(using: &random) ? ListNotice(document: "告", servedOn: .earliest) : nil)))
                }
            }
            let standing = ListFold.standing(entries: entries, removals: removals)
            #expect(standing == ListFold.standing(entries: entries.shuffled(using: &random), removals: removals.shuffled(using: &random)), "seed \(seed)")
            for removal in removals { #expect(!standing.contains { $0.entry.subject == removal.subject && $0.entry.document == removal.document }, "seed \(seed)") }
            // The dumb twin: walk over every pair.
            var twin = Set<String>()
            for entry in entries where !removals.contains(where: { $0.subject == entry.entry.subject && $0.document == entry.entry.document }) {
                if entry.entry.notice == nil, removals.contains(where: { $0.subject == entry.entry.subject }) { continue }
                twin.insert("\(entry.entry.subject.lookupText)|\(entry.entry.document)")
            }
            #expect(Set(standing.map { "\($0.entry.subject.lookupText)|\($0.entry.document)" }) == twin, "seed \(seed)")
            #expect(standing.count == twin.count, "seed \(seed)")
        }
    }
}
