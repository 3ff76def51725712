import Foundation
import NIOCore
import NIOPosix
import NodeRuntime
import Registry
import Sealing
import Synchronization
import Testing
import Transport

/// Who may speak to a serving node, and whom a node speaks to: real processes, this one as the stranger.
@Suite(.serialized) struct CertificateTests {
    typealias F = Federation
    static let name = "jiyuqiao.wuchang.wuhan"
    private static let year: Int64 = 365 * 86_400

    @Test("No certificate but the enrolled one opens a link: another CA, date, path, name, key, kind or issuer does not")
    func onlyTheEnrolledCertificate() async throws {
        let federation = try F.withSilentStreet()
        let port = try federation.port(F.district)
        for (what, credential) in try Self.issued(federation) + Self.forged(federation) {
            let answer = try await HostileClient(port: port, credential).askLink()
            #expect(answer.isRefusal, "\(what): \(answer)")
            #expect(try federation.children(at: F.district).allSatisfy { $0.lastContact == nil }, "\(what): no contact")
        }
        let links = try federation.status(F.district).links.filter { $0.role == "child" }
        #expect(links.map(\.peer) == [F.a], "nothing appeared that was not enrolled")
        #expect(links.allSatisfy { $0.state == "never" && $0.lastContact == nil })

        // The true certificate opens the link, and so does one that the same tool signed in the right form:
        // what was refused above was refused for what it said, not for how it was made.
        let honest = ("subjectAltName=URI:creditnode://\(Self.name)/", try federation.credential(F.a))
        #expect(try await HostileClient(port: port, honest.1).askLink() == .status(200))
        let remade = try Self.forge(federation, Forge.leaf + [honest.0])
        #expect(try await HostileClient(port: port, remade).askLink() == .status(200))
        #expect(try federation.link(F.a, at: F.district).state != "never")
    }

    /// Certificates that our own CA code issues. Where nothing else is said the key is the enrolled one, so
    /// that only the certificate itself can be the reason of a refusal.
    private static func issued(_ federation: F) throws -> [(String, Credential)] {
        let now = Int64(Date().timeIntervalSince1970)
        let street = try #require(NodePath(F.a)), district = try #require(NodePath(F.district)), city = try #require(NodePath(F.city))
        let key = try federation.text("keys/tls.pem", of: F.a), enrolled = try ECKey(privateKeyPEM: key).subjectPublicKeyInfo
        let above = try federation.text("certificates/tls-ca.pem", of: F.district), authority = try federation.authority(F.district)
        func issue(_ path: NodePath, _ spki: [UInt8], now: Int64 = now, days: Int = 398) throws -> String {
            try authority.issue(.tlsLeaf(path), subjectPublicKeyInfo: spki, now: now, validityDays: days).pem + above
        }
        let other = try #require(NodePath("wuhan/wuchang/other")), grandchild = try #require(NodePath(F.a + "/x")), fresh = try ECKey.generate()

        let strangeRoot = try CertificateAuthority.makeRoot(path: city, purpose: .tls, now: now, validityDays: 3650), strangeKey = try ECKey.generate()
        let strangeCA = try CertificateAuthority(
            certificate: strangeRoot.issue(.intermediateCA(district), subjectPublicKeyInfo: strangeKey.subjectPublicKeyInfo, now: now, validityDays: 3650), key: strangeKey.handle)
        let strange = try strangeCA.issue(.tlsLeaf(street), subjectPublicKeyInfo: enrolled, now: now, validityDays: 398).pem
        let rootLeaf = try federation.authority(F.city).issue(.tlsLeaf(street), subjectPublicKeyInfo: enrolled, now: now, validityDays: 398)
        let cityChain = try federation.text("certificates/tls-ca.pem", of: F.city)
        return [
            ("another CA of the same names", Credential(chain: strange + strangeCA.certificate.pem + strangeRoot.certificate.pem, key: key)),
            ("another CA, with the true chain after it", Credential(chain: strange + above, key: key)),
            ("expired", Credential(chain: try issue(street, enrolled, now: now - 2 * year), key: key)),
            ("not valid yet", Credential(chain: try issue(street, enrolled, now: now + 2 * year), key: key)),
            ("a sibling that is not enrolled", Credential(chain: try issue(other, fresh.subjectPublicKeyInfo), key: try fresh.privateKeyPEM())),
            ("a sibling that is not enrolled, by the enrolled key", Credential(chain: try issue(other, enrolled), key: key)),
            ("a grandchild, by the enrolled key", Credential(chain: try issue(grandchild, enrolled), key: key)),
            ("the enrolled path with another key", Credential(chain: try issue(street, fresh.subjectPublicKeyInfo), key: try fresh.privateKeyPEM())),
            ("issued by the root over the district's head", Credential(chain: rootLeaf.pem + cityChain, key: key)),
            ("the district's own certificate", try federation.credential(F.district)),
            ("the city's certificate", try federation.credential(F.city)),
            ("the district's CA certificate", Credential(chain: above, key: try federation.text("keys/tls-ca.pem", of: F.district))),
            ("the street's CA certificate", Credential(chain: try federation.text("certificates/tls-ca.pem", of: F.a), key: try federation.text("keys/tls-ca.pem", of: F.a))),
            ("the street's ledger certificate", Credential(chain: try federation.text("certificates/ledger.pem", of: F.a), key: try federation.text("keys/ledger.pem", of: F.a))),
            ("no chain to the root", Credential(chain: try Certificate.bundle(pem: federation.credential(F.a).chain)[0].pem, key: key))
        ]
    }

