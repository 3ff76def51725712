import Registry
import Replication
import Testing

@testable import Sealing

@Suite(.serialized) struct ChainTests {
    static let kinds: [(CertificatePurpose, KeyAlgorithm)] = [(.tls, .p256), (.ledger, .ed25519), (.ledger, .sm2)]

    @discardableResult
    func verify(_ tiers: Tiers, _ leaf: Certificate, _ between: [Certificate]? = nil, path: String? = nil, at time: Int64? = now) throws(ChainProblem) -> [Certificate] {
        try verifyChain(
            leaf: leaf, intermediates: between ?? [tiers.district.certificate], roots: tiers.roots, expecting: tiers.kind,
            path: path.flatMap { NodePath($0) }, at: time)
    }

    @Test(arguments: kinds) func threeTiers(_ purpose: CertificatePurpose, _ algorithm: KeyAlgorithm) throws {
        let tiers = try Tiers(purpose, algorithm)
        let street = try tiers.leaf(tiers.district, "wuhan/wuchang/jiyuqiao")
        let chain = try verify(tiers, street, path: "wuhan/wuchang/jiyuqiao")
        #expect(chain == [street, tiers.district.certificate, tiers.root.certificate])
        try verify(tiers, tiers.leaf(tiers.root, "wuhan/wuchang"), [], path: "wuhan/wuchang")
        try verify(tiers, tiers.leaf(tiers.root, "wuhan"), [], path: "wuhan")
        try verifyChain(leaf: tiers.district.certificate, intermediates: [], roots: tiers.roots, expecting: .ca, path: node("wuhan/wuchang"), at: now)
        #expect(street.kind == tiers.kind)
        #expect(street.purpose == purpose)
        #expect(street.algorithm == algorithm)
        #expect(tiers.district.certificate.kind == .ca)
        #expect(street.path == .success(try node("wuhan/wuchang/jiyuqiao")))
        #expect(street.notBefore == now - 300)
        #expect(street.notAfter == now + 365 * day)
        #expect(street.fingerprint == sha256(street.der))
        #expect(try Certificate(pem: street.pem) == street)
        let again = try CertificateAuthority(certificatePEM: tiers.district.certificate.pem, privateKeyPEM: tiers.district.privateKeyPEM())
        try verify(tiers, tiers.leaf(again, "wuhan/wuchang/zhongnan"))
        let renewed = try tiers.root.renewedRoot(now: now + 3000 * day, validityDays: 3650)
        try verifyChain(leaf: street, intermediates: [tiers.district.certificate], roots: TrustRoots([renewed.certificate]), expecting: tiers.kind, path: nil, at: nil)
    }

