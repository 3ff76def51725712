import Foundation
import NodeRuntime
import Registry
import Replication
import Sealing
import Testing

/// Exports of a federation of both suites, checked by the program and by the independent verifier in Python: both
/// accept what is whole, and both name what a forger did.
@Suite(.serialized) struct ExportTests {
    typealias F = Federation
    private let actor = ["--unit", F.unit, "--operator", "甲", "--reviewer", "乙"]

    struct Outside: Decodable {
        var entries, changes, keys, ledgers, receipts, statements, missing_bodies: Int
        var suites: [String: Int]
        var faults: [VerifyCommand.Fault]
        var notes: [VerifyCommand.Fault]
    }

    static let verifier = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Verifier/verify_export.py").path

    /// A Python that has the one library the verifier needs; `make setup` installs it.
    static func python() throws -> String {
        let directories = ["/usr/bin"] + (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        for candidate in directories.map({ $0 + "/python3" }) where FileManager.default.isExecutableFile(atPath: candidate) {
            if try execute(candidate, ["-c", "from cryptography.hazmat.primitives.asymmetric import ed25519"]).status == 0 { return candidate }
        }
        throw F.Failed("no python3 can import cryptography: run `make setup` (Debian: python3-cryptography)")
    }

    static func execute(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: Data) {
        let process = Process(), output = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, data)
    }

    /// What both verifiers say of a file; both must agree on whether it is whole.
    static func check(_ file: String, root: String, _ federation: Federation) throws -> (ours: ExportVerifyReport, theirs: Outside) {
        let run = try federation.run(["verify", "--file", file, "--ca", root, "--json"], at: "nowhere")
        let ours = try JSONDecoder().decode(ExportVerifyReport.self, from: Data(run.output.utf8))
        #expect(run.status == (ours.faults.isEmpty ? 0 : 70), "\(run)")
        let outside = try execute(try python(), [verifier, file, "--root", root, "--json"])
        let theirs = try JSONDecoder().decode(Outside.self, from: outside.output)
        #expect(outside.status == (theirs.faults.isEmpty ? 0 : 1))
        return (ours, theirs)
    }

    /// City ed25519, district sm2, streets of both; rows, a list with a removal, drafts, receipts all the way.
    private func standing() throws -> Federation {
        let federation = try Federation()
        try federation.initialise()
        try federation.serve(F.city)
        try federation.enrol(F.district, suite: "sm2-sm3")
        try federation.enrol(F.a, listen: false, suite: "ed25519-sha256")
        try federation.enrol(F.b, listen: false, suite: "sm2-sm3")
        for street in [F.a, F.b] {
            try federation.until("\(street) holds the catalogue") { try federation.status(street).catalogue != nil }
            for start in [0, 20, 40, 60] { _ = try federation.importPermits(start..<start + 20, at: street) }
        }
        _ = try federation.ask(ImportReport.self, federation.importArguments(try federation.write(100..<105, at: F.a), reviewer: nil), at: F.a)
        _ = try federation.ask(ListSummary.self, ["list", "create", "serious", "--title", "名单", "--basis", "测试依据"] + actor, at: F.city)
        _ = try federation.ask(ListSummary.self, ["list", "add", "serious", "--subject", "91000000TEXT00447Y", "--name", "测试企业", "--document", "文〔2025〕1号"] + actor, at: F.city)
        _ = try federation.ask(ListSummary.self, ["list", "publish", "serious"] + actor, at: F.city)
        _ = try federation.ask(ListSummary.self, ["list", "remove", "serious", "--subject", "91000000TEXT00447Y", "--document", "文〔2025〕1号", "--reason", "已履行"] + actor, at: F.city)
        for street in [F.a, F.b] {
            let own = try federation.digest(street, at: street)
            try federation.until("the city holds \(street)") { try federation.digest(street, at: F.city).digest == own.digest }
            try federation.until("the root's receipt reached \(street)") { try federation.status(street).links.first?.backlog.ordinary == 0 }
            try federation.until("the removal came down") { try federation.status(street).lists.first?.removed == 1 }
        }
        return federation
    }

    private func export(_ name: String, _ federation: Federation, at node: String, _ options: [String] = []) throws -> ExportReport {
        let file = federation.directory.appending(path: name).path
        return try federation.ask(ExportReport.self, ["export", file] + options, at: node)
    }