    /// Certificates that only other software issues, under the true CA and over the enrolled key.
    private static func forged(_ federation: F) throws -> [(String, Credential)] {
        let uri = "URI:creditnode://\(name)/"
        let san = [
            ("no SAN", []),
            ("a DNS SAN", ["subjectAltName=DNS:\(name)"]),
            ("an e-mail SAN", ["subjectAltName=email:x@\(name)"]),
            ("user information in the URI", ["subjectAltName=URI:creditnode://x@\(name)/"]),
            ("user information that hides a foreign host", ["subjectAltName=URI:creditnode://\(name)@evil.wuchang.wuhan/"]),
            ("a port in the URI", ["subjectAltName=URI:creditnode://\(name):7443/"]),
            ("another scheme", ["subjectAltName=URI:https://\(name)/"]),
            ("capitals in the host", ["subjectAltName=URI:creditnode://Jiyuqiao.wuchang.wuhan/"]),
            ("a path after the host", ["subjectAltName=URI:creditnode://\(name)/x"]),
            ("two URI SANs", ["subjectAltName=\(uri),URI:creditnode://other.wuchang.wuhan/"]),
            ("the same URI twice", ["subjectAltName=\(uri),\(uri)"]),
            ("a URI and a DNS SAN", ["subjectAltName=\(uri),DNS:\(name)"]),
            ("a path outside the CA's name constraint", ["subjectAltName=URI:creditnode://x.hanyang.wuhan/"]),
            ("another federation's host", ["subjectAltName=URI:creditnode://jiyuqiao.wuchang.beijing/"])
        ].map { ($0.0, Forge.leaf + $0.1) }
        let right = "subjectAltName=\(uri)"
        let use = [
            ("the ledger's usage", [Forge.leaf[0], Forge.leaf[1], "extendedKeyUsage=critical,\(CertificatePurpose.ledgerSigningOID)", right]),
            ("both usages", [Forge.leaf[0], Forge.leaf[1], "extendedKeyUsage=clientAuth,serverAuth,\(CertificatePurpose.ledgerSigningOID)", right]),
            ("client usage alone", [Forge.leaf[0], Forge.leaf[1], "extendedKeyUsage=clientAuth", right]),
            ("no usage", [right]),
            ("a CA that claims the street's path", ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,digitalSignature", Forge.leaf[2], right])
        ]
        var all = try (san + use).map { ($0.0, try forge(federation, $0.1)) }
        // A street's own CA may certify what is below it; not the street, and not its neighbour.
        for (what, host) in [("the street certifying itself", name), ("the street certifying a neighbour", "other.wuchang.wuhan"), ("the street certifying a child for the district", "x.\(name)")] {
            all.append((what, try forge(federation, Forge.leaf + ["subjectAltName=URI:creditnode://\(host)/"], by: F.a)))
        }
        // A leaf is no CA, whatever it signs.
        let byLeaf = try Forge(directory: federation.directory).certificate(
            keyFile: federation.file("keys/tls.pem", of: F.a), extensions: Forge.leaf + [right],
            authority: (federation.file("certificates/tls.pem", of: F.a), federation.file("keys/tls.pem", of: F.a)))
        let own = try federation.credential(F.a)
        all.append(("signed by the street's own leaf", Credential(chain: byLeaf + own.chain, key: own.key)))
        return all
    }

    /// Over the enrolled street's key.
    private static func forge(_ federation: F, _ extensions: [String], by issuer: String = F.district) throws -> Credential {
        let forged = try Forge(directory: federation.directory).certificate(
            keyFile: federation.file("keys/tls.pem", of: F.a), extensions: extensions,
            authority: (federation.file("certificates/tls-ca.pem", of: issuer), federation.file("keys/tls-ca.pem", of: issuer)))
        return Credential(chain: forged + (try federation.text("certificates/tls-ca.pem", of: issuer)), key: try federation.text("keys/tls.pem", of: F.a))
    }

    @Test("Without a certificate only enrolment answers")
    func withoutCertificate() async throws {
        let federation = try F.withSilentStreet()
        let client = try HostileClient(port: try federation.port(F.district), nil)
        #expect(await client.askLink() == .status(401))
        let connection = try await client.connect()
        #expect(try await connection.request(method: "POST", path: "/v1/enrol", body: Array("not a plea".utf8)).status == 400)
        #expect(try await connection.request(method: "POST", path: "/v1/link", body: [0, 0, 0, 1, 0]).status == 401)
        for (method, path) in [("GET", "/v1/link"), ("GET", "/v1/enrol"), ("POST", "/v1/status"), ("POST", "/"), ("GET", "/"), ("POST", "/v1/link/"), ("POST", "/v1/link?x=1")] {
            #expect(try await connection.request(method: method, path: path).status == 404, "\(method) \(path)")
        }
        await connection.close()
        #expect(try federation.link(F.a, at: F.district).state == "never")
    }

    // MARK: - The child's side

    @Test("A child refuses a parent of another path or of another CA, tells it nothing, and names what it met")
    func impostorParent() async throws {
        let federation = try F.withSilentStreet()
        try federation.serve(F.a, parentPort: try federation.port(F.city))
        try federation.until("the street met the city") { try federation.link(F.district, at: F.a).lastError != nil }
        let met = try federation.link(F.district, at: F.a)
        #expect(met.state != "connected" && met.lastContact == nil)
        let error = try #require(met.lastError)
        #expect(error.contains("not \(F.district)") && error.contains("at the parent's address is"), "\(error)")
        #expect(try !federation.status(F.city).links.contains { $0.peer == F.a })
        #expect(federation.stop(F.a) == 0)

        let rogue = try await Rogue.start(try Self.impostor(federation))
        try federation.serve(F.a, parentPort: rogue.port)
        try federation.until("the street met the rogue") { try federation.link(F.district, at: F.a).lastError != nil }
        let refused = try federation.link(F.district, at: F.a)
        #expect(refused.state != "connected" && refused.lastContact == nil && rogue.requests == 0, "\(refused)")
        #expect(refused.lastError?.contains("certificate") == true, "\(refused)")
        #expect(federation.stop(F.a) == 0)
        await rogue.stop()

        try federation.serve(F.a, parentPort: try federation.port(F.district))
        try federation.until("the street met its parent") { try federation.link(F.district, at: F.a).state == "connected" }
    }

    /// The district's path under a root of the same name, with the genuine root shown beside it.
    private static func impostor(_ federation: F) throws -> Credential {
        let now = Int64(Date().timeIntervalSince1970)
        let root = try CertificateAuthority.makeRoot(path: try #require(NodePath(F.city)), purpose: .tls, now: now, validityDays: 3650), key = try ECKey.generate()
        let leaf = try root.issue(.tlsLeaf(try #require(NodePath(F.district))), subjectPublicKeyInfo: key.subjectPublicKeyInfo, now: now, validityDays: 398)
        return Credential(chain: leaf.pem + root.certificate.pem + (try federation.text("certificates/tls-ca.pem", of: F.city)), key: try key.privateKeyPEM())
    }

    @Test("A join tells nothing to a server that is not under the invitation's CA, genuine root beside it or not")
    func joinAtImpostor() async throws {
        let federation = try F.withSilentStreet()
        let invited = try federation.ask(InviteCommand.Response.self, ["invite", F.b], at: F.district)
        var token = try Invitation(invited.token)
        let genuine = token

        token.ca = String(repeating: "0", count: 63) + "1"
        let wrongCA = try federation.run(["join", token.text(), "--json"], at: "wrong-ca")
        #expect(wrongCA.status != 0 && (wrongCA.output + wrongCA.errors).contains("the invitation's CA"), "\(wrongCA)")

        let rogue = try await Rogue.start(try Self.impostor(federation))
        token = genuine
        token.address = "127.0.0.1:\(rogue.port)"
        let between = try federation.run(["join", token.text(), "--json"], at: "between")
        #expect(between.status != 0 && rogue.requests == 0, "\(between)")
        // The genuine city is under the CA, and yet not the parent.
        token.address = "127.0.0.1:\(try federation.port(F.city))"
        let uncle = try federation.run(["join", token.text(), "--json"], at: "uncle")
        #expect(uncle.status != 0, "\(uncle)")
        #expect((uncle.output + uncle.errors).contains("expected a certificate of \(F.district)"), "\(uncle)")
        await rogue.stop()

        for home in ["wrong-ca", "between", "uncle"] { #expect(!FileManager.default.fileExists(atPath: federation.file("identity.json", of: home))) }
        #expect(try federation.children(at: F.district).map(\.path) == [F.a])
        _ = try federation.ask(InitReport.self, ["join", genuine.text()], at: F.b)
    }
}

/// A server of ours under somebody else's certificate; counts what reaches its handler.
final class Rogue: Sendable {
    let port: Int
    private let server: HTTPServer
    private let count: Counter

    private final class Counter: Sendable {
        let requests = Mutex(0)
    }

    private init(_ server: HTTPServer, _ count: Counter) { (self.server, self.count, port) = (server, count, server.localPort ?? 0) }

    static func start(_ credential: Credential) async throws -> Rogue {
        let tls = try TLSContext.server(
            certificateChainPEM: Array(credential.chain.utf8), privateKeyPEM: Array(credential.key.utf8), trustAnchorsPEM: [], clientCertificates: .none)
        let count = Counter()
        let server = try await HTTPServer.start(on: .tcp(host: "127.0.0.1", port: 0), tls: tls, group: MultiThreadedEventLoopGroup.singleton) { _, response in
            count.requests.withLock { $0 += 1 }
            try await response.sendHead(status: 200, headers: [])
            try await response.finish()
        }
        return Rogue(server, count)
    }

    var requests: Int { count.requests.withLock { $0 } }
    func stop() async { await server.shutdown(gracePeriod: .zero) }
}
