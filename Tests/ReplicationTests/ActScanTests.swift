import Registry
import Replication
import Testing

/// The quick reader of acts does exactly what the general one does.
@Suite struct ActScanTests {
    private func acts(_ random: inout SplitMix) -> [Change] {
        let story = ResolvePropertyTests.history(&random, acts: 4...14), dots = story.changes.map(\.dot)
        func any() -> Dot { dots.randomElement(using: &random) ?? dots[0] }
        return story.changes.map { held in
            var change = held.change
            change.previous = UInt64.random(in: 0...3, using: &random)
            change.editions = (0..<Int.random(in: 0...2, using: &random)).map { Digest(a: UInt64($0), b: 2, c: 3, d: 4) }
            if case .act(.correction(var correction)) = change.kind {
                if Bool.random(using: &random) { correction.cleared = [7, 9] }
                if Bool.random(using: &random) { correction.source = Digest(a: 9, b: 8, c: 7, d: 6) }
                if Bool.random(using: &random) { (correction.objection, correction.target) = (any(), ReliefTarget(naturalKey: Digest(a: 1, b: 2, c: 3, d: 4), authority: "甲")) }
                if Bool.random(using: &random) { correction.basis.digest = Digest(a: 5, b: 5, c: 5, d: 5) }
                change.kind = .act(.correction(correction))
            }
            return change
        }
    }

    @Test("Both readers give the same change")
    func same() throws {
        try Seeds.each(300) { seed, random in
            for change in acts(&random) {
                let bytes = try change.serializedGenerally()
                #expect(try Change(serialized: bytes) == change, "seed \(seed)")
                #expect(try Change(generally: bytes) == change, "seed \(seed)")
            }
        }
    }

    @Test("Broken, cut and altered bytes: both readers agree on every one")
    func brokenBytes() throws {
        try Seeds.each(300) { seed, random in
            for change in acts(&random) {
                var bytes = try change.serializedGenerally()
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    switch Int.random(in: 0..<5, using: &random) {
                    case 0: bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
                    case 1: if !bytes.isEmpty { bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
                    case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: Int.random(in: 0...bytes.count, using: &random))
                    case 3: if !bytes.isEmpty { bytes.remove(at: Int.random(in: 0..<bytes.count, using: &random)) }
                    default: bytes += bytes.prefix(Int.random(in: 0...40, using: &random))
                    }
                }
                let quick = try? Change(serialized: bytes), general = try? Change(generally: bytes)
                #expect(quick == general, "seed \(seed)")
            }
        }
    }
}
