import Registry
import Replication
import Testing

@testable import Sealing

@Suite struct CertificateReadingTests {
    /// Each of these passes libcrypto's name constraints or parses; none names a node.
    @Test func badAlternativeNames() throws {
        let tiers = try Tiers(.tls, .p256)
        let good = "URI:creditnode://jiyuqiao.wuchang.wuhan/"
        let cases: [(String?, SANProblem)] = [
            (nil, .missing),
            ("DNS:jiyuqiao.wuchang.wuhan", .notURI(type: "DNS")),
            ("IP:10.0.0.1", .notURI(type: "IP")),
            ("email:a@jiyuqiao.wuchang.wuhan", .notURI(type: "e-mail")),
            ("RID:1.2.3", .notURI(type: "registered id")),
            ("otherName:1.2.3;UTF8:jiyuqiao", .notURI(type: "otherName")),
            ("\(good),\(good)", .several(2)),
            ("\(good),DNS:jiyuqiao.wuchang.wuhan", .several(2)),
            ("URI:creditnode://root@jiyuqiao.wuchang.wuhan/", .userInfo("creditnode://root@jiyuqiao.wuchang.wuhan/")),
            ("URI:creditnode://JIYUQIAO.wuchang.wuhan/", .notANode("creditnode://JIYUQIAO.wuchang.wuhan/")),
            ("\(good)x", .notANode("creditnode://jiyuqiao.wuchang.wuhan/x")),
            ("\(good)?a", .notANode("creditnode://jiyuqiao.wuchang.wuhan/?a")),
            ("URI:creditnode://jiyuqiao.wuchang.wuhan", .notANode("creditnode://jiyuqiao.wuchang.wuhan")),
            ("URI:creditnode://jiyuqiao.wuchang.wuhan:443/", .notANode("creditnode://jiyuqiao.wuchang.wuhan:443/")),
            ("URI:https://jiyuqiao.wuchang.wuhan/", .notANode("https://jiyuqiao.wuchang.wuhan/")),
            ("URI:creditnode://.wuchang.wuhan/", .notANode("creditnode://.wuchang.wuhan/")),
            ("URI:creditnode://jiyuqiao.wuchang.wuhan./", .notANode("creditnode://jiyuqiao.wuchang.wuhan./")),
        ]
        for (text, problem) in cases {
            let leaf = try tiers.rogue(tiers.district, .tlsLeaf(node("wuhan/wuchang/jiyuqiao"))) { $0.setSAN(text) }
            #expect(leaf.path == .failure(problem), "\(text ?? "none")")
            #expect(throws: ChainProblem.san(problem), "\(text ?? "none")") {
                try verifyChain(leaf: leaf, intermediates: [tiers.district.certificate], roots: tiers.roots, expecting: .tls, path: nil, at: now)
            }
        }
        let long = "creditnode://" + String(repeating: "a", count: 400) + "/"
        let leaf = try tiers.rogue(tiers.district, .tlsLeaf(node("wuhan/wuchang/jiyuqiao"))) { $0.setSAN("URI:" + long) }
        #expect(leaf.path == .failure(.notANode(String(long.prefix(250)))))
        // the extension twice
        #expect(throws: SealingError.self) {
            try tiers.rogue(tiers.district, .tlsLeaf(node("wuhan/wuchang/jiyuqiao"))) { $0.extensions.append(.subjectAlternativeName(good)) }
        }
    }

    /// A zero byte ends a C string, not an X.509 one.
    @Test func zeroByteInName() throws {
        let tiers = try Tiers(.tls, .p256)
        let leaf = try tiers.rogue(tiers.district, .tlsLeaf(node("wuhan/wuchang/jiyuqiao"))) { $0.setSAN("URI:creditnode://jiyuqiao.wuchang.wuhan/#evil") }
        let at = try #require(leaf.der.indices.first { leaf.der[$0...].starts(with: utf8("#evil")) })
        var changed = leaf.der
        changed[at] = 0
        #expect(try Certificate(der: changed).path == .failure(.notANode("creditnode://jiyuqiao.wuchang.wuhan/\0evil")))
    }

    @Test func bundles() throws {
        let tiers = try Tiers(.ledger, .ed25519)
        let a = tiers.root.certificate, b = tiers.district.certificate
        #expect(try Certificate.bundle(pem: "subject: a\n" + a.pem + "\ntext\n" + b.pem) == [a, b])
        #expect(try Certificate.bundle(pem: "") == [])
        #expect(throws: SealingError.self) { try Certificate(pem: a.pem + b.pem) }
        #expect(throws: SealingError.self) { try Certificate.bundle(pem: a.pem + tiers.root.privateKeyPEM()) }
        #expect(throws: SealingError.self) { try Certificate.bundle(pem: String(a.pem.dropLast(40))) }
        #expect(throws: SealingError.tooLarge(what: "certificates in a PEM bundle", limit: 32)) { try Certificate.bundle(pem: String(repeating: a.pem, count: 33)) }
        #expect(throws: SealingError.tooLarge(what: "PEM bundle", limit: SealingLimit.bundle)) { try Certificate.bundle(pem: String(repeating: "x", count: SealingLimit.bundle + 1)) }
        #expect(throws: SealingError.self) { try Certificate(der: a.der + [0]) }
        #expect(throws: SealingError.self) { try Certificate(der: []) }
    }

    @Test func requests() throws {
        let tiers = try Tiers(.ledger, .sm2)
        for suite in Replication.Suite.allCases {
            let key = try LedgerKey.generate(suite)
            let request = try CertificateRequest(der: CertificateRequest.make(key).der)
            #expect(request.subjectPublicKeyInfo == key.subjectPublicKeyInfo)
            let leaf = try tiers.district.issue(.ledgerLeaf(node("wuhan/wuchang/jiyuqiao")), for: request, now: now, validityDays: 30)
            #expect(leaf.keyID == key.keyID)
            try verifyChain(leaf: leaf, intermediates: [tiers.district.certificate], roots: tiers.roots, expecting: .ledger, path: nil, at: now)
        }
        let p256 = try CertificateRequest.make(ECKey.generate())
        #expect(throws: IssueProblem.wrongKey(.ledger, .p256)) { try tiers.district.issue(.ledgerLeaf(node("wuhan/wuchang/a")), for: p256, now: now, validityDays: 1) }
        // another one's key in a request: the last byte of a signature, and the key itself
        for request in [p256, try CertificateRequest.make(LedgerKey.generate(.ed25519SHA256)), try .make(LedgerKey.generate(.sm2SM3))] {
            var wrong = request.der
            wrong[wrong.count - 1] ^= 1
            #expect(throws: SealingError.notAuthentic("signature of the certificate request")) { try CertificateRequest(der: wrong) }
            let other = try KeyHandle.generate(request.algorithm).subjectPublicKeyInfo
            let at = try #require(request.der.indices.first { request.der[$0...].starts(with: request.subjectPublicKeyInfo) })
            let swapped = request.der[..<at] + other + request.der[(at + other.count)...]
            #expect(throws: SealingError.notAuthentic("signature of the certificate request")) { try CertificateRequest(der: Array(swapped)) }
            #expect(throws: SealingError.self) { try CertificateRequest(der: request.der + [0]) }
        }
    }

    /// Damaged and random bytes are values or errors, never a crash; nothing changed is accepted as signed.
    @Test func garbage() throws {
        var random = SplitMix(20_260_301)
        for (purpose, algorithm) in ChainTests.kinds {
            let tiers = try Tiers(purpose, algorithm)
            let leaf = try tiers.leaf(tiers.district, "wuhan/wuchang/jiyuqiao")
            let request = try algorithm == .p256 ? CertificateRequest.make(ECKey.generate()) : .make(LedgerKey.generate(try #require(algorithm.suite)))
            for length in 0..<leaf.der.count { #expect(throws: SealingError.self) { try Certificate(der: Array(leaf.der[..<length])) } }
            for length in 0..<request.der.count { #expect(throws: SealingError.self) { try CertificateRequest(der: Array(request.der[..<length])) } }
            var parsed = 0
            for _ in 0..<1500 {
                var der = leaf.der
                for _ in 0..<Int.random(in: 1...3, using: &random) { der[Int.random(in: 0..<der.count, using: &random)] = UInt8.random(in: 0...255, using: &random) }
                guard der != leaf.der, let changed = try? Certificate(der: der) else { continue }
                parsed += 1
                #expect(throws: ChainProblem.self) { try verifyChain(leaf: changed, intermediates: [tiers.district.certificate], roots: tiers.roots, expecting: tiers.kind, path: nil, at: nil) }
                // and as an intermediate
                #expect(throws: Never.self) { try verifyChain(leaf: leaf, intermediates: [changed, tiers.district.certificate], roots: tiers.roots, expecting: tiers.kind, path: nil, at: nil) }
                var bytes = request.der
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
                #expect(throws: SealingError.self) { try CertificateRequest(der: bytes) }
            }
            #expect(parsed > 0)
        }
        for _ in 0..<2000 {
            let bytes = random.bytes(Int.random(in: 0...600, using: &random))
            #expect(throws: SealingError.self) { try Certificate(der: bytes) }
            #expect(throws: SealingError.self) { try CertificateRequest(der: [0x30, 0x82, 1, 0] + bytes) }
            #expect(throws: SealingError.self) { try LedgerPublicKey(subjectPublicKeyInfo: bytes) }
            #expect(throws: SealingError.self) { try LedgerKey(privateKeyPEM: PEM.encode("PRIVATE KEY", bytes)) }
        }
        #expect(throws: SealingError.tooLarge(what: "certificate", limit: SealingLimit.certificate)) { try Certificate(der: [UInt8](repeating: 0x30, count: 20_000)) }
    }
}

@Suite struct ErrorQueueTests {
    /// The queue is per thread and shared with the TLS code, which reads its own errors from it.
    @Test func staysEmpty() throws {
        for (purpose, algorithm) in ChainTests.kinds {
            let tiers = try Tiers(purpose, algorithm)
            let leaf = try tiers.leaf(tiers.district, "wuhan/wuchang/jiyuqiao")
            #expect(SealingError.queueIsEmpty)
            _ = try? verifyChain(leaf: leaf, intermediates: [], roots: tiers.roots, expecting: tiers.kind, path: nil, at: now)
            _ = try? verifyChain(leaf: leaf, intermediates: [tiers.district.certificate], roots: tiers.roots, expecting: tiers.kind, path: nil, at: 0)
            #expect(SealingError.queueIsEmpty)
            for bytes in [[], [0x30], Array(leaf.der.dropLast()), leaf.der.map { $0 ^ 1 }] as [[UInt8]] {
                _ = try? Certificate(der: bytes)
                _ = try? CertificateRequest(der: bytes)
                _ = try? LedgerKey(privateKeyPEM: PEM.encode("PRIVATE KEY", bytes))
                _ = try? Certificate.bundle(pem: PEM.encode("CERTIFICATE", bytes) + "-----BEGIN CERTIFICATE-----\n!")
                #expect(SealingError.queueIsEmpty)
            }
            _ = try? tiers.rogue(tiers.district, tiers.profile(node("wuhan/wuchang/a"))) { $0.setSAN("IP:nonsense") }
            #expect(SealingError.queueIsEmpty)
        }
        for suite in Replication.Suite.allCases {
            let key = try LedgerKey.generate(suite)
            #expect(!(try key.publicKey().isValid(signature: [1, 2, 3], of: [])))
            #expect(SealingError.queueIsEmpty)
        }
        let receiver = try ECKey.generate()
        var wrapped = try KeyWrap.wrap([1], to: receiver.subjectPublicKeyInfo, context: [])
        wrapped[20] ^= 1
        _ = try? KeyWrap.unwrap(wrapped, with: receiver, context: [])
        #expect(SealingError.queueIsEmpty)
    }
}
