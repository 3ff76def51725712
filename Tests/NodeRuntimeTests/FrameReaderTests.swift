import NIOCore
import NodeRuntime
import Replication
import Testing

@Suite struct FrameReaderTests {
    private func frames() -> [SealedChangeSet] {
        [0, 1, 100, 5000, 300_000, 7].map { size in
            SealedChangeSet(header: [1, 2, 3], signature: [4], digests: [], compression: 1, bodiesSize: size, bodies: (0..<size).map { UInt8(truncatingIfNeeded: $0) })
        }
    }

    @Test("Any cut of the stream gives the same frames", arguments: [1, 3, 17, 4096, 65_536, 1_000_000])
    func cuts(step: Int) throws {
        var stream = ByteBuffer()
        for set in frames() { stream.writeImmutableBuffer(try FrameReader.encode(.changeSet(set))) }
        stream.writeImmutableBuffer(try FrameReader.encode(.ping(9)))
        var reader = FrameReader(), found: [SealedChangeSet] = [], pings = 0
        while let part = stream.readSlice(length: min(step, stream.readableBytes)), part.readableBytes > 0 {
            reader.append(part)
            while let raw = try reader.next() {
                switch try FrameReader.decode(raw) {
                case .changeSet(let set): found.append(set)
                case .ping(9): pings += 1
                default: Issue.record("another frame")
                }
            }
        }
        #expect(found == frames() && pings == 1)
    }

    @Test("A length of zero or beyond the bound is refused before anything is kept for it")
    func lengths() throws {
        for length in [0, UInt32(Frame.maximumBytes) + 1, .max] {
            var reader = FrameReader()
            reader.append(ByteBuffer(integer: length))
            #expect(throws: CodingFault.self) { try reader.next() }
        }
    }
}