    /// A CA of one suite certifies keys of the other: a federation need not change all at once.
    @Test(arguments: [KeyAlgorithm.ed25519, .sm2], [KeyAlgorithm.ed25519, .sm2]) func mixedSuites(_ first: KeyAlgorithm, _ second: KeyAlgorithm) throws {
        let root = try CertificateAuthority.makeRoot(path: node("wuhan"), purpose: .ledger, key: KeyHandle.generate(first), now: now, validityDays: 3650)
        let district = try Tiers.intermediate(root, node("wuhan/wuchang"), second)
        let roots = try TrustRoots([root.certificate]), path = try node("wuhan/wuchang/jiyuqiao")
        for suite in Replication.Suite.allCases {
            let key = try LedgerKey.generate(suite)
            let leaf = try district.issue(.ledgerLeaf(path), for: CertificateRequest.make(key), now: now, validityDays: 365)
            #expect(leaf.algorithm == KeyAlgorithm(suite) && leaf.keyID == key.keyID)
            let chain = try verifyChain(leaf: Certificate(der: leaf.der), intermediates: [district.certificate, root.certificate], roots: roots, expecting: .ledger, path: path, at: nil)
            #expect(chain.map(\.algorithm) == [KeyAlgorithm(suite), second, first])
            // The same names under other keys prove nothing, whatever their suites.
            let other = try CertificateAuthority.makeRoot(path: node("wuhan"), purpose: .ledger, key: KeyHandle.generate(first), now: now, validityDays: 3650)
            #expect(throws: ChainProblem.self) {
                try verifyChain(leaf: leaf, intermediates: [district.certificate, root.certificate], roots: TrustRoots([other.certificate]), expecting: .ledger, path: path, at: nil)
            }
            // A bit of the issuer's signature.
            var forged = leaf.der
            forged[forged.count - 1] ^= 1
            if let certificate = try? Certificate(der: forged) {
                #expect(throws: ChainProblem.self) {
                    try verifyChain(leaf: certificate, intermediates: [district.certificate], roots: roots, expecting: .ledger, path: path, at: nil)
                }
            }
        }
    }

    @Test func pathsAndRoots() throws {
        let tiers = try Tiers(.tls, .p256)
        let leaf = try tiers.leaf(tiers.district, "wuhan/wuchang/jiyuqiao")
        #expect(throws: ChainProblem.wrongPath(expected: try node("wuhan/wuchang/zhongnan"), found: try node("wuhan/wuchang/jiyuqiao"))) {
            try verify(tiers, leaf, path: "wuhan/wuchang/zhongnan")
        }
        #expect(throws: ChainProblem.untrustedRoot) { try verify(tiers, leaf, []) }
        let other = try Tiers(.tls, .p256)  // the same names under other keys
        #expect(throws: ChainProblem.untrustedRoot) { try verify(other, leaf, [tiers.district.certificate, tiers.root.certificate]) }
        #expect(throws: ChainProblem.untrustedRoot) { try verify(other, leaf) }
        #expect(throws: ChainProblem.tooLong) { try verify(tiers, leaf, Array(repeating: tiers.district.certificate, count: 33)) }
        try verify(tiers, leaf, [other.district.certificate, other.root.certificate, tiers.district.certificate, leaf])
        #expect(throws: ChainProblem.self) { try TrustRoots([tiers.district.certificate]) }
        #expect(throws: ChainProblem.self) { try TrustRoots([leaf]) }
    }

    @Test(arguments: kinds) func dates(_ purpose: CertificatePurpose, _ algorithm: KeyAlgorithm) throws {
        let tiers = try Tiers(purpose, algorithm)
        let leaf = try tiers.leaf(tiers.district, "wuhan/wuchang/jiyuqiao")
        try verify(tiers, leaf, at: now - 299)
        #expect(throws: ChainProblem.notYetValid) { try verify(tiers, leaf, at: now - 301) }
        #expect(throws: ChainProblem.expired) { try verify(tiers, leaf, at: now + 366 * day) }
        try verify(tiers, leaf, at: nil)
        // a root that ended decades ago still proves a ledger
        let old = try CertificateAuthority.makeRoot(path: node("wuhan"), purpose: purpose, key: KeyHandle.generate(algorithm), now: 0, validityDays: 1)
        let oldLeaf = try tiers.leaf(old, "wuhan/wuchang")
        try verifyChain(leaf: oldLeaf, intermediates: [], roots: TrustRoots([old.certificate]), expecting: tiers.kind, path: nil, at: nil)
        #expect(throws: ChainProblem.expired) {
            try verifyChain(leaf: oldLeaf, intermediates: [], roots: TrustRoots([old.certificate]), expecting: tiers.kind, path: nil, at: now)
        }
    }

    @Test(arguments: kinds) func rogueIntermediate(_ purpose: CertificatePurpose, _ algorithm: KeyAlgorithm) throws {
        let tiers = try Tiers(purpose, algorithm)
        // a leaf, and a CA, outside its subtree; itself; its parent; a name that only looks alike
        for path in ["wuhan/hankou/streeta", "wuhan/hankou", "wuhan", "wuhan/wuchang", "wuhan/notwuchang", "shanghai/wuchang"] {
            let leaf = try tiers.rogue(tiers.district, tiers.profile(node(path)))
            #expect(throws: ChainProblem.nameConstraint, "\(path)") { try verify(tiers, leaf) }
        }
        let key = try KeyHandle.generate(algorithm)
        let sibling = try CertificateAuthority(certificate: tiers.rogue(tiers.district, .intermediateCA(node("wuhan/hankou")), key: key), key: key)
        let below = try tiers.leaf(sibling, "wuhan/hankou/streeta")
        #expect(throws: ChainProblem.nameConstraint) { try verify(tiers, below, [sibling.certificate, tiers.district.certificate]) }
        // the root's CA in its own name, certified by the district
        let fake = try CertificateAuthority(certificate: tiers.rogue(tiers.district, .rootCA(node("wuhan")), key: key), key: key)
        let top = try tiers.leaf(fake, "wuhan/hankou")
        #expect(throws: ChainProblem.nameConstraint) { try verify(tiers, top, [fake.certificate, tiers.district.certificate]) }
        // within the subtree, but not the parent's own CA: skipping a tier
        let deep = try tiers.leaf(tiers.root, "wuhan/wuchang/jiyuqiao")
        #expect(throws: ChainProblem.wrongPath(expected: try node("wuhan/wuchang"), found: try node("wuhan"))) { try verify(tiers, deep) }
        // a leaf that signs as if it were a CA
        let leafKey = try KeyHandle.generate(algorithm)
        let street = try tiers.district.issue(tiers.profile(node("wuhan/wuchang/jiyuqiao")), subjectPublicKeyInfo: leafKey.subjectPublicKeyInfo, now: now, validityDays: 10)
        let forged = try CertificateBuilder(
            template: tiers.profile(node("wuhan/wuchang/jiyuqiao/counter")).template(purpose: purpose), subjectKey: KeyHandle.generate(algorithm),
            now: now, validityDays: 1, issuer: street, issuerKey: leafKey
        ).signed()
        #expect(throws: ChainProblem.self) { try verify(tiers, forged, [street, tiers.district.certificate]) }
        #expect(throws: IssueProblem.self) { try CertificateAuthority(certificate: street, key: leafKey) }
    }

    /// libcrypto finds nothing wrong with a CA that lost its constraints; our own checks do.
    @Test func intermediateWithoutConstraints() throws {
        let tiers = try Tiers(.tls, .p256)
        let key = try KeyHandle.generate(.p256)
        let free = try tiers.rogue(tiers.root, .intermediateCA(node("wuhan/wuchang")), key: key) { $0.dropNameConstraints() }
        #expect(free.kind == .foreign)
        let leaf = try CertificateBuilder(
            template: CertificateProfile.tlsLeaf(node("wuhan/wuchang/jiyuqiao")).template(purpose: .tls), subjectKey: KeyHandle.generate(.p256),
            now: now, validityDays: 1, issuer: free, issuerKey: key
        ).signed()
        #expect(throws: ChainProblem.wrongKind(expected: "tls CA", found: "foreign")) { try verify(tiers, leaf, [free]) }
    }

    @Test func purposesNeverMix() throws {
        let tls = try Tiers(.tls, .p256), ledger = try Tiers(.ledger, .ed25519)
        let both = try TrustRoots([tls.root.certificate, ledger.root.certificate])
        let between = [tls.district.certificate, ledger.district.certificate]
        let leaf = try tls.leaf(tls.district, "wuhan/wuchang/jiyuqiao")
        #expect(throws: ChainProblem.wrongKind(expected: "ledger", found: "tls")) {
            try verifyChain(leaf: leaf, intermediates: between, roots: both, expecting: .ledger, path: nil, at: nil)
        }
        // a TLS CA that signs a ledger certificate, and the other way round
        let forged = try tls.rogue(tls.district, .ledgerLeaf(node("wuhan/wuchang/jiyuqiao")), key: KeyHandle.generate(.ed25519))
        #expect(forged.kind == .ledger)
        #expect(throws: ChainProblem.wrongKind(expected: "ledger CA", found: "tls ca")) {
            try verifyChain(leaf: forged, intermediates: between, roots: both, expecting: .ledger, path: nil, at: nil)
        }
        let reverse = try ledger.rogue(ledger.district, .tlsLeaf(node("wuhan/wuchang/jiyuqiao")), key: KeyHandle.generate(.p256))
        #expect(throws: ChainProblem.wrongKind(expected: "tls CA", found: "ledger ca")) {
            try verifyChain(leaf: reverse, intermediates: between, roots: both, expecting: .tls, path: nil, at: now)
        }
        // both usages at once, none, or a key of the wrong algorithm: no certificate of ours
        for usage in ["clientAuth,serverAuth,\(CertificatePurpose.ledgerSigningOID)", "serverAuth", "anyExtendedKeyUsage"] {
            #expect(try tls.rogue(tls.district, .tlsLeaf(node("wuhan/wuchang/jiyuqiao"))) { $0.setUsage(usage) }.kind == .foreign)
        }
        #expect(try tls.rogue(tls.district, .ledgerLeaf(node("wuhan/wuchang/jiyuqiao")), key: KeyHandle.generate(.p256)).kind == .foreign)
    }

    @Test("A look-up client's certificate is good for asking its own node, and for nothing else")
    func readers() throws {
        let tiers = try Tiers(.tls, .p256), client = try node("wuhan/wuchang/caigou")
        let key = try ECKey.generate().subjectPublicKeyInfo
        let leaf = try tiers.district.issue(.readerLeaf(client), subjectPublicKeyInfo: key, now: now, validityDays: 10)
        #expect(leaf.kind == .reader && leaf.purpose == .tls)
        #expect(try leaf.path.get() == client)
        let roots = try TrustRoots([tiers.root.certificate]), between = [tiers.district.certificate]
        try verifyChain(leaf: leaf, intermediates: between, roots: roots, expecting: .reader, path: client, at: now)
        #expect(throws: ChainProblem.wrongKind(expected: "tls", found: "reader")) {
            try verifyChain(leaf: leaf, intermediates: between, roots: roots, expecting: .tls, path: client, at: now)
        }
        let link = try tiers.district.issue(.tlsLeaf(client), subjectPublicKeyInfo: key, now: now, validityDays: 10)
        #expect(throws: ChainProblem.wrongKind(expected: "reader", found: "tls")) {
            try verifyChain(leaf: link, intermediates: between, roots: roots, expecting: .reader, path: client, at: now)
        }
        for (ca, path) in [(tiers.root, client), (tiers.district, try node("wuhan/wuchang")), (tiers.district, try node("wuhan/hankou/caigou"))] {
            #expect(throws: IssueProblem.self) { try ca.issue(.readerLeaf(path), subjectPublicKeyInfo: key, now: now, validityDays: 10) }
        }
        // A CA whose own usage is the client's alone is none of ours.
        #expect(try tiers.rogue(tiers.root, .intermediateCA(node("wuhan/wuchang"))) { $0.setUsage("clientAuth") }.kind == .foreign)
    }

    @Test func issuingRules() throws {
        let tiers = try Tiers(.tls, .p256)
        let key = try ECKey.generate().subjectPublicKeyInfo
        let ledgerKey = try LedgerKey.generate(.ed25519SHA256).subjectPublicKeyInfo
        func refused(_ ca: CertificateAuthority, _ profile: CertificateProfile, _ info: [UInt8]? = nil, days: Int = 1) -> IssueProblem? {
            do throws(IssueProblem) {
                _ = try ca.issue(profile, subjectPublicKeyInfo: info ?? key, now: now, validityDays: days)
                return nil
            } catch { return error }
        }
        let wuhan = try node("wuhan"), wuchang = try node("wuhan/wuchang"), hankou = try node("wuhan/hankou"), street = try node("wuhan/wuchang/jiyuqiao")
        #expect(refused(tiers.district, .tlsLeaf(hankou)) == .notBelow(ca: wuchang, asked: hankou))
        #expect(refused(tiers.district, .tlsLeaf(wuchang)) == .notBelow(ca: wuchang, asked: wuchang))
        #expect(refused(tiers.district, .intermediateCA(wuhan)) == .notBelow(ca: wuchang, asked: wuhan))
        #expect(refused(tiers.root, .intermediateCA(wuhan)) == .notBelow(ca: wuhan, asked: wuhan))
        #expect(refused(tiers.root, .rootCA(wuhan)) == .rootIsSelfSigned)
        #expect(refused(tiers.root, .tlsLeaf(wuhan)) == nil)
        #expect(refused(tiers.root, .tlsLeaf(street)) == nil)
        #expect(refused(tiers.district, .ledgerLeaf(street)) == .wrongPurpose(ca: .tls, asked: .ledger))
        #expect(refused(tiers.district, .tlsLeaf(street), ledgerKey) == .wrongKey(.tls, .ed25519))
        #expect(refused(tiers.district, .tlsLeaf(street), [1, 2, 3]) == .sealing(.malformed("SubjectPublicKeyInfo of no known algorithm")))
        #expect(refused(tiers.district, .tlsLeaf(street), days: 0) == .validity(days: 0))
        let deepest = try node("wuhan/wuchang/a/b/c/d/e/f")
        #expect(refused(tiers.district, .intermediateCA(deepest)) == .tooDeep(deepest))
        #expect(refused(tiers.district, .tlsLeaf(deepest)) == nil)
        #expect(throws: IssueProblem.notThisCA("the key is another one's")) { try CertificateAuthority(certificate: tiers.root.certificate, key: KeyHandle.generate(.p256)) }
        #expect(throws: IssueProblem.notBelow(ca: wuhan, asked: wuchang)) { try CertificateAuthority.makeRoot(path: wuchang, purpose: .tls, now: now, validityDays: 1) }
        #expect(throws: IssueProblem.self) { try CertificateAuthority.makeRoot(path: wuhan, purpose: .tls, now: .max, validityDays: 1) }
        #expect(throws: IssueProblem.self) { try CertificateAuthority.makeRoot(path: wuhan, purpose: .tls, key: KeyHandle.generate(.sm2), now: now, validityDays: 1) }
    }

    @Test func eightTiersAndLongNames() throws {
        var path = try node("w" + String(repeating: "u", count: 20))
        var ca = try CertificateAuthority.makeRoot(path: path, purpose: .ledger, now: now, validityDays: 10)
        let roots = try TrustRoots([ca.certificate])
        var between: [Certificate] = []
        while path.depth < NodePath.maximumDepth {
            path = try #require(path.child(String(repeating: "d", count: 20)))
            let leaf = try ca.issue(.ledgerLeaf(path), subjectPublicKeyInfo: LedgerKey.generate(.sm2SM3).subjectPublicKeyInfo, now: now, validityDays: 10)
            try verifyChain(leaf: leaf, intermediates: between.shuffled(), roots: roots, expecting: .ledger, path: path, at: now)
            if path.depth < NodePath.maximumDepth {
                ca = try Tiers.intermediate(ca, path, .ed25519)
                between.append(ca.certificate)
            }
        }
    }

    /// One leaf, one set of roots, many threads.
    @Test(arguments: kinds) func manyTasks(_ purpose: CertificatePurpose, _ algorithm: KeyAlgorithm) async throws {
        let tiers = try Tiers(purpose, algorithm)
        let leaf = try tiers.leaf(tiers.district, "wuhan/wuchang/jiyuqiao")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<24 {
                group.addTask {
                    for _ in 0..<4 {
                        try verifyChain(
                            leaf: leaf, intermediates: [tiers.district.certificate], roots: tiers.roots, expecting: tiers.kind,
                            path: nil, at: task % 2 == 0 ? now : nil)
                        _ = try tiers.leaf(tiers.district, "wuhan/wuchang/s\(task)")
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
