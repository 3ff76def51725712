import Foundation
import GRDB
import NIOCore
import NodeRuntime
import Registry
import Sealing
import Testing
import Transport

/// Invitations: whom they admit, once, and what an interrupted join may repeat.
@Suite(.serialized) struct EnrolmentTests {
    typealias F = Federation
    private static let refused: Int32 = 77

    private func standing() throws -> Federation {
        let federation = try Federation()
        try federation.initialise()
        try federation.serve(F.city)
        try federation.enrol(F.district)
        return federation
    }

    private func invite(_ path: String, _ federation: Federation) throws -> Invitation {
        try Invitation(try federation.ask(InviteCommand.Response.self, ["invite", path], at: F.district).token)
    }

    @Test("Another secret, id or path is refused and spends nothing; a used invitation admits nobody else")
    func refusals() throws {
        let federation = try standing()
        let genuine = try invite(F.a, federation)
        func join(_ home: String, _ change: (inout Invitation) -> Void) throws -> Federation.Run {
            var token = genuine
            change(&token)
            return try federation.run(["join", token.text(), "--json"], at: home)
        }
        let attempts: [(String, (inout Invitation) -> Void)] = [
            ("secret", { $0.secret = String(repeating: "ab", count: 32) }),
            ("id", { $0.id = "0123456789abcdef" }),
            ("sibling", { $0.path = F.b }),
            ("late", { $0.expires = 1 })
        ]
        for (name, change) in attempts {
            let run = try join(name, change)
            #expect(run.status == Self.refused, "\(name): \(run)")
            #expect(!FileManager.default.fileExists(atPath: federation.file("identity.json", of: name)))
        }
        // A path that is not below the server: the client expects another parent at this address.
        for path in ["wuhan/hanyang/x", "wuhan/hanyang", F.a + "/x"] {
            let run = try join("elsewhere") { $0.path = path }
            #expect(run.status != 0, "\(path): \(run)")
        }
        #expect(try federation.run(["invite", "wuhan/hanyang/x", "--json"], at: F.district).status == 65)
        #expect(try federation.run(["invite", F.a + "/x", "--json"], at: F.district).status == 65)
        #expect(try federation.run(["invite", F.district, "--json"], at: F.district).status == 65)
        #expect(try federation.children(at: F.district).isEmpty)

        #expect(try join("jiyuqiao") { _ in }.status == 0, "the genuine invitation was not spent")
        let again = try join("thief") { _ in }
        #expect(again.status == Self.refused, "used by other keys: \(again)")
        #expect(try federation.run(["invite", F.a, "--json"], at: F.district).status == Self.refused, "a used path is not given away")
        #expect(try federation.children(at: F.district).map(\.path) == [F.a])
    }

    @Test("An invitation that expired at the parent is refused there, whatever the token says")
    func expired() throws {
        let federation = try standing()
        let listen = try #require(federation.addresses(F.district)?.listen)
        var token = try invite(F.a, federation)
        #expect(federation.stop(F.district) == 0)
        let database = try DatabaseQueue(path: federation.file("node.db", of: F.district))
        try database.write { try $0.execute(sql: "UPDATE invitation SET expires_at = 1 WHERE id = ?", arguments: [token.id]) }
        try database.close()
        try federation.serve(F.district, listen: listen)
        token.expires += 3_600_000
        let run = try federation.run(["join", token.text(), "--json"], at: F.a)
        #expect(run.status == Self.refused, "\(run)")
        #expect(try federation.children(at: F.district).isEmpty)
    }

    @Test("A join killed half-way is repeated; whoever repeats the same request gets the very same certificates")
    func repeated() throws {
        let federation = try standing()
        let genuine = try invite(F.a, federation)
        // Killed when keys and requests are made and the server has not answered.
        let sink = try Sink()
        var stalled = genuine
        stalled.address = "127.0.0.1:\(sink.port)"
        let joining = Process()
        joining.executableURL = F.binary
        joining.arguments = ["join", try stalled.text(), "--home", federation.home(F.a)]
        joining.standardInput = FileHandle.nullDevice
        joining.standardOutput = FileHandle.nullDevice
        joining.standardError = FileHandle.nullDevice
        try joining.run()
        _ = try sink.firstBytes.wait()
        kill(joining.processIdentifier, SIGKILL)
        joining.waitUntilExit()
        #expect(!FileManager.default.fileExists(atPath: federation.file("identity.json", of: F.a)))
        let key = try federation.text("keys/tls.pem", of: F.a)
        // Two more that broke off at the same place: one asks after the answer was given, one never had the requests.
        for copy in ["lost-answer", "lost-requests"] { try FileManager.default.copyItem(atPath: federation.home(F.a), toPath: federation.home(copy)) }
        for name in ["ledger", "tls", "ledger-ca", "tls-ca"] { try FileManager.default.removeItem(atPath: federation.file("keys/\(name).csr", of: "lost-requests")) }

        _ = try federation.ask(InitReport.self, ["join", genuine.text()], at: F.a)
        _ = try federation.ask(InitReport.self, ["join", genuine.text()], at: "lost-answer")
        #expect(try federation.text("keys/tls.pem", of: F.a) == key)
        for name in ["tls", "ledger", "tls-ca", "ledger-ca"] {
            #expect(try federation.text("certificates/\(name).pem", of: F.a) == federation.text("certificates/\(name).pem", of: "lost-answer"), "\(name)")
        }
        #expect(try federation.run(["join", genuine.text(), "--json"], at: "lost-requests").status == Self.refused, "same keys, but another request")
        #expect(try federation.run(["join", genuine.text(), "--json"], at: F.a).status == Self.refused, "a home is joined once")
        #expect(try federation.children(at: F.district).map(\.path) == [F.a])
        try federation.serve(F.a, listen: nil)
        try federation.until("the street is linked") { try federation.link(F.a, at: F.district).state == "connected" }
    }

