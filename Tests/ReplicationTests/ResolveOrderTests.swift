import Registry
import Replication
import Testing

/// What overrules what is an order, seen through `resolve` alone: which of two values counts, which stands beside it.
@Suite struct ResolveOrderTests {
    /// What became of two corrections of one field, each with a value of its own.
    private enum Fate: Equatable { case first, second, firstOutranks, secondOutranks, conflict }

    private func fate(_ story: CaseStory, _ a: Dot, _ b: Dot) -> Fate? {
        let entry = story.changes[0].dot
        let view = resolve(story.changes.filter { [entry, a, b].contains($0.dot) }, in: .plain).first
        guard let view else { return nil }
        if !view.conflicts.isEmpty { return .conflict }
        let beside = view.proposals.contains { $0.reason == .outranked }
        return view.corrections == [a] ? (beside ? .firstOutranks : .first) : (beside ? .secondOutranks : .second)
    }

    /// Corrections of one field at three nodes of one line, each author holding a random but causally closed part of the past.
    private func history(_ random: inout SplitMix) -> (story: CaseStory, dots: [Dot], saw: [Dot: Set<Dot>], ranks: [Dot: InstrumentRank]) {
        var story = CaseStory()
        let entry = story.enter(amount: 999_000), nodes = ["wuhan/wuchang/jiyuqiao", "wuhan/wuchang", "wuhan"]
        var dots: [Dot] = [], saw: [Dot: Set<Dot>] = [:], ranks: [Dot: InstrumentRank] = [:], latest: [String: Dot] = [:]
        for n in 0..<Int.random(in: 2...6, using: &random) {
            let node = nodes.randomElement(using: &random) ?? nodes[0]
            var past: Set<Dot> = [entry]
            // What one holds, one holds with all that it followed; and always one's own.
            for other in dots where Bool.random(using: &random) { past.formUnion((saw[other] ?? []).union([other])) }
            if let own = latest[node] { past.formUnion((saw[own] ?? []).union([own])) }
            let rank = [InstrumentRank.decidingUnit, .superior, .reconsideration, .court].randomElement(using: &random) ?? .decidingUnit
            let dot = story.act(
                .correct(amount(Int64(n + 1) * 1_000), basis: .of(rank, "决〔2026〕\(n)号")), on: entry, at: node, saw: past.sorted())
            dots.append(dot)
            (saw[dot], ranks[dot], latest[node]) = (past, rank, dot)
        }
        return (story, dots, saw, ranks)
    }

    @Test("Supersession is a strict partial order: nothing overrules itself or its overruler, and what overrules an overruler overrules")
    func partialOrder() {
        Seeds.each(1500) { seed, random in
            let (story, dots, saw, ranks) = history(&random)
            var over: Set<[Dot]> = []
            for a in dots {
                for b in dots where a != b {
                    let rankA = ranks[a] ?? .technical, rankB = ranks[b] ?? .technical
                    if saw[a]?.contains(b) == true, rankA >= rankB { over.insert([a, b]) }
                    let expected: Fate =
                        if saw[a]?.contains(b) == true { rankA >= rankB ? .first : .second }
                        else if saw[b]?.contains(a) == true { rankB >= rankA ? .second : .first }
                        else { rankA == rankB ? .conflict : rankA > rankB ? .firstOutranks : .secondOutranks }
                    #expect(fate(story, a, b) == expected, "seed \(seed)")
                    // The other way round the same answer.
                    let mirror: [Fate] = [.second, .first, .secondOutranks, .firstOutranks, .conflict]
                    let names: [Fate] = [.first, .second, .firstOutranks, .secondOutranks, .conflict]
                    #expect(fate(story, b, a) == zip(names, mirror).first { $0.0 == expected }?.1, "seed \(seed)")
                }
            }
            for pair in over {
                #expect(!over.contains([pair[1], pair[0]]), "seed \(seed): two overrule each other")
                for third in dots where over.contains([pair[1], third]) { #expect(over.contains([pair[0], third]), "seed \(seed): not transitive") }
            }
        }
    }

    @Test("What counts in the end is never overruled by anything, whatever else is held")
    func maxima() {
        Seeds.each(1500) { seed, random in
            let (story, dots, saw, ranks) = history(&random)
            let view = story.view(), counting = view.corrections + view.conflicts.flatMap { $0.says.map(\.change) }
            #expect(!counting.isEmpty, "seed \(seed)")
            for one in counting {
                for other in dots where other != one {
                    let overruled = saw[other]?.contains(one) == true && (ranks[other] ?? .technical) >= (ranks[one] ?? .technical)
                    // An overruler that itself ceded to something higher overrules nothing.
                    let ceded = dots.contains { saw[other]?.contains($0) == true && (ranks[$0] ?? .technical) > (ranks[other] ?? .technical) }
                    #expect(!overruled || ceded, "seed \(seed): \(one.short) counts though \(other.short) overrules it")
                }
                #expect(!dots.contains { saw[one]?.contains($0) == true && (ranks[$0] ?? .technical) > (ranks[one] ?? .technical) }, "seed \(seed): counts against what it saw")
            }
        }
    }

    @Test("Ranks are a total order, and of concurrent corrections the higher rank counts, whichever three are taken")
    func ranks() {
        let ranks = InstrumentRank.allCases
        for a in ranks {
            #expect(!(a < a))
            for b in ranks {
                #expect([a < b, b < a, a == b].count { $0 } == 1)
                for c in ranks where a < b && b < c { #expect(a < c) }
            }
        }
        let named = ranks.filter { $0 >= .decidingUnit }
        for a in named {
            for b in named where b != a {
                for c in named where c != a && c != b {
                    var story = CaseStory()
                    let entry = story.enter()
                    var dots: [InstrumentRank: Dot] = [:]
                    for (node, rank) in zip(["wuhan/wuchang/jiyuqiao", "wuhan/wuchang", "wuhan"], [a, b, c]) {
                        dots[rank] = story.act(.correct(amount(Int64(rank.rawValue) * 1000), basis: .of(rank, "决〔2026〕\(rank.rawValue)号")), on: entry, at: node, saw: [entry])
                    }
                    let highest = [a, b, c].max() ?? a
                    #expect(story.view().corrections == [dots[highest]] && story.view().conflicts.isEmpty)
                    #expect(story.view().proposals.count == 2 && story.view().proposals.allSatisfy { $0.reason == .outranked })
                }
            }
        }
    }
}
