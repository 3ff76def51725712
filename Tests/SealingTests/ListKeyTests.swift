import Registry
import Replication
import Sealing
import Synchronization
import Testing

@Suite struct ListKeyTests {
    private func key(_ epoch: UInt32, _ fill: UInt8 = 7, _ cost: MemoryHard.Cost = .trial) -> ListKey {
        ListKey(epoch: epoch, cost: cost, secret: [UInt8](repeating: fill, count: 32))
    }

    @Test("scrypt and SHAKE128 answer as RFC 7914 and FIPS 202 say")
    func knownAnswers() throws {
        let cost = try #require(MemoryHard.Cost(log2N: 4, blockSize: 1))
        #expect(try MemoryHard.scrypt([], salt: [], cost: cost).description == "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442")
        let second = try #require(MemoryHard.Cost(log2N: 10, blockSize: 8, lanes: 16))
        #expect(try MemoryHard.scrypt(Array("password".utf8), salt: Array("NaCl".utf8), cost: second).description == "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162")
        #expect(Hex.encode(Expansion.shake128([], count: 32)) == "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26")
    }

    @Test("Costs are bounded, and the standard one takes 16 MiB")
    func costs() {
        #expect(MemoryHard.Cost.standard.memory == 16 << 20)
        #expect(MemoryHard.Cost(log2N: 3) == nil && MemoryHard.Cost(log2N: 21) == nil && MemoryHard.Cost(log2N: 20, blockSize: 8) == nil)
        #expect(MemoryHard.Cost(log2N: 14, blockSize: 0) == nil && MemoryHard.Cost(log2N: 14, lanes: 17) == nil)
        #expect(MemoryHard.Cost(log2N: 18)?.memory == 256 << 20)
    }

    @Test("A digest depends on key, epoch, kind of document and number; the standard cost works")
    func digests() throws {
        let base = try key(1).digest(.citizenID, number: "00000019900101001X")
        #expect(try key(1).digest(.citizenID, number: "00000019900101001X") == base)
        let others = [
            try key(2).digest(.citizenID, number: "00000019900101001X"), try key(1, 8).digest(.citizenID, number: "00000019900101001X"),
            try key(1).digest(.passport, number: "00000019900101001X"), try key(1).digest(.citizenID, number: "000000199001010028"),
            try key(1, 7, .standard).digest(.citizenID, number: "00000019900101001X"),
        ]
        #expect(Set(others + [base]).count == 6)
    }

    @Test("The check value tells keys, epochs and costs apart")
    func checks() {
        #expect(Set([key(1).check, key(2).check, key(1, 8).check, key(1, 7, .standard).check]).count == 4)
        #expect(key(1).check == key(1).check)
    }

    @Test("Serialised keys read back; damaged ones are refused")
    func bytes() throws {
        let one = key(3, 9, .standard)
        #expect(ListKey(serialized: one.serialized) == one)
        for (index, value) in [(0, UInt8(2)), (5, 99), (6, 0), (7, 200)] {
            var damaged = one.serialized
            damaged[index] = value
            #expect(ListKey(serialized: damaged) == nil, "byte \(index)")
        }
        #expect(ListKey(serialized: Array(one.serialized.dropLast())) == nil)
        #expect(ListKey(serialized: [1, 0, 0, 0, 0] + one.serialized.dropFirst(5)) == nil, "epoch 0")
        #expect(ListKeyring.read(one.serialized + key(4).serialized) == [one, key(4)])
        #expect(ListKeyring.read(one.serialized + [1]) == nil)
    }

    @Test("A keyring saves before it counts, keeps the newest, and a key of an epoch replaces another")
    func keyring() throws {
        struct Full: Error {}
        let saved = Mutex<[[UInt8]]>([]), fails = Mutex(false)
        let ring = ListKeyring { bytes in
            if fails.withLock({ $0 }) { throw Full() }
            saved.withLock { $0.append(bytes) }
        }
        for epoch in 1...6 { #expect(try ring.keep(key(UInt32(epoch)))) }
        #expect(ring.all.map(\.epoch) == [3, 4, 5, 6] && ring.newest?.epoch == 6)
        #expect(try !ring.keep(key(5)))
        #expect(try ring.keep(key(5, 1)) && ring.key(5) == key(5, 1))
        #expect(ListKeyring.read(try #require(saved.withLock { $0.last })) == ring.all)
        fails.withLock { $0 = true }
        #expect(throws: Full.self) { try ring.keep(key(7)) }
        #expect(ring.newest?.epoch == 6)
        let root = ListKeyring(keepsAll: true)
        for epoch in 1...6 { _ = try root.keep(key(UInt32(epoch))) }
        #expect(root.all.count == 6)
    }
}
