import Registry
import Replication
import Testing

@Suite struct CausalityTests {
    @Test("A context contains exactly what was held: gaps are never papered over (trap 16)")
    func contextsAreExact() {
        Seeds.each(300) { seed, random in
            var held: [(replica: ReplicaID, changes: [(counter: UInt64, previous: UInt64)])] = []
            var expected: Set<Dot> = [], missing: Set<Dot> = []
            for name in ["wuhan", "wuhan/a", "wuhan/b"].shuffled(using: &random) {
                var counter: UInt64 = 0, previous: UInt64 = 0
                var mine: [(counter: UInt64, previous: UInt64)] = []
                for _ in 0..<Int.random(in: 1...8, using: &random) {
                    counter += UInt64.random(in: 1...5, using: &random)
                    let dot = Dot(replica: replica(name), counter: counter)
                    if Bool.random(using: &random) {
                        mine.append((counter, previous))
                        expected.insert(dot)
                    } else {
                        missing.insert(dot)
                    }
                    previous = counter
                }
                held.append((replica(name), mine.shuffled(using: &random)))
            }
            let context = Context(holding: held)
            for dot in expected { #expect(context.contains(dot), "seed \(seed): \(dot.short)") }
            for dot in missing { #expect(!context.contains(dot), "seed \(seed): \(dot.short)") }
            #expect(Context(context.entries) == context, "seed \(seed): the invariants hold")
        }
    }

    @Test func contextsFromOutsideMustBeOrdered() {
        let a = Context.Entry(replica: replica("wuhan"), through: 3, later: [5, 7])
        let b = Context.Entry(replica: replica("wuhan/a"), through: 0, later: [2])
        #expect(Context([a, b]) != nil)
        #expect(Context([b, a]) == nil)
        #expect(Context([a, a]) == nil)
        #expect(Context([Context.Entry(replica: replica("wuhan"), through: 3, later: [3])]) == nil)
        #expect(Context([Context.Entry(replica: replica("wuhan"), through: 0)]) == nil)
    }

    @Test func dotsReadBackAsPrinted() {
        let dot = Dot(replica: replica("wuhan/wuchang/jiyuqiao", 99), counter: 17)
        #expect(Dot(dot.description) == dot)
        for bad in ["", "wuhan:1", "wuhan#00:1", dot.description + "x", "Wuhan#\(Incarnation(high: 1, low: 1)):1", "wuhan#\(Incarnation(high: 1, low: 1)):0"] {
            #expect(Dot(bad) == nil, "\(bad)")
        }
    }

    @Test("The hybrid clock never goes back, whatever the wall clock does")
    func hybridTime() {
        Seeds.each(50) { _, random in
            var time = HybridTime(raw: 0)
            for _ in 0..<200 {
                let next = time.advanced(to: UInt64.random(in: 0...4_000_000_000_000, using: &random))
                #expect(next > time)
                time = next
            }
        }
    }

    @Test func audiencesAreConnectedPartsOfTheTree() {
        let paths = ["wuhan", "wuhan/a", "wuhan/a/x", "wuhan/a/y", "wuhan/b", "wuhan/b/z"].map { path($0) }
        for author in paths {
            for audience in [Audience.local, .published] + paths.flatMap({ of in (1...3).map { Audience.lineage(of: of, upTo: $0) } }) where audience.admits(author: author) {
                #expect(Audience(audience.description) == audience)
                let members = paths.filter { audience.includes($0, author: author) }
                #expect(members.contains(author), "\(author) \(audience)")
                // Between any two members on one line everybody is a member: no routing table is needed.
                for a in members {
                    for b in members where a.isProperAncestor(of: b) {
                        for between in paths where a.isProperAncestor(of: between) && between.isProperAncestor(of: b) {
                            #expect(members.contains(between), "\(audience) of \(author): \(between)")
                        }
                    }
                }
            }
        }
        #expect(!Audience.lineage(of: path("wuhan/a/x"), upTo: 2).includes(path("wuhan"), author: path("wuhan/a/x")))
        #expect(!Audience.published.includes(path("wuhan/b"), author: path("wuhan/a")))
    }
}
