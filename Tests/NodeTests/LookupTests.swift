import Foundation
import GRDB
import Node
import Registry
import Replication
import Storage
import Testing

/// Look-ups answered together, from facts that are kept while nothing changes, in a log that chains.
@Suite struct LookupTests {
    static let city = "wuhan", street = "wuhan/wuchang"

    private func standing() throws -> TestFederation {
        let federation = try TestFederation([Self.city, Self.street])
        for code in ["serious", "other"] {
            _ = try federation[Self.city].createList(
                ListOpened(code: code, title: "名单 \(code)", basis: "测试依据", authority: "11000000TEXT00017D", maxAge: 3600), actor: TestFederation.clerk)
        }
        return federation
    }

    /// Synthetic, with the right check characters.
    private static func code(_ n: Int) throws -> CreditCode {
        let alphabet = Array("0123456789ABCDEFGHJKLMNPQRTUWXY")
        let inner = Array("TEXT" + String(String(10_000 + n).dropFirst()))
        let weights = [3, 7, 9, 10, 5, 8, 4, 2]
        func value(_ character: Character) -> Int { character.isNumber ? Int(String(character)) ?? 0 : Int(character.asciiValue ?? 0) - 55 }
        let rest = 11 - zip(inner, weights).reduce(0) { $0 + value($1.0) * $1.1 } % 11
        let body = Array("91000000" + String(inner) + (rest == 10 ? "X" : rest == 11 ? "0" : String(rest)))
        var weight = 1, sum = 0
        for character in body {
            sum += (alphabet.firstIndex(of: character) ?? 0) * weight
            weight = weight * 3 % 31
        }
        return try #require(CreditCode(String(body) + String(alphabet[(31 - sum % 31) % 31])))
    }

    private func add(_ n: Int, to code: String = "serious", _ federation: TestFederation) throws {
        _ = try federation[Self.city].addToList(
            code: code, subject: try Self.code(n), name: "测试企业\(n)", document: "文〔2026〕\(n)号", since: federation.environment.today, until: nil, actor: TestFederation.clerk)
    }

    private func question(_ n: Int, _ node: Node) throws -> LookupQuestion { try node.question(.organisation(try Self.code(n)), purpose: "测试", actor: TestFederation.loneClerk) }

    /// Everything an answer says but its receipt.
    private func said(_ result: LookupResult) -> [String] {
        result.lists.map { "\($0.list?.opened.code ?? "-") \($0.verdict) \($0.reason?.rawValue ?? "-") \($0.edition?.number ?? 0) \($0.asOf ?? 0) \($0.validUntil ?? 0) \($0.hits.map(\.document))" }
            + result.records.map { "\($0.item) \($0.count)" } + ["\(result.lastReceipt ?? 0)"]
    }