    @Test("Exports of every tier verify, on a serving node and a stopped one; drafts stay unless asked for; one bad option leaves no file")
    func whole() throws {
        let federation = try standing()
        let root = try #require(try federation.status(F.city).ledgerRoot)
        for node in [F.city, F.district, F.a] {
            let made = try export("out.cnx", federation, at: node)
            #expect(made.ledgerRoot == root && made.entries > 0 && !made.includesLocal)
            let found = try Self.check(made.file, root: root, federation)
            #expect(found.ours.faults.isEmpty && found.theirs.faults.isEmpty, "\(node): \(found.ours.faults) \(found.theirs.faults)")
            #expect(found.ours.entries == Int(made.entries) && found.theirs.entries == Int(made.entries))
            #expect(found.ours.changes == Int(made.changes) && found.theirs.changes == Int(made.changes))
            #expect(found.theirs.suites == found.ours.suites)
            if node != F.a { #expect(found.theirs.suites.count == 2, "both suites are in it") }
            if node != F.city { #expect(found.ours.receipts > 0 && found.theirs.receipts == found.ours.receipts, "\(node)") }
            #expect(found.ours.statements > 0 && found.theirs.statements == found.ours.statements)
            let mode = try FileManager.default.attributesOfItem(atPath: made.file)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            #expect(try records(made.file).allSatisfy { if case .ledger(let tip) = $0 { tip.ledger.audience != .local } else { true } }, "no local ledger")
        }
        // With the node stopped the replica itself is read; the root comes from its home.
        #expect(federation.stop(F.a) == 0)
        let all = try export("all.cnx", federation, at: F.a, ["--include-local"])
        #expect(try records(all.file).contains { if case .ledger(let tip) = $0 { tip.ledger.audience == .local } else { false } })
        let home = try federation.ask(ExportVerifyReport.self, ["verify", "--file", all.file], at: F.a)
        #expect(home.faults.isEmpty && home.notes.isEmpty && home.includesLocal, "\(home.faults) \(home.notes)")
        let every = try Self.check(all.file, root: root, federation)
        #expect(every.theirs.faults.isEmpty && every.theirs.notes.isEmpty, "no counter is missing: \(every.theirs.notes)")
        // Chosen ledgers only, with the keys they need.
        let chosen = try export("b.cnx", federation, at: F.city, ["--ledger", F.b])
        let part = try Self.check(chosen.file, root: root, federation)
        #expect(part.ours.faults.isEmpty && part.theirs.faults.isEmpty && part.ours.suites == ["sm2-sm3": 4], "\(part)")
        // What is refused leaves nothing behind, and what stood stays.
        let before = try Data(contentsOf: URL(fileURLWithPath: chosen.file))
        #expect(try federation.run(["export", chosen.file, "--ledger", "wuhan/hanyang", "--json"], at: F.city).status == 66)
        #expect(try Data(contentsOf: URL(fileURLWithPath: chosen.file)) == before)
        #expect(try federation.run(["export", "/nowhere/x.cnx", "--json"], at: F.city).status == 74)
        #expect(try federation.run(["verify", "--file", chosen.file, "--ca", "zz", "--json"], at: F.city).status == 65)
        #expect(try federation.run(["verify", "--file", chosen.file, "--json"], at: "nowhere").status == 66)
        #expect(try Self.execute(try Self.python(), [Self.verifier, Self.verifier, "--root", root]).status == 2, "no export at all")
        #expect(try FileManager.default.contentsOfDirectory(atPath: federation.directory.path).allSatisfy { !$0.contains(".new-") })
    }

    @Test("Flipped, dropped, swapped, cut, recounted, forged with a genuine key: both verifiers name it")
    func tampered() throws {
        let federation = try standing()
        let root = try #require(try federation.status(F.city).ledgerRoot)
        let made = try export("genuine.cnx", federation, at: F.district)
        let genuine = try records(made.file)
        let file = federation.directory.appending(path: "forged.cnx").path
        // An ed25519 street and an sm2 one, each with four entries.
        for street in [F.a, F.b] {
            let entries = genuine.indices.filter { Self.entry(genuine[$0])?.header.ledger.replica.path.description == street }
            try #require(entries.count >= 4)
            let target = entries[1]
            // Bodies destroyed with their salts and without an order: what is left still proves itself, and the holes are named.
            var erased = genuine
            try Self.change(&erased[target]) { try Self.erase(&$0, [0, 3, 7, 8]) }
            try write(erased, to: file)
            let holes = try Self.check(file, root: root, federation)
            for faults in [holes.ours.faults, holes.theirs.faults] { #expect(faults.map(\.rule) == Array(repeating: "missing-body", count: 4), "\(street): \(faults)") }
            #expect(holes.ours.missingBodies == 4 && holes.theirs.missing_bodies == 4)
            let key = try #require(genuine.firstIndex { if case .key(let key) = $0 { key.path.description == street } else { false } })
            let forgeries: [(String, Set<String>, (inout [ExportRecord]) throws -> Void)] = [
                ("body", ["bad-signature"], { try Self.change(&$0[target]) { try Self.flipBody(&$0) } }),
                ("one of few bodies left", ["bad-signature"], { try Self.change(&$0[target]) { try Self.erase(&$0, [1, 2, 5], flip: 6) } }),
                ("digest of an erased body", ["bad-signature"], { try Self.change(&$0[target]) { try Self.erase(&$0, [1]); $0.digests[40] ^= 1 } }),
                ("salts left behind", ["malformed"], { try Self.change(&$0[target]) { try Self.erase(&$0, [4, 5], flip: nil, lazily: true) } }),
                ("header", ["bad-signature"], { try Self.change(&$0[target]) { $0.header = try Self.later($0.header) } }),
                ("signature", ["bad-signature"], { try Self.change(&$0[target]) { $0.signature[$0.signature.count - 1] ^= 1 } }),
                ("dropped", ["out-of-order"], { $0.remove(at: target) }),
                ("swapped", ["out-of-order"], { $0.swapAt(target, entries[2]) }),
                ("last dropped", ["ledger-incomplete"], { $0.remove(at: entries[entries.count - 1]) }),
                ("twice", ["out-of-order", "counter-reused"], { $0.insert($0[target], at: target) }),
                ("another's certificate", ["key-not-certified", "unknown-key"], { try Self.exchangeChain(&$0, key) }),
                ("without its key", ["unknown-key"], { $0.remove(at: key) }),
                ("genuine key, counter used twice", ["counter-reused"], { try Self.append(&$0, after: entries[entries.count - 1], key: try Self.key(of: street, federation)) }),
                ("genuine key, another last entry", ["tip-differs"], { try Self.replace(&$0, at: entries[entries.count - 1], key: try Self.key(of: street, federation)) }),
            ]
            for (what, rules, forge) in forgeries {
                var records = genuine
                try forge(&records)
                try write(records, to: file)
                let found = try Self.check(file, root: root, federation)
                for (who, faults) in [("ours", found.ours.faults), ("theirs", found.theirs.faults)] {
                    #expect(rules.isSubset(of: faults.map(\.rule)), "\(street), \(what), \(who): \(faults)")
                    #expect(faults.contains { $0.place.contains(street) }, "\(street), \(what), \(who): \(faults)")
                }
                #expect(Set(found.ours.faults.map(\.rule)) == Set(found.theirs.faults.map(\.rule)), "\(street), \(what): \(found.ours.faults) \(found.theirs.faults)")
            }
        }
    }

    @Test("The file itself: cut anywhere, a byte flipped anywhere, something behind the end, another root")
    func damaged() throws {
        let federation = try standing()
        let root = try #require(try federation.status(F.city).ledgerRoot)
        let made = try export("genuine.cnx", federation, at: F.city)
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: made.file)))
        let file = federation.directory.appending(path: "damaged.cnx").path
        func rules(_ bytes: [UInt8]) throws -> (ours: Set<String>, theirs: Set<String>) {
            try Data(bytes).write(to: URL(fileURLWithPath: file))
            let found = try Self.check(file, root: root, federation)
            return (Set(found.ours.faults.map(\.rule)), Set(found.theirs.faults.map(\.rule)))
        }
        for length in [bytes.count - 1, bytes.count - 80, bytes.count / 2] {
            let found = try rules(Array(bytes.prefix(length)))
            #expect(found.ours.contains("truncated") && found.theirs.contains("truncated"), "\(length): \(found)")
        }
        let withoutTrailer = try rules(try encode(try records(made.file).dropLast()))
        #expect(withoutTrailer.ours == ["truncated"] && withoutTrailer.theirs == ["truncated"], "\(withoutTrailer)")
        for at in [bytes.count / 3, bytes.count / 2, bytes.count * 3 / 4] {
            var flipped = bytes
            flipped[at] ^= 0x10
            let found = try rules(flipped)
            #expect(!found.ours.isEmpty && !found.theirs.isEmpty, "\(at)")
        }
        let longer = try rules(bytes + [0, 0, 0, 1, 0])
        #expect(longer.ours == ["malformed"] && longer.theirs == ["malformed"])
        // The same names under a root of a stranger: everything in it fits, but nobody pinned it.
        let stranger = try Federation()
        let other = try stranger.initialise()
        let foreign = try export("foreign.cnx", stranger, at: F.city)
        let found = try Self.check(foreign.file, root: root, federation)
        #expect(found.ours.faults.map(\.rule) == ["untrusted-root"] && found.theirs.faults.map(\.rule) == ["untrusted-root"])
        let own = try Self.check(foreign.file, root: other.ledgerRoot, federation)
        #expect(own.ours.faults.isEmpty && own.theirs.faults.isEmpty)
    }

