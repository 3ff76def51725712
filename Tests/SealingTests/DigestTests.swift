import Replication
import Testing

@testable import Sealing

@Suite struct DigestTests {
    let primitives = OpenSSLPrimitives()

    @Test func knownAnswers() throws {
        try OpenSSLPrimitives.selfTest()
        #expect(primitives.digest(.ed25519SHA256, of: utf8("abc")).description == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(primitives.digest(.sm2SM3, of: utf8("abc")).description == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
        #expect(primitives.digest(.ed25519SHA256, of: []).description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test(arguments: Replication.Suite.allCases) func partsAreConcatenated(_ suite: Replication.Suite) {
        let a = utf8("abc"), b: [UInt8] = [], c = utf8("defgh")
        let joined = primitives.digest(suite, of: a + b + c)
        let parts = a.withUnsafeBytes { a in b.withUnsafeBytes { b in c.withUnsafeBytes { primitives.digest(suite, a, b, $0) } } }
        #expect(joined == parts)
    }

    @Test(arguments: Replication.Suite.allCases) func batchEqualsOneByOne(_ suite: Replication.Suite) {
        var random = SplitMix(7)
        let store = random.bytes(4000)
        let bodies = (0..<40).map { store[($0 * 31)..<($0 * 31 + $0 * 60)] }
        let salts = random.bytes(16 * bodies.count)
        let batch = primitives.saltedDigests(suite, prefix: utf8("label"), salts: salts, bodies: bodies)
        for (i, body) in bodies.enumerated() {
            #expect(batch[i] == primitives.digest(suite, of: utf8("label") + salts[16 * i..<16 * i + 16] + body))
        }
        #expect(primitives.saltedDigests(suite, salts: [], bodies: []).isEmpty)
    }

    /// RFC 4231, cases 1, 2 and 6; RFC 5869, cases 1 and 3.
    @Test func hmacAndHKDF() throws {
        #expect(hmacSHA256(key: [UInt8](repeating: 0x0b, count: 20), utf8("Hi "), utf8("There")).description == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        #expect(hmacSHA256(key: utf8("Jefe"), utf8("what do ya want for nothing?")).description == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(hmacSHA256(key: [UInt8](repeating: 0xaa, count: 131), utf8("Test Using Larger Than Block-Size Key - Hash Key First")).description == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
        let secret = [UInt8](repeating: 0x0b, count: 22)
        let one = try hkdfSHA256(secret: secret, salt: hex("000102030405060708090a0b0c"), info: hex("f0f1f2f3f4f5f6f7f8f9"), count: 42)
        #expect(Hex.encode(one) == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
        let three = hkdfSHA256(secret: secret, info: [], count: 42)
        #expect(Hex.encode(three) == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")
    }

    @Test func comparison() throws {
        #expect(constantTimeEqual([], []))
        #expect(constantTimeEqual([1, 2], [1, 2]))
        #expect(!constantTimeEqual([1, 2], [1, 3]))
        #expect(!constantTimeEqual([1, 2], [1, 2, 3]))
        #expect(try randomBytes(32) != randomBytes(32))
        #expect(try randomBytes(0).isEmpty)
        #expect(SecretBytes([1, 2]) == SecretBytes([1, 2]))
        #expect(SecretBytes([1, 2]) != SecretBytes([1, 3]))
    }
}
