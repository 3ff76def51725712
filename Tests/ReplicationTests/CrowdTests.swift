import Registry
import Replication
import Testing

/// Lists of a peer's bytes are counted before they are decoded: a few bytes must not become many megabytes.
@Suite struct CrowdTests {
    private func varint(_ value: Int) -> [UInt8] {
        var rest = value, out: [UInt8] = []
        while rest >= 0x80 {
            out.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return out + [UInt8(rest)]
    }

    private func message(_ field: Int, _ content: [UInt8]) -> [UInt8] { varint(field << 3 | 2) + varint(content.count) + content }

    private func nothing(_ field: Int, _ count: Int) -> [UInt8] { Array(repeating: message(field, []), count: count).flatMap { $0 } }

    private func words(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "taken"
        } catch { return "\(error)" }
    }

    @Test("A change with a crowd in any of its lists is refused by counting", arguments: [
        [4], [7], [16, 5], [17, 1], [48, 3], [48, 3, 9], [48, 3, 10], [48, 3, 12], [49, 1, 9], [50, 3], [50, 4], [50, 5], [50, 5, 6], [50, 6], [51, 6], [51, 7], [51, 16], [52, 6],
    ])
    func change(_ path: [Int]) {
        var bytes = nothing(path[path.count - 1], 200_000)
        for field in path.dropLast().reversed() { bytes = message(field, bytes) }
        #expect(words { _ = try Change(serialized: bytes) }.contains("entries in a list of a change"))
        // In pieces that a decoder merges into one message.
        if path.count > 1 {
            let half = message(path[0], []) + bytes
            #expect(words { _ = try Change(serialized: half) }.contains("entries in a list of a change"))
        }
    }

    @Test("Nor can a crowd hide behind a group")
    func group() {
        let group: [UInt8] = [0x7B, 0x7C], crowd = nothing(7, 200_000)
        #expect(words { _ = try Change(serialized: group + crowd) }.contains("unknown wire type"))
        let body = message(2, [1, 2, 3])
        #expect(words { _ = try BodyPart(serialized: body + group + self.nothing(1, 200_000), count: 1) }.contains("not the bodies"))
    }

    @Test("Bodies are counted as they are met: more of them, or of salts, than the header says are not kept")
    func bodies() throws {
        let salt = message(1, [0x1A, 16] + [UInt8](repeating: 7, count: 16)), body = message(2, [1, 2, 3])
        let part = try BodyPart(serialized: salt + body + body, count: 2)
        #expect(part.bodies == [[1, 2, 3], [1, 2, 3]])
        #expect(part.salts == [BodyPart.Salt(level: 0, index: 0, value: [UInt8](repeating: 7, count: 16))])
        #expect(words { _ = try BodyPart(serialized: self.nothing(2, 500_000), count: 3) }.contains("more bodies"))
        #expect(words { _ = try BodyPart(serialized: self.nothing(1, 500_000), count: 3) }.contains("salt"))
        #expect(words { _ = try BodyPart(serialized: salt + salt + body, count: 1) }.contains("more salts"))
        #expect(words { _ = try BodyPart(serialized: salt + body, count: 2) }.contains("1 bodies"))
        // What a newer format adds is stepped over.
        #expect(try BodyPart(serialized: [0x18, 0x85, 0x01] + body + message(9, [1]) + [0x25, 1, 2, 3, 4, 0x29, 1, 2, 3, 4, 5, 6, 7, 8], count: 1).bodies == [[1, 2, 3]])
    }

    @Test("Bodies found in their bytes are those that the general writer wrote; no bytes crash the reader")
    func scan() throws {
        try Seeds.each(400) { seed, random in
            let count = Int.random(in: 1...40, using: &random)
            let bodies: [[UInt8]?] = (0..<count).map { _ in
                Int.random(in: 0..<6, using: &random) == 0 ? nil : (0...Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            }
            let salts = (0..<Int.random(in: 0...count, using: &random)).map {
                BodyPart.Salt(level: Int.random(in: 0...16, using: &random), index: $0, value: [UInt8](repeating: UInt8($0), count: 16))
            }
            let part = BodyPart(salts: salts, bodies: bodies)
            var bytes = try part.serialized()
            #expect(try BodyPart(serialized: bytes, count: count) == part, "seed \(seed)")
            let opened = try OpenedBodies(bytes, count: count)
            #expect(opened.bodies.firstHole == bodies.firstIndex { $0 == nil })
            for _ in 0...Int.random(in: 0...4, using: &random) { bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
            _ = try? BodyPart(serialized: Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random))), count: count)
        }
    }
}