    @Test("Whatever was written between, an answer from kept facts is the one from facts read anew", arguments: 1...3 as ClosedRange<UInt64>)
    func keptFactsAreExact(_ seed: UInt64) throws {
        let federation = try standing()
        // The street needs the catalogue before it can enter rows.
        try federation.settle()
        let random = TestRandom(seed: seed)
        var seen: Set<String> = [], added = 0
        for _ in 0..<120 {
            switch random.below(9) {
            case 0, 1:
                try add(added, to: random.below(4) == 0 ? "other" : "serious", federation)
                added += 1
            case 2: _ = try federation[Self.city].publishList(code: random.below(3) == 0 ? "other" : "serious", actor: TestFederation.clerk)
            case 3:
                let n = random.below(max(1, added))
                _ = try? federation[Self.city].removeFromList(code: "serious", subject: try Self.code(n), document: "文〔2026〕\(n)号", reason: "已履行", actor: TestFederation.clerk)
            case 4: federation.clock.advance(milliseconds: Int64(random.below(2_000_000)))
            case 5: _ = try federation[Self.city].renewStatements()
            case 6: _ = try federation.enter(1, from: random.below(1000), at: Self.street)
            case 7: try federation.sync(Self.street)
            // Relief and statements are held back: what was said before must not be repeated.
            default: try federation.sync(Self.street) { frame, up in
                if !up, case .statement = frame { return nil }
                return frame
            }
            }
            for path in [Self.city, Self.street] {
                let node = federation[path]
                let cold = try Node(store: node.store, identity: node.identity, environment: node.environment)
                let asked = [random.below(max(1, added)), random.below(max(1, added)), 9000]
                let warm = try node.answer(try asked.map { try question($0, node) }).map { said(try $0.get()) }
                #expect(try warm == cold.answer(try asked.map { try question($0, cold) }).map { said(try $0.get()) })
                for lists in warm { for list in lists { seen.insert(String(list.split(separator: " ").dropFirst().first ?? "-")) } }
            }
        }
        #expect(seen.isSuperset(of: ["onTheList", "notOnTheList", "notCovered", "tooStaleToSay"]), "\(seen)")
        for path in [Self.city, Self.street] { #expect(try federation[path].verify().faults.isEmpty) }
    }

    @Test("The very next look-up after its commit sees a publication, a removal and a renewed statement")
    func nextLookup() throws {
        let federation = try standing()
        let city = federation[Self.city]
        func ask() throws -> LookupListAnswer { try #require(try city.lookup(try Self.code(1), purpose: "测试", actor: TestFederation.loneClerk).lists.first { $0.list?.opened.code == "serious" }) }
        #expect(try ask().verdict == .notCovered)
        try add(1, federation)
        _ = try city.publishList(code: "serious", actor: TestFederation.clerk)
        #expect(try ask().verdict == .onTheList)
        federation.clock.advance(milliseconds: 2_000_000)
        let asOf = try #require(try ask().asOf)
        _ = try city.renewStatements()
        #expect(try #require(try ask().asOf) > asOf)
        _ = try city.removeFromList(code: "serious", subject: try Self.code(1), document: "文〔2026〕1号", reason: "已履行", actor: TestFederation.clerk)
        #expect(try ask().verdict == .notOnTheList)
        federation.clock.advance(milliseconds: 3_600_001)
        #expect(try ask().verdict == .tooStaleToSay, "age is judged at each question")
    }

    @Test("Questions asked together are numbered and chained in order; a line removed, altered or moved shows")
    func chained() throws {
        let federation = try standing()
        let city = federation[Self.city]
        let results = try city.answer(try (0..<40).map { try question($0, city) }).map { try $0.get() }
        #expect(Set(results.map(\.receipt)).count == 40)
        #expect(results.map { $0.receipt.split(separator: "-").dropFirst().first.flatMap { Int($0) } } == (1...40).map { $0 })
        #expect(try city.lookup(try Self.code(1), purpose: "测试", actor: TestFederation.loneClerk).receipt.hasPrefix("WUHAN-41-"))
        let checked = try city.verify()
        #expect(checked.lookups == 41 && checked.faults.isEmpty)
        for change in ["DELETE FROM lookup_log WHERE id = 17", "UPDATE lookup_log SET operator = 'x' WHERE id = 3", "UPDATE lookup_log SET id = 100 WHERE id = 5"] {
            let file = try federation.backup(Self.city)
            try sqlite(file, change)
            let altered = try Node(store: try ReplicaStore(path: file), identity: city.identity, environment: city.environment)
            #expect(try altered.verify().faults.map(\.rule).contains("broken-chain"), "\(change)")
            try altered.store.close()
        }
    }

    @Test("When the log cannot be written nobody is answered and no line stands; the next questions are")
    func logFails() throws {
        let federation = try standing()
        let city = federation[Self.city]
        try add(1, federation)
        _ = try city.publishList(code: "serious", actor: TestFederation.clerk)
        _ = try city.answer([try question(1, city)])
        try sqlite(federation.file(Self.city), "CREATE TRIGGER full BEFORE INSERT ON lookup_log WHEN NEW.id = 4 BEGIN SELECT RAISE(ABORT, 'no'); END")
        #expect(throws: StorageError.self) { try city.answer(try (0..<5).map { try question($0, city) }) }
        #expect(try city.verify().lookups == 1)
        #expect(try city.answer([try question(1, city), try question(2, city)]).map { try $0.get().lists.first?.verdict } == [.onTheList, .notOnTheList])
        try sqlite(federation.file(Self.city), "DROP TRIGGER full")
        _ = try city.answer(try (0..<5).map { try question($0, city) })
        let checked = try city.verify()
        #expect(checked.lookups == 8 && checked.faults.isEmpty)
    }

    @Test("A refused question refuses no other of those asked together")
    func oneRefused() throws {
        let federation = try standing()
        let city = federation[Self.city]
        city.personLookupsPerHour.withLock { $0 = 2 }
        let person = Subject.person(.citizenID, number: "000000199001010018")
        let questions = try [0, 1, 2].map { _ in try city.question(person, purpose: "测试", actor: TestFederation.loneClerk) } + [try question(1, city)]
        let answers = try city.answer(questions)
        #expect(answers.map { (try? $0.get()) != nil } == [true, true, false, true])
        guard case .failure(let refusal) = answers[2] else { return }
        #expect(refusal.code == "lookup-limit")
        #expect(try city.verify().lookups == 3)
        #expect(throws: NodeRefusal.self) { try city.question(person, purpose: "测试", actor: TestFederation.loneClerk) }
        #expect(throws: NodeRefusal.self) { try city.question(.organisation(try Self.code(1)), purpose: "", actor: TestFederation.loneClerk) }
    }

    @Test("A log of the first version is taken over line by line, and chains on")
    func oldLog() throws {
        let federation = try standing()
        _ = try federation[Self.city].answer(try (0..<7).map { try question($0, federation[Self.city]) })
        try federation[Self.city].store.close()
        try sqlite(
            federation.file(Self.city),
            """
            ALTER TABLE lookup_log RENAME TO newer;
            DROP INDEX lookup_log_person;
            CREATE TABLE lookup_log (
                id INTEGER PRIMARY KEY, receipt TEXT NOT NULL UNIQUE, time INTEGER NOT NULL, unit TEXT NOT NULL, operator TEXT NOT NULL, purpose TEXT NOT NULL,
                case_number TEXT NOT NULL, subject TEXT NOT NULL, answer TEXT NOT NULL, previous BLOB NOT NULL CHECK (length(previous) = 32),
                digest BLOB NOT NULL CHECK (length(digest) = 32)) STRICT;
            CREATE INDEX lookup_log_subject ON lookup_log (subject);
            CREATE INDEX lookup_log_time ON lookup_log (time);
            INSERT INTO lookup_log SELECT id, receipt, time, unit, operator, purpose, case_number, subject, answer,
                ifnull(lag(digest) OVER (ORDER BY id), zeroblob(32)), digest FROM newer;
            DROP TABLE newer;
            DELETE FROM grdb_migrations WHERE identifier = 'look-up log 2';
            """)
        try federation.reopen(Self.city)
        _ = try federation[Self.city].answer([try question(1, federation[Self.city])])
        let checked = try federation[Self.city].verify()
        #expect(checked.lookups == 8 && checked.faults.isEmpty)
        let plan = try DatabaseQueue(path: federation.file(Self.city)).read {
            try String.fetchAll($0, sql: "SELECT detail FROM pragma_table_info('lookup_log') LEFT JOIN (SELECT '' AS detail) WHERE name = 'previous'")
        }
        #expect(plan.isEmpty)
    }

    @Test("Counting an operator's look-ups of persons does not read those of organisations")
    func countingIsCheap() throws {
        let federation = try standing()
        let plan = try DatabaseQueue(path: federation.file(Self.city)).read {
            try Row.fetchAll(
                $0, sql: "EXPLAIN QUERY PLAN SELECT count(*) FROM lookup_log WHERE unit = ? AND operator = ? AND time > ? AND subject >= 'person:' AND subject < 'person;'",
                arguments: ["a", "b", 1])
        }.map { row -> String in row["detail"] }
        #expect(plan.contains { $0.contains("lookup_log_person (unit=? AND operator=? AND time>?)") }, "\(plan)")
    }
}
