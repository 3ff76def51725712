import Registry
import Replication
import Testing

@testable import Sealing

/// Raw deflate without compression: for streams of any content without a compressor.
enum RawDeflate {
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = [], start = 0
        repeat {
            let count = min(65535, bytes.count - start)
            let last: UInt8 = start + count == bytes.count ? 1 : 0
            out += [last, UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8(~count >> 8 & 255)] + bytes[start..<start + count]
            start += count
        } while start < bytes.count
        return out
    }

    /// `258 × runs` + 1 zeros in the fixed code of RFC 1951, 3.2.6: thirteen bits a run.
    static func zeros(runs: Int) -> [UInt8] {
        var bits: [UInt8] = [1, 1, 0] + [0, 0, 1, 1, 0, 0, 0, 0]  // last block, fixed code, the literal 0
        for _ in 0..<runs { bits += [1, 1, 0, 0, 0, 1, 0, 1] + [0, 0, 0, 0, 0] }  // length 258, distance 1
        bits += [UInt8](repeating: 0, count: 7)  // end of block
        return stride(from: 0, to: bits.count, by: 8).map { start in
            bits[start..<min(start + 8, bits.count)].enumerated().reduce(0) { $0 | $1.element << UInt8($1.offset) }
        }
    }
}

@Suite struct DeflateTests {
    @Test("A stream of another program reads back; changed, shortened or lengthened it is refused")
    func genuine() throws {
        // Python's zlib, level 6, raw.
        let packed = try hex(
            "8dd4c10dc2400c44d1565c029e0102a29e85e48012392b21ba071ae0efd1d23f3d8d5ceb2b0eb1dea3cf2daa3d96bdd7fb776fad9e4bdf6f51df22b11016c6e288c5098b33161316172cae2c3680caaac9acc9aec9b0c9b2c9b4c9b6c9b8c9ba625d0d6c9675c5ba625db1ae5857ac2bd615eb9a75cdba1e7809ac6bd635eb9a75cdba665dffd7fd00")
        let text = (0..<40).flatMap { utf8("row \($0) of the registry of permits; ") }
        #expect(try Deflate.decompress(packed, expectedSize: text.count, limit: 2000) == text)
        #expect(throws: CompressionProblem.malformed) { try Deflate.decompress(packed + [0], expectedSize: text.count, limit: 2000) }
        #expect(throws: CompressionProblem.wrongSize(expected: text.count + 1)) { try Deflate.decompress(packed, expectedSize: text.count + 1, limit: 2000) }
        #expect(throws: CompressionProblem.wrongSize(expected: text.count - 1)) { try Deflate.decompress(packed, expectedSize: text.count - 1, limit: 2000) }
        for length in packed.indices { #expect(throws: CompressionProblem.self) { try Deflate.decompress(Array(packed[..<length]), expectedSize: text.count, limit: 2000) } }
        for length in [0, 1, 65535, 65536, 70_000] {
            let noise = [UInt8](repeating: 7, count: length)
            #expect(try Deflate.decompress(RawDeflate.stored(noise), expectedSize: length, limit: 100_000) == noise)
        }
        // a stream that failed is usable again
        #expect(try Deflate.decompress(packed, expectedSize: text.count, limit: 2000) == text)
    }

    @Test func bombs() throws {
        let size = 258 * 38_000 + 1
        let bomb = RawDeflate.zeros(runs: 38_000)
        #expect(bomb.count < 62_000)
        #expect(throws: CompressionProblem.wrongSize(expected: 1000)) { try Deflate.decompress(bomb, expectedSize: 1000, limit: 1 << 20) }
        #expect(throws: CompressionProblem.tooLarge(expected: size, limit: 1 << 20)) { try Deflate.decompress(bomb, expectedSize: size, limit: 1 << 20) }
        #expect(throws: CompressionProblem.tooLarge(expected: 1 << 29, limit: 10 * 1032)) { try Deflate.decompress([UInt8](repeating: 3, count: 10), expectedSize: 1 << 29, limit: 1 << 30) }
        #expect(throws: CompressionProblem.tooLarge(expected: -1, limit: 5)) { try Deflate.decompress([3, 0], expectedSize: -1, limit: 5) }
        #expect(throws: CompressionProblem.self) { try Deflate.decompress([3, 0], expectedSize: 0, limit: -1) }
        #expect(try Deflate.decompress(bomb, expectedSize: size, limit: size).count == size)
        var random = SplitMix(6)
        for _ in 0..<3000 {
            let bytes = random.bytes(Int.random(in: 0...60, using: &random))
            if let output = try? Deflate.decompress(bytes, expectedSize: 50, limit: 50) { #expect(output.count == 50) }
        }
    }
}

@Suite struct ZstdTests {
    private static let text = utf8("a text of zstd a text of zstd a text of zstd a text of zstd")
    /// The command's frame of ``text``.
    private static let frame = "28b52ffd203bad000078612074657874206f66207a7374642001008939eb"

    /// A frame with a single segment, its size in four bytes, and these blocks.
    private static func frame(size: Int, blocks: [[UInt8]]) -> [UInt8] {
        [0x28, 0xb5, 0x2f, 0xfd, 0xa0] + (0..<4).map { UInt8(size >> (8 * $0) & 255) } + blocks.joined()
    }

    /// A block that repeats one byte.
    private static func run(_ count: Int, last: Bool) -> [UInt8] {
        let header = count << 3 | 1 << 1 | (last ? 1 : 0)
        return [UInt8(header & 255), UInt8(header >> 8 & 255), UInt8(header >> 16), 0x61]
    }

    private func open(_ bytes: [UInt8], _ size: Int) throws -> [UInt8] { try Zstd.decompress(bytes, expectedSize: size, limit: 200_000) }

    @Test func roundTrip() throws {
        var random = SplitMix(5)
        for level in [1, 3, 6, 9, 19] as [Int32] {
            for length in [2, 3, 100, 1000, 70_000] {
                let text = (0..<length).map { _ in UInt8.random(in: 97...101, using: &random) }
                guard let packed = try Zstd.compress(text, level: level) else {
                    #expect(length < 100, "text of five letters shrinks")
                    continue
                }
                #expect(packed.count < text.count)
                #expect(try open(packed, length) == text)
                #expect(throws: CompressionProblem.malformed) { try open(packed + [0], length) }
                #expect(throws: CompressionProblem.malformed) { try open(packed + packed, 2 * length) }
                #expect(throws: CompressionProblem.malformed) { try open(Array(packed.dropLast()), length) }
                #expect(throws: CompressionProblem.wrongSize(expected: length + 1)) { try open(packed, length + 1) }
                #expect(throws: CompressionProblem.wrongSize(expected: length - 1)) { try open(packed, length - 1) }
                #expect(throws: CompressionProblem.tooLarge(expected: length, limit: length - 1)) { try Zstd.decompress(packed, expectedSize: length, limit: length - 1) }
            }
        }
        for length in [0, 1, 2, 5000] { #expect(try Zstd.compress(random.bytes(length), level: 3) == nil, "noise does not shrink") }
    }

    @Test("A context serves great and small one after the other, and after a failure")
    func reuse() throws {
        var random = SplitMix(8)
        for length in [900_000, 500, 1_500_000, 300, 2000] {
            let text = (0..<length / 10).flatMap { _ in utf8("row \(UInt8.random(in: 0...255, using: &random)) of") }
            let packed = try #require(try Zstd.compress(text, level: 3))
            #expect(try Zstd.compress(random.bytes(3000), level: 3) == nil)
            #expect(throws: CompressionProblem.self) { try open(Array(packed.dropLast(3)), text.count) }
            #expect(try Zstd.decompress(packed, expectedSize: text.count, limit: 1 << 22) == text)
        }
    }

    @Test("Frames of the zstd command: only one form is taken")
    func genuine() throws {
        let text = Self.text, frame = try hex(Self.frame)
        #expect(try open(frame, text.count) == text)
        for length in frame.indices { #expect(throws: CompressionProblem.malformed) { try open(Array(frame[..<length]), text.count) } }
        let checked = try hex("28b52ffd243bad000078612074657874206f66207a7374642001008939ebd86a26a1")
        #expect(try open(checked, text.count) == text, "a checksum is allowed and checked")
        #expect(throws: CompressionProblem.malformed) { try open(checked.dropLast() + [0], text.count) }
        let unsized = try hex("28b52ffd0058ad000078612074657874206f66207a7374642001008939eb")
        #expect(throws: CompressionProblem.wrongSize(expected: text.count)) { try open(unsized, text.count) }
        let skippable: [UInt8] = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2]
        #expect(throws: CompressionProblem.malformed) { try open(skippable, 0) }
        #expect(throws: CompressionProblem.malformed) { try open(skippable + frame, text.count) }
        #expect(throws: CompressionProblem.malformed) { try open(frame + skippable, text.count) }
        // the same frame with a dictionary's number in its header
        #expect(throws: CompressionProblem.malformed) { try open(Array(frame[..<4]) + [0x21, 0x07, 0x3b] + frame[6...], text.count) }
        // reserved bit; older magic numbers
        #expect(throws: CompressionProblem.malformed) { try open(Array(frame[..<4]) + [0x28] + frame[5...], text.count) }
        for magic in 0x22...0x27 as ClosedRange<UInt8> { #expect(throws: CompressionProblem.malformed) { try open([magic] + frame[1...], text.count) } }
        #expect(try open(Self.frame(size: 0, blocks: [[1, 0, 0]]), 0) == [], "nothing, well-formed")
    }

    @Test("Bombs and huge windows cost no more than what was announced and allowed")
    func bombs() throws {
        let block = 128 << 10, size = 80 * block
        let bomb = Self.frame(size: size, blocks: (0..<80).map { Self.run(block, last: $0 == 79) })
        #expect(bomb.count < 400)
        #expect(throws: CompressionProblem.tooLarge(expected: size, limit: 1 << 20)) { try Zstd.decompress(bomb, expectedSize: size, limit: 1 << 20) }
        #expect(throws: CompressionProblem.wrongSize(expected: 1000)) { try Zstd.decompress(bomb, expectedSize: 1000, limit: 1 << 20) }
        #expect(try Zstd.decompress(bomb, expectedSize: size, limit: size) == [UInt8](repeating: 0x61, count: size))
        // more, and less, than its own header says
        #expect(throws: CompressionProblem.malformed) { try open(Self.frame(size: 1000, blocks: [Self.run(2000, last: true)]), 1000) }
        #expect(throws: CompressionProblem.self) { try open(Self.frame(size: 1000, blocks: [Self.run(999, last: true)]), 1000) }
        for size in [-1, Int.min] { #expect(throws: CompressionProblem.tooLarge(expected: size, limit: 5)) { try Zstd.decompress([], expectedSize: size, limit: 5) } }
        #expect(throws: CompressionProblem.self) { try Zstd.decompress([], expectedSize: 0, limit: -1) }
        // a window of 3.75 TiB around one block of 1000 bytes
        let wide: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x80, 0xff, 0xe8, 0x03, 0, 0] + Self.run(1000, last: true)
        if let output = try? open(wide, 1000) { #expect(output.count == 1000) }
    }

    @Test("Noise and altered frames never give anything but an error or as many bytes as announced")
    func fuzz() throws {
        var random = SplitMix(6)
        let text = (0..<3000).map { _ in UInt8.random(in: 97...110, using: &random) } + Self.text + Self.text
        let frames = try [3, 19].map { try #require(try Zstd.compress(text, level: $0)) } + [hex(Self.frame)]
        for _ in 0..<6000 {
            var bytes = frames[Int.random(in: 0..<frames.count, using: &random)]
            let size = bytes.count < 100 ? Self.text.count : text.count
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                if Bool.random(using: &random) { bytes[at] = UInt8.random(in: 0...255, using: &random) } else { bytes[at] ^= 1 << UInt8.random(in: 0...7, using: &random) }
            }
            if Int.random(in: 0..<4, using: &random) == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            if let output = try? open(bytes, size) { #expect(output.count == size) }
        }
        for _ in 0..<3000 {
            let bytes = try hex("28b52ffd") + random.bytes(Int.random(in: 0...60, using: &random))
            if let output = try? open(bytes, 50) { #expect(output.count == 50) }
        }
        #expect(try open(hex(Self.frame), Self.text.count) == Self.text, "a context that failed is usable again")
    }
}

/// The numbers of `compression`, around one signed set.
@Suite struct BodyPackingTests {
    private let key: LedgerKey
    private let sealed: SealedChangeSet
    private let bodies: [[UInt8]]

    init() throws {
        key = try LedgerKey.generate(.ed25519SHA256)
        bodies = (0..<20).map { Array("the text of change \($0), which is longer than the least".utf8) }
        sealed = try Self.seal(bodies, key)
    }

    private static func seal(_ bodies: [[UInt8]], _ key: LedgerKey) throws -> SealedChangeSet {
        let replica = ReplicaID(path: try node("wuhan"), incarnation: try #require(Incarnation([UInt8](repeating: 1, count: 16))))
        let header = Header(
            ledger: LedgerID(replica: replica, audience: .published, lane: .ordinary), sequence: 1, previous: nil, time: HybridTime(raw: 1), suite: key.suite,
            key: key.keyID, firstCounter: 1, count: bodies.count, siblings: [])
        return try ChangeSetSealer(key: key).seal(header, bodies: bodies, seed: [UInt8](repeating: 9, count: 16)).sealed
    }

    private func check(_ sealed: SealedChangeSet) throws -> (digest: Digest, bodies: [[UInt8]?]) {
        let checked = try ChangeSetSealer.check(UnverifiedChangeSet(sealed), key: key.publicKey())
        return (checked.digest, Array(checked.bodies))
    }

    @Test("Bodies are sealed as zstd, small and incompressible ones as they are")
    func sealing() throws {
        #expect(sealed.compression == 2 && sealed.bodies.count < sealed.bodiesSize / 2)
        #expect(try check(sealed).bodies == bodies)
        #expect(try Self.seal([[1, 2, 3]], key).compression == 0)
        #expect(try Self.seal([SplitMix(1).bytesOnce(1000)], key).compression == 0)
    }

    @Test("Sets sealed before zstd came verify as ever, under the same digest")
    func older() throws {
        var old = sealed
        old.bodies = RawDeflate.stored(try BodyPacking.unpack(sealed))
        old.compression = 1
        let checked = try check(old)
        #expect(checked.bodies == bodies)
        #expect(try checked.digest == check(sealed).digest)
    }

    @Test("For a peer of protocol 1 zstd is unpacked; everything else stays as sealed")
    func olderPeers() throws {
        let plain = try sealed.readable(inProtocol: 1)
        #expect(plain.compression == 0 && plain.bodies.count == sealed.bodiesSize)
        #expect(try check(plain).digest == check(sealed).digest)
        #expect(try sealed.readable(inProtocol: 2) == sealed)
        #expect(try plain.readable(inProtocol: 1) == plain)
        var old = sealed
        (old.bodies, old.compression) = (RawDeflate.stored(plain.bodies), 1)
        #expect(try old.readable(inProtocol: 1) == old)
    }

    @Test("What a peer may say wrongly about compression is a fault with a name")
    func hostile() throws {
        func faulty(_ change: (inout SealedChangeSet) throws -> Void) throws -> ChangeSetFault.Rule? {
            var wrong = sealed
            try change(&wrong)
            do { _ = try check(wrong) } catch let fault as ChangeSetFault { return fault.rule }
            return nil
        }
        for number in [0, 1, 3, 4, UInt32.max] { #expect(try faulty { $0.compression = number } == .malformed) }
        for size in [0, 1, sealed.bodiesSize - 1, sealed.bodiesSize + 1, SealedChangeSet.maximumBodyBytes, SealedChangeSet.maximumBodyBytes + 1, Int.max] {
            #expect(try faulty { $0.bodiesSize = size } == .malformed)
        }
        #expect(try faulty { $0.bodies.append(0) } == .malformed)
        #expect(try faulty { $0.bodies = [] } == .malformed)
        #expect(try faulty { $0.bodies += $0.bodies } == .malformed)
        // another content that fits in every number, but not the signature
        #expect(try faulty { other in
            var part = try BodyPart(serialized: BodyPacking.unpack(other), count: 20)
            part.bodies[3]?[0] ^= 1
            let plain = try part.serialized()
            other.bodies = try #require(try Zstd.compress(plain, level: 3))
            other.bodiesSize = plain.count
        } == .badSignature)
    }
}

extension SplitMix {
    fileprivate func bytesOnce(_ count: Int) -> [UInt8] {
        var copy = self
        return copy.bytes(count)
    }
}
