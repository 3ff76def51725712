import Replication
import Testing

@testable import Sealing

@Suite struct LedgerKeyTests {
    /// RFC 8032, section 7.1, test 2.
    @Test func ed25519Vector() throws {
        let seed = try hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
        let key = try LedgerKey(privateKeyPEM: PEM.encode("PRIVATE KEY", hex("302e020100300506032b657004220420") + seed))
        let info = try hex("302a300506032b65700321003d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
        #expect(key.subjectPublicKeyInfo == info)
        #expect(key.keyID == sha256(info))
        let signature = try key.sign([0x72])
        #expect(Hex.encode(signature) == "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
        #expect(try LedgerPublicKey(subjectPublicKeyInfo: info).isValid(signature: signature, of: [0x72]))
    }

    /// Made with the openssl program: `pkeyutl -sign -rawin -digest sm3 -pkeyopt distid:…`.
    @Test func sm2OfAnotherProgram() throws {
        let info = try hex("3059301306072a8648ce3d020106082a811ccf5501822d03420004c7da79b05c7ded4d44404284d059eedbdf7ad1d8e733328f36f930966074e19842480b7911ab70c8d52433b8441e80cacf50327a4ad79ee3e761b8cf94a5cedf")
        let key = try LedgerPublicKey(subjectPublicKeyInfo: info)
        #expect(key.suite == .sm2SM3)
        let right = try hex("304502205ef396fa6baab7fee911d3e0dc6fe1c0d56fe4888d613fe582ab5dbcfa4541ec022100bab1319a866a1e04fe4f9eed4e4c7721687117a65ff92917994f865e2dbe78ab")
        #expect(key.isValid(signature: right, of: utf8("change set header")))
        let otherSignerID = try hex("30450220360c38275945f44e52958f6937e463c45f52dbd6627782bac5beae470d6d9a780221009ff16024a0305e9971920de728ccfbda6c0c88bbaa198b4b167b82f4e39f3102")
        #expect(!key.isValid(signature: otherSignerID, of: utf8("change set header")))
    }

    @Test(arguments: Replication.Suite.allCases) func signAndTamper(_ suite: Replication.Suite) throws {
        let key = try LedgerKey.generate(suite)
        #expect(key.suite == suite)
        let again = try LedgerKey(privateKeyPEM: key.privateKeyPEM())
        #expect(again.keyID == key.keyID)
        let message = utf8("a header of a change set")
        let signature = try again.sign(message)
        let verifier = try LedgerPublicKey(subjectPublicKeyInfo: key.subjectPublicKeyInfo)
        #expect(verifier.suite == suite)
        #expect(verifier.keyID == key.keyID)
        #expect(verifier.isValid(signature: signature, of: message))
        #expect(try key.publicKey().isValid(signature: key.sign([]), of: []))
        for bit in 0..<signature.count * 8 {
            var wrong = signature
            wrong[bit / 8] ^= 1 << (bit % 8)
            #expect(!verifier.isValid(signature: wrong, of: message), "bit \(bit)")
        }
        for length in 0..<signature.count { #expect(!verifier.isValid(signature: Array(signature[..<length]), of: message)) }
        #expect(!verifier.isValid(signature: signature + [0], of: message))
        #expect(!verifier.isValid(signature: [UInt8](repeating: 0x30, count: 5000), of: message))
        #expect(!verifier.isValid(signature: signature, of: message + [0]))
        #expect(!(try LedgerKey.generate(suite).publicKey().isValid(signature: signature, of: message)))
    }

    @Test func refusedKeys() throws {
        let p256 = try ECKey.generate()
        #expect(throws: SealingError.wrongAlgorithm(expected: "Ed25519 or SM2", found: "p256")) { try LedgerKey(privateKeyPEM: p256.privateKeyPEM()) }
        #expect(throws: SealingError.wrongAlgorithm(expected: "Ed25519 or SM2", found: "p256")) { try LedgerPublicKey(subjectPublicKeyInfo: p256.subjectPublicKeyInfo) }
        #expect(throws: SealingError.self) { try ECKey(privateKeyPEM: LedgerKey.generate(.sm2SM3).privateKeyPEM()) }
        // P-384, in a form libcrypto itself would accept
        let p384 = try hex("3076301006072a8648ce3d020106052b81040022036200042d82b2278e29b89a23f9d94dcfef48814ac261dbaa24967b6a37a5ff20579b49bb7901fd79c30b245bb320bebfaf0de4a7d273d54f2165d136e87a013b097268c29a3c7f2a0b16425e7dce68815680989628d281ff25b35a14bd08d1c13ac7d6")
        #expect(throws: SealingError.self) { try KeyHandle.publicKey(subjectPublicKeyInfo: p384) }
        // points that are not on the curve
        for info in [p256.subjectPublicKeyInfo, try LedgerKey.generate(.sm2SM3).subjectPublicKeyInfo] {
            var wrong = info
            wrong[info.count - 1] ^= 1
            #expect(throws: SealingError.self) { try KeyHandle.publicKey(subjectPublicKeyInfo: wrong) }
        }
        #expect(throws: SealingError.self) { try LedgerKey(privateKeyPEM: "") }
        #expect(throws: SealingError.self) { try LedgerKey(privateKeyPEM: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n") }
        #expect(throws: SealingError.tooLarge(what: "private key", limit: SealingLimit.privateKey)) { try LedgerKey(privateKeyPEM: String(repeating: "A", count: 20_000)) }
    }

    /// An encrypted key must fail at once; OpenSSL's default would ask the terminal.
    @Test func encryptedKeyDoesNotAsk() throws {
        let text = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,5BBA2B9E6AD1C8D0F5B8A319F35ABA62\n\nAAAAAAAAAAAAAAAAAAAAAA==\n-----END EC PRIVATE KEY-----\n"
        #expect(throws: SealingError.self) { try ECKey(privateKeyPEM: text) }
    }

    @Test func p256() throws {
        let key = try ECKey(privateKeyPEM: ECKey.generate().privateKeyPEM())
        let signature = try key.sign(utf8("bound to the request"))
        #expect(ECKey.isValid(signature: signature, of: utf8("bound to the request"), subjectPublicKeyInfo: key.subjectPublicKeyInfo))
        #expect(!ECKey.isValid(signature: signature, of: utf8("bound to another"), subjectPublicKeyInfo: key.subjectPublicKeyInfo))
        #expect(!ECKey.isValid(signature: [], of: [], subjectPublicKeyInfo: key.subjectPublicKeyInfo))
        #expect(key.keyID == sha256(key.subjectPublicKeyInfo))
    }

    /// Contexts, keys and pools under many threads at once.
    @Test func manyTasks() async throws {
        for suite in Replication.Suite.allCases {
            let key = try LedgerKey.generate(suite)
            let verifier = try key.publicKey()
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for task in 0..<32 {
                    group.addTask {
                        for round in 0..<8 {
                            let message = OpenSSLPrimitives().digest(suite, of: [UInt8(task), UInt8(round)]).bytes
                            let signature = try key.sign(message)
                            guard verifier.isValid(signature: signature, of: message), !verifier.isValid(signature: signature, of: message + [1]) else { return false }
                            guard let packed = try Zstd.compress(message + message + message, level: Int32(1 + task % 9)) else { return false }
                            guard try Zstd.decompress(packed, expectedSize: 96, limit: 96) == message + message + message else { return false }
                            guard try Deflate.decompress(RawDeflate.stored(message), expectedSize: 32, limit: 32) == message else { return false }
                        }
                        return true
                    }
                }
                for try await good in group { #expect(good) }
            }
        }
    }
}