    // MARK: - Files as records

    private func records(_ file: String) throws -> [ExportRecord] {
        var cutter = ExportCutter(), found: [ExportRecord] = []
        try cutter.feed(try Data(contentsOf: URL(fileURLWithPath: file))) { found.append(try #require(try ExportRecord.read($0))) }
        #expect(cutter.isWhole)
        return found
    }

    private func encode(_ records: some Sequence<ExportRecord>) throws -> [UInt8] { try records.reduce(into: ExportFormat.magic) { $0 += try $1.framed() } }

    /// With a trailer that fits, as a forger would write it.
    private func write(_ records: [ExportRecord], to file: String) throws {
        let primitives = OpenSSLPrimitives()
        var trailer = ExportTrailer()
        trailer.digest = primitives.digest(.ed25519SHA256, of: ExportFormat.magic)
        for record in records.dropLast() {
            trailer.digest = primitives.digest(.ed25519SHA256, of: trailer.digest.bytes + primitives.digest(.ed25519SHA256, of: try record.serialized()).bytes)
            switch record {
            case .key: trailer.keys += 1
            case .receipt: trailer.receipts += 1
            case .statement: trailer.statements += 1
            case .ledger: trailer.ledgers += 1
            case .entry(let sealed):
                trailer.entries += 1
                trailer.changes += UInt64(try Header(serialized: sealed.header).count)
            case .header, .trailer: break
            }
        }
        try Data(try encode(records.dropLast() + [.trailer(trailer)])).write(to: URL(fileURLWithPath: file))
    }

    private static func entry(_ record: ExportRecord) -> (header: Header, sealed: SealedChangeSet)? {
        guard case .entry(let sealed) = record, let header = try? Header(serialized: sealed.header) else { return nil }
        return (header, sealed)
    }

    // MARK: - Forgeries

    private static func change(_ record: inout ExportRecord, _ body: (inout SealedChangeSet) throws -> Void) throws {
        guard case .entry(var sealed) = record else { throw F.Failed("not an entry") }
        try body(&sealed)
        record = .entry(sealed)
    }

    /// A bit of one change, everything around it intact: packed anew as a relay may.
    private static func flipBody(_ sealed: inout SealedChangeSet) throws {
        let count = try Header(serialized: sealed.header).count
        let plain = try BodyPacking.unpack(sealed)
        var part = try BodyPart(serialized: plain, count: count)
        var body = try #require(part.bodies[count / 2])
        body[body.count / 2] ^= 1
        part.bodies[count / 2] = body
        sealed.bodies = try part.serialized()
        (sealed.compression, sealed.bodiesSize) = (0, sealed.bodies.count)
    }

    /// Destroys bodies and salts as the end of retention would.
    /// - Parameters:
    ///   - flip: a body that is altered as well.
    ///   - lazily: leaves every other salt as a leaf of its own instead of the least cover.
    private static func erase(_ sealed: inout SealedChangeSet, _ gone: Set<Int>, flip: Int? = nil, lazily: Bool = false) throws {
        let header = try Header(serialized: sealed.header), primitives = OpenSSLPrimitives()
        let plain = try BodyPacking.unpack(sealed)
        var part = try BodyPart(serialized: plain, count: header.count)
        let tree = SaltTree(primitives, header.suite), seed = try #require(part.salts.first).value
        let salts = try tree.salts(seed: seed, count: header.count)
        let bodies = try part.bodies.map { try #require($0)[...] }
        sealed.digests = primitives.saltedDigests(header.suite, prefix: Array("creditnode body v1".utf8), salts: salts, bodies: bodies).flatMap(\.bytes)
        let cover = try tree.cover(seed: seed, count: header.count, keeping: (0..<header.count).map { !gone.contains($0) })
        part.salts = cover.nodes.map { BodyPart.Salt(level: Int($0.level), index: Int($0.index), value: $0.value) }
        if lazily {
            try #require(header.count == 20, "a tree of depth 5")
            part.salts = (0..<header.count).filter { !gone.contains($0) }.map { BodyPart.Salt(level: 5, index: $0, value: Array(salts[16 * $0..<16 * $0 + 16])) }
        }
        for index in gone { part.bodies[index] = nil }
        if let flip { part.bodies[flip]?[0] ^= 1 }
        sealed.bodies = try part.serialized()
        (sealed.compression, sealed.bodiesSize) = (0, sealed.bodies.count)
    }

    private static func later(_ bytes: [UInt8]) throws -> [UInt8] {
        var header = try Header(serialized: bytes)
        header.time = HybridTime(raw: header.time.raw + 1 << 16)
        return try header.serialized()
    }

    private static func exchangeChain(_ records: inout [ExportRecord], _ index: Int) throws {
        guard case .key(var key) = records[index],
            let other = records.compactMap({ if case .key(let other) = $0, other.path != key.path, other.path.depth == key.path.depth { other } else { nil } }).first
        else { throw F.Failed("no two streets in the file") }
        key.chain = other.chain
        records[index] = .key(key)
    }

    private static func key(of node: String, _ federation: Federation) throws -> LedgerKey {
        try LedgerKey(privateKeyPEM: String(contentsOfFile: federation.home(node) + "/keys/ledger.pem", encoding: .utf8))
    }

    private static func heading(_ records: [ExportRecord], of ledger: LedgerID) throws -> Int {
        let found = records.firstIndex { if case .ledger(let tip) = $0 { tip.ledger == ledger } else { false } }
        return try #require(found)
    }

    /// A further entry, rightly signed, that uses the counters of the one before it.
    private static func append(_ records: inout [ExportRecord], after index: Int, key: LedgerKey) throws {
        let last = try #require(entry(records[index]))
        let digest = try ChangeSetSealer.check(try UnverifiedChangeSet(last.sealed), key: try key.publicKey()).digest
        var header = last.header
        (header.sequence, header.previous) = (last.header.sequence + 1, digest)
        let bodies = try ChangeSetSealer.bodies(of: last.sealed, count: header.count).map { try #require($0) }
        let sealed = try ChangeSetSealer(key: key).seal(header, bodies: bodies, seed: try randomBytes(16))
        records.insert(.entry(sealed.sealed), at: index + 1)
        records[try heading(records, of: header.ledger)] = .ledger(LedgerTip(ledger: header.ledger, tip: Tip(sequence: header.sequence, digest: sealed.digest)))
    }

    /// Another last entry, rightly signed: only receipts and statements know better.
    private static func replace(_ records: inout [ExportRecord], at index: Int, key: LedgerKey) throws {
        let last = try #require(entry(records[index]))
        let bodies = try ChangeSetSealer.bodies(of: last.sealed, count: last.header.count).map { try #require($0) }
        let sealed = try ChangeSetSealer(key: key).seal(last.header, bodies: bodies, seed: try randomBytes(16))
        records[index] = .entry(sealed.sealed)
        records[try heading(records, of: last.header.ledger)] = .ledger(LedgerTip(ledger: last.header.ledger, tip: Tip(sequence: last.header.sequence, digest: sealed.digest)))
    }
}