    @Test("A plea made by hand: proof, path and every byte of it count, also when several come at once")
    func byHand() async throws {
        let federation = try standing()
        let token = try invite(F.a, federation)
        let client = try HostileClient(port: try federation.port(F.district), nil)
        let connection = try await client.connect()
        func ask(_ body: [UInt8]) async throws -> (status: Int, body: [UInt8]) {
            let response = try await connection.request(method: "POST", path: "/v1/enrol", body: body)
            return (response.status, Array(response.body.readableBytesView))
        }
        for path in ["wuhan/hanyang/x", F.district, F.city, F.a + "/x", F.b] {
            #expect(try await ask(Plea(path, token).serialized(token)).status == 403, "\(path), rightly proven")
        }
        var plea = try Plea(F.a, token)
        #expect(try await ask(plea.serialized(secret: [UInt8](repeating: 7, count: 32))).status == 403)
        #expect(try await ask(plea.serialized(proof: [])).status == 403)
        let honest = plea.serialized(token)
        var flipped = honest
        flipped[honest.count / 2] ^= 1
        #expect(try await [400, 403].contains(ask(flipped).status), "a flipped bit")
        for junk in [[], [0xff], [UInt8](repeating: 0, count: 1000), Array(honest.dropLast(10))] {
            #expect(try await [400, 403].contains(ask(junk).status), "\(junk.count) bytes of junk")
        }
        #expect(try federation.children(at: F.district).isEmpty)

        // A thief with a copy of the token races; one request is served, and always the same one.
        let pleas = try (0..<6).map { _ in try Plea(F.a, token).serialized(token) }
        let answers = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
            for (n, body) in pleas.enumerated() { group.addTask { (n, try await ask(body).status) } }
            return try await group.reduce(into: [Int: Int]()) { $0[$1.0] = $1.1 }
        }
        let winners = answers.filter { $0.value == 200 }.map(\.key)
        let winner = try #require(winners.first)
        #expect(winners.count == 1 && answers.values.filter { $0 == 403 }.count == 5, "\(answers)")
        #expect(try await ask(honest).status == 403, "another request of the same secret comes too late")
        let first = try await ask(pleas[winner]), second = try await ask(pleas[winner])
        #expect(first.status == 200 && first.body == second.body && !first.body.isEmpty)
        plea.token = "0000000000000000"
        #expect(try await ask(plea.serialized(token)).status == 403)
        #expect(try await ask([UInt8](repeating: 0, count: 70_000)).status >= 400, "too large a plea")
        await connection.close()
        #expect(try federation.children(at: F.district).map(\.path) == [F.a])
    }
}

/// The token as `invite` prints it, open to change.
struct Invitation: Codable {
    static let prefix = "creditnode1."
    var path, address, ca, id, secret: String
    var expires: UInt64

    init(_ text: String) throws {
        var base64 = text.dropFirst(Self.prefix.count).replacing("-", with: "+").replacing("_", with: "/")
        while base64.count % 4 != 0 { base64 += "=" }
        self = try JSONDecoder().decode(Invitation.self, from: try #require(Data(base64Encoded: String(base64))))
    }

    var secretBytes: [UInt8] {
        let digits = secret.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    func text() throws -> String {
        Self.prefix + (try JSONEncoder().encode(self)).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

/// An enrolment request, written byte by byte as docs/wire-format.md has it.
struct Plea {
    var path: String
    var token: String
    private let requests: [[UInt8]]

    init(_ path: String, _ invitation: Invitation) throws {
        self.path = path
        token = invitation.id
        let ledger = try LedgerKey.generate(.ed25519SHA256), ledgerCA = try LedgerKey.generate(.ed25519SHA256)
        requests = [
            try CertificateRequest.make(ledger).der, try CertificateRequest.make(ECKey.generate()).der, try CertificateRequest.make(ledgerCA).der,
            try CertificateRequest.make(ECKey.generate()).der
        ]
    }

    private var fields: [[UInt8]] { [Array(path.utf8), Array(token.utf8)] + requests }

    func serialized(_ invitation: Invitation) -> [UInt8] { serialized(secret: invitation.secretBytes) }

    func serialized(secret: [UInt8]) -> [UInt8] {
        let message = fields.reduce(Array("creditnode enrolment v1".utf8)) { $0 + (0..<4).map { [count = $1.count] shift in UInt8(count >> (24 - 8 * shift) & 255) } + $1 }
        return serialized(proof: hmacSHA256(key: secret, message).bytes)
    }

    func serialized(proof: [UInt8]) -> [UInt8] {
        (fields + [proof]).enumerated().reduce(into: []) { out, field in
            // Length-delimited, and no field is longer than two bytes of length.
            let count = field.element.count
            out.append(UInt8((field.offset + 1) << 3 | 2))
            if count >= 128 { out.append(UInt8(count & 127 | 128)) }
            out.append(UInt8(count >= 128 ? count >> 7 : count))
            out += field.element
        }
    }
}
