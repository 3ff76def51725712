import Registry
import Replication
import Testing

@testable import Sealing

@Suite struct BoxTests {
    /// NIST's GCM test case 16 (AES-256 with additional data).
    @Test func gcmVector() throws {
        let key = try hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
        let plaintext = try hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39")
        let box = try SymmetricBox.seal(plaintext, key: key, context: hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"), nonce: hex("cafebabefacedbaddecaf888"))
        #expect(Hex.encode(box) == "cafebabefacedbaddecaf888522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b")
    }

    @Test func boxes() throws {
        let key = try randomBytes(32)
        for length in [0, 1, 15, 16, 17, 1000] {
            let plaintext = try randomBytes(length)
            let box = try SymmetricBox.seal(plaintext, key: key, context: utf8("place"))
            #expect(box.count == length + SymmetricBox.overhead)
            #expect(try SymmetricBox.open(box, key: key, context: utf8("place")) == plaintext)
            #expect(try SymmetricBox.seal(plaintext, key: key, context: utf8("place")) != box)
            for at in box.indices.prefix(64) {
                var wrong = box
                wrong[at] ^= 0x10
                #expect(throws: SealingError.notAuthentic("sealed box")) { try SymmetricBox.open(wrong, key: key, context: utf8("place")) }
            }
            #expect(throws: SealingError.self) { try SymmetricBox.open(Array(box.dropLast()), key: key, context: utf8("place")) }
            #expect(throws: SealingError.notAuthentic("sealed box")) { try SymmetricBox.open(box, key: key, context: []) }
            #expect(throws: SealingError.notAuthentic("sealed box")) { try SymmetricBox.open(box, key: randomBytes(32), context: utf8("place")) }
        }
        #expect(throws: SealingError.malformed("sealed box of 27 bytes")) { try SymmetricBox.open([UInt8](repeating: 0, count: 27), key: key, context: []) }
    }

    @Test func wrapping() throws {
        let receiver = try ECKey.generate(), other = try ECKey.generate()
        let secret = try randomBytes(32)
        let wrapped = try KeyWrap.wrap(secret, to: receiver.subjectPublicKeyInfo, context: utf8("list key 4 for wuhan/wuchang"))
        #expect(wrapped.count == secret.count + KeyWrap.overhead)
        #expect(try KeyWrap.unwrap(wrapped, with: receiver, context: utf8("list key 4 for wuhan/wuchang")) == secret)
        #expect(try KeyWrap.wrap(secret, to: receiver.subjectPublicKeyInfo, context: []) != KeyWrap.wrap(secret, to: receiver.subjectPublicKeyInfo, context: []))
        #expect(throws: SealingError.notAuthentic("sealed box")) { try KeyWrap.unwrap(wrapped, with: other, context: utf8("list key 4 for wuhan/wuchang")) }
        #expect(throws: SealingError.notAuthentic("sealed box")) { try KeyWrap.unwrap(wrapped, with: receiver, context: utf8("list key 5 for wuhan/wuchang")) }
        for at in wrapped.indices {
            var wrong = wrapped
            wrong[at] ^= 1
            #expect(throws: SealingError.self) { try KeyWrap.unwrap(wrong, with: receiver, context: utf8("list key 4 for wuhan/wuchang")) }
        }
        for length in wrapped.indices { #expect(throws: SealingError.self) { try KeyWrap.unwrap(Array(wrapped[..<length]), with: receiver, context: utf8("list key 4 for wuhan/wuchang")) } }
        #expect(throws: SealingError.wrongAlgorithm(expected: "P-256", found: "ed25519")) { try KeyWrap.wrap(secret, to: LedgerKey.generate(.ed25519SHA256).subjectPublicKeyInfo, context: []) }
        #expect(try KeyWrap.unwrap(KeyWrap.wrap([], to: receiver.subjectPublicKeyInfo, context: []), with: receiver, context: []) == [])
    }
}
