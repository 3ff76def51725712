import Registry
import Replication
import Sealing
import Testing

@Suite struct SetHashTests {
    private func element(_ n: Int) -> [UInt8] { Expansion.shake128(Array("element \(n)".utf8), count: SetHash.byteCount) }

    @Test("Adding and removing in any order gives the hash of what is left, and of nothing else")
    func permutations() throws {
        let elements = (0..<12).map(element)
        for seed in 0..<40 {
            var random = SystemRandomNumberGenerator()
            var left = Set<Int>(), hash = SetHash.empty
            for _ in 0..<30 {
                let n = Int.random(in: 0..<elements.count, using: &random)
                if left.remove(n) != nil { hash.remove(elements[n]) } else {
                    left.insert(n)
                    hash.add(elements[n])
                }
            }
            // The dumb twin: lane by lane from nothing.
            var lanes = [UInt16](repeating: 0, count: SetHash.lanes)
            for n in left { for lane in 0..<SetHash.lanes { lanes[lane] &+= UInt16(elements[n][2 * lane]) << 8 | UInt16(elements[n][2 * lane + 1]) } }
            #expect(hash.bytes == lanes.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }, "run \(seed)")
            #expect(SetHash(hash.bytes) == hash)
        }
    }

    @Test("Subtracting a set leaves the rest; the empty set is zero; other lengths are refused")
    func difference() {
        var all = SetHash.empty, part = SetHash.empty, rest = SetHash.empty
        for n in 0..<5 {
            all.add(element(n))
            if n < 2 { part.add(element(n)) } else { rest.add(element(n)) }
        }
        #expect(all != part && part != rest)
        all.subtract(part)
        #expect(all == rest)
        all.subtract(rest)
        #expect(all == .empty && all.bytes == [UInt8](repeating: 0, count: 2048))
        #expect(SetHash([UInt8](repeating: 0, count: 2047)) == nil)
    }

    @Test("Every published fact of an entry is part of its element, and fields cannot run into each other")
    func elements() throws {
        let id = Dot(replica: replica("wuhan"), counter: 7), today = try #require(CivilDate(year: 2026, month: 11, day: 21))
        func bytes(_ subject: String, _ name: String, _ document: String, _ authority: String, _ since: CivilDate, _ until: CivilDate? = nil) -> [UInt8] {
            ListElement.entry(id: id, subject: subject, name: name, document: document, authority: authority, since: since, until: until)
        }
        let base = bytes("S", "N", "D", "A", today)
        let others = [
            bytes("S2", "N", "D", "A", today), bytes("S", "N2", "D", "A", today), bytes("S", "N", "D2", "A", today), bytes("S", "N", "D", "A2", today),
            bytes("S", "N", "D", "A", .earliest), bytes("S", "N", "D", "A", today, today), bytes("", "SN", "D", "A", today), bytes("SD", "N", "", "A", today),
        ]
        #expect(Set(others + [base]).count == others.count + 1)
    }

    @Test("An edition's message binds list, number and set")
    func message() {
        let a = Dot(replica: replica("wuhan"), counter: 1), b = Dot(replica: replica("wuhan"), counter: 2)
        #expect(SetHash.empty.editionMessage(list: a, entries: 0) != SetHash.empty.editionMessage(list: b, entries: 0))
        #expect(SetHash.empty.editionMessage(list: a, entries: 0) != SetHash.empty.editionMessage(list: a, entries: 1))
    }
}
