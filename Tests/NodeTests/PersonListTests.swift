import Foundation
import Node
import Registry
import Replication
import Sealing
import Storage
import Testing

/// Persons on lists: no name and no number below the issuer, keyed digests under a key that is renewed.
@Suite struct PersonListTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao", b = "wuhan/wuchang/zhonghualu"
    static let name = "测试某甲", document = "文〔2026〕7号"

    /// A synthetic number of division 000000.
    static func number(_ n: Int) -> String {
        let body = "000000199001" + (n < 10 ? "0\(n + 1)" : "\(n + 1)").suffix(2) + "001"
        let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
        let sum = zip(body.utf8, weights).reduce(0) { $0 + (Int($1.0) - 48) * $1.1 }
        return body + String(Array("10X98765432")[sum % 11])
    }

    static func person(_ n: Int = 0) -> Subject { .person(.citizenID, number: number(n)) }

    private func opened(_ federation: TestFederation) throws {
        _ = try federation[Self.city].createList(
            ListOpened(code: "serious", title: "严重失信主体名单", basis: "测试依据第一条", authority: "11000000TEXT00017D", maxAge: 7200), actor: TestFederation.clerk)
    }

    private func add(_ n: Int = 0, document: String = Self.document, in federation: TestFederation) throws {
        let today = federation.environment.today
        let addition = ListAddition(subject: Self.person(n), name: Self.name, document: document, since: today, until: nil)
        _ = try federation[Self.city].addToList(code: "serious", addition, actor: TestFederation.clerk)
    }

    private func publish(_ federation: TestFederation) throws {
        _ = try federation[Self.city].publishList(code: "serious", actor: TestFederation.clerk)
    }

    private func listed(_ paths: [String] = [city, district, a, b], persons: Int = 1) throws -> TestFederation {
        let federation = try TestFederation(paths)
        try opened(federation)
        for n in 0..<persons { try add(n, document: "文〔2026〕\(7 + n)号", in: federation) }
        try publish(federation)
        try federation.settle()
        return federation
    }

    private func ask(_ n: Int = 0, at path: String, _ federation: TestFederation) throws -> LookupListAnswer {
        let result = try federation[path].lookup(Self.person(n), purpose: "测试", caseNumber: "案1", actor: TestFederation.loneClerk)
        #expect(result.confirm)
        return try #require(result.lists.first)
    }

    @Test("The synthetic numbers are valid")
    func numbers() throws {
        let today = try #require(CivilDate(year: 2026, month: 11, day: 21))
        for n in 0..<25 { _ = try CitizenNumber.parse(Self.number(n), today: today).get() }
    }

    @Test("A street finds a listed person by number; neither number nor name is anywhere in its files")
    func leastKnowledge() throws {
        let federation = try listed()
        for path in [Self.city, Self.district, Self.a, Self.b] {
            let answer = try ask(at: path, federation)
            #expect(answer.verdict == .onTheList && answer.hits.map(\.document) == [Self.document] && answer.hits.map(\.name) == [""], "\(path)")
            #expect(try ask(1, at: path, federation).verdict == .notOnTheList, "\(path)")
        }
        let stable = try federation[Self.city].identity.federationKeys.subjectDigest(type: 1, number: Self.number(0))
        for path in [Self.district, Self.a] {
            let entries = try federation[path].store.read { try $0.entries(listed: #require(federation[Self.city].identity.listKeys.newest).digest(.citizenID, number: Self.number(0))) }
            #expect(entries.count == 1 && entries.allSatisfy { $0.entry.person == nil && $0.entry.name.isEmpty })
            try federation[path].store.checkpoint()
            try federation[path].store.close()
            var bytes = Data()
            for suffix in ["", "-wal"] { bytes += (try? Data(contentsOf: URL(fileURLWithPath: federation.file(path) + suffix))) ?? Data() }
            #expect(bytes.range(of: Data(Self.document.utf8)) != nil, "what is looked for would be found")
            #expect(bytes.range(of: Data(Self.number(0).utf8)) == nil && bytes.range(of: Data(Self.name.utf8)) == nil)
            #expect(bytes.range(of: Data(Self.number(1).utf8)) == nil, "nor is the number of a question")
            // Only the log of this node's own look-ups holds the stable digest.
            try federation.reopen(path)
            let published = try federation[path].store.read { tx in
                try tx.tips().flatMap { try tx.changeSets(of: $0.ledger, after: 0, limitBytes: 1 << 20) }
            }
            for set in published {
                let bodies = try ChangeSetSealer.bodies(of: set.sealed, count: set.count).compactMap { $0 }
                #expect(bodies.allSatisfy { Data($0).range(of: Data(stable.bytes)) == nil && Data($0).range(of: Data(Self.name.utf8)) == nil && Data($0).range(of: Data(Self.number(0).utf8)) == nil })
            }
        }
    }

    @Test("Removal of a person travels as relief, is absorbing, and needs no renewed digest")
    func removal() throws {
        let federation = try listed()
        let city = federation[Self.city]
        _ = try city.removeFromList(code: "serious", Self.person(), document: Self.document, reason: "已履行", actor: TestFederation.clerk)
        try federation.settle()
        #expect(try ask(at: Self.a, federation).verdict == .notOnTheList)
        #expect(throws: NodeRefusal.self, "the same decision cannot come back") { try add(in: federation) }
        _ = try city.renewListKeys(reason: "演练", cost: .trial, actor: TestFederation.clerk)
        #expect(throws: NodeRefusal.self, "nor under a renewed key") { try add(in: federation) }
        try add(document: "文〔2026〕8号", in: federation)
        try publish(federation)
        try federation.settle()
        let answer = try ask(at: Self.a, federation)
        #expect(answer.verdict == .onTheList && answer.hits.map(\.document) == ["文〔2026〕8号"])
        #expect(try federation[Self.a].publishedDigest() == city.publishedDigest())
        for path in [Self.city, Self.a] { #expect(try federation[path].verify().faults.isEmpty) }
    }

    @Test("A person who was only staged is removed at this node alone")
    func stagedRemoval() throws {
        let federation = try TestFederation([Self.city, Self.district])
        try opened(federation)
        try add(in: federation)
        _ = try federation[Self.city].removeFromList(code: "serious", Self.person(), document: Self.document, reason: "误列", actor: TestFederation.clerk)
        try publish(federation)
        try federation.settle()
        #expect(try ask(at: Self.district, federation).verdict == .notOnTheList)
        #expect(try federation[Self.district].store.read { try $0.tips() }.allSatisfy { $0.ledger.lane == .ordinary })
        #expect(throws: NodeRefusal.self) { try add(in: federation) }
    }

    @Test("After a loss the key is renewed: who is suspended can say nothing any more, all others can, and so can who joins later")
    func renewal() throws {
        let federation = try listed(persons: 3)
        let city = federation[Self.city]
        let before = try federation[Self.a].store.read { try $0.newestEdition(of: $0.lists()[0].id) }
        let renewed = try city.renewListKeys(reason: "街道设备被盗", cost: .trial, actor: TestFederation.clerk)
        #expect(renewed.epoch == 2 && renewed.lists == ["serious"])
        // Street a is suspended: its link carries nothing any more.
        try federation.sync(Self.district)
        try federation.sync(Self.b)
        try federation.enrol("wuhan/wuchang/new")
        try federation.sync("wuhan/wuchang/new")
        for path in [Self.district, Self.b, "wuhan/wuchang/new"] {
            #expect(federation[path].identity.listKeys.newest?.epoch == 2, "\(path)")
            for n in 0..<3 { #expect(try ask(n, at: path, federation).verdict == .onTheList, "\(path) \(n)") }
            #expect(try ask(5, at: path, federation).verdict == .notOnTheList)
            let epochs = try federation[path].store.read { try $0.epochs(of: $0.lists()[0].id) }
            #expect(epochs == [2], "digests of the old epoch are dropped at \(path)")
        }
        #expect(federation[Self.a].identity.listKeys.newest?.epoch == 1)
        #expect(try federation[Self.a].store.read { try $0.newestEdition(of: $0.lists()[0].id) } == before)
        #expect(try ask(at: Self.a, federation).verdict == .onTheList, "its last edition is still fresh")
        federation.clock.advance(milliseconds: 7_201_000)
        #expect(try ask(at: Self.a, federation).verdict == .tooStaleToSay)
        // Even with every byte that flows down, without the key there is no answer about persons, and about others there is.
        try federation.sync(Self.a) { frame, _ in
            if case .listKeys = frame { return nil }
            return frame
        }
        _ = try city.renewStatements()
        for path in [Self.district, Self.b] { try federation.sync(path) }
        try federation.sync(Self.a) { frame, _ in
            if case .listKeys = frame { return nil }
            return frame
        }
        let blind = try ask(at: Self.a, federation)
        #expect(blind.verdict == .tooStaleToSay && blind.reason == .noListKey)
        let other = try federation[Self.a].lookup(try #require(CreditCode("91000000TEXT00447Y")), purpose: "测试", actor: TestFederation.loneClerk)
        #expect(other.lists.map(\.verdict) == [.notOnTheList])
        #expect(try federation[Self.b].verify().faults.isEmpty)
        #expect(try federation[Self.b].rebuild().before == federation[Self.b].projectionDigest())
    }

    @Test("While digests of a renewed key are on their way, the old ones answer; never is a listed person not on the list")
    func renewalUnderWay() throws {
        let federation = try listed(persons: 2)
        _ = try federation[Self.city].renewListKeys(reason: "演练", cost: .trial, actor: TestFederation.clerk)
        try federation.sync(Self.district)
        // The street gets the change sets one at a time, and is asked after each.
        var allowed = 0, done = false, verdicts: [LookupVerdict] = []
        while !done, allowed < 20 {
            allowed += 1
            var seen = 0
            try federation.sync(Self.a) { frame, up in
                guard !up, case .changeSet = frame else { return frame }
                seen += 1
                return seen <= 1 ? frame : nil
            }
            done = seen <= 1
            verdicts.append(try ask(1, at: Self.a, federation).verdict)
        }
        #expect(verdicts.last == .onTheList && !verdicts.contains(.notOnTheList) && !verdicts.contains(.notCovered), "\(verdicts)")
        #expect(verdicts.count > 1)
    }

    @Test("A wrong list key gives no answer, and the right one afterwards does")
    func wrongKey() throws {
        let federation = try listed()
        let street = federation[Self.a]
        let right = try #require(street.identity.listKeys.newest)
        _ = try street.identity.listKeys.keep(ListKey(epoch: 1, cost: .trial, secret: [UInt8](repeating: 1, count: 32)))
        let answer = try ask(at: Self.a, federation)
        #expect(answer.verdict == .tooStaleToSay && answer.reason == .wrongListKey)
        _ = try street.identity.listKeys.keep(right)
        #expect(try ask(at: Self.a, federation).verdict == .onTheList)
    }

    @Test("List keys are taken from the parent alone and only when wrapped for this node")
    func wrapped() throws {
        let federation = try listed()
        let district = try #require(NodePath(Self.district)), city = try #require(NodePath(Self.city)), a = try #require(NodePath(Self.a)), b = try #require(NodePath(Self.b))
        _ = try federation.sync(Self.b)
        let forA = try federation[Self.district].listKeys(for: a)
        #expect(forA.map(\.epoch) == [1])
        #expect(throws: ChangeSetFault.self) { try federation[Self.b].take(forA, from: district) }
        #expect(try !federation[Self.a].take(forA, from: district), "held already")
        #expect(try !federation[Self.a].take(try federation[Self.district].listKeys(for: b), from: city), "not its parent")
        #expect(try federation[Self.district].listKeys(for: city).isEmpty, "nothing goes up")
        #expect(throws: ChangeSetFault.self) { try federation[Self.a].take([WrappedListKey(epoch: 2, wrapped: forA[0].wrapped)], from: district) }
        #expect(ListKeyring.read(try #require(federation.listKeyFiles.bytes(Self.a)))?.map(\.epoch) == [1], "kept outside the database")
    }

    @Test("Look-ups of persons are limited per operator and hour, and logged without the number")
    func limit() throws {
        let federation = try listed()
        let street = federation[Self.a]
        street.personLookupsPerHour.withLock { $0 = 3 }
        for n in 0..<3 { _ = try ask(n, at: Self.a, federation) }
        #expect(throws: NodeRefusal.self) { try ask(3, at: Self.a, federation) }
        let other = Actor(unit: "11000000TEXT00017D", operator: "丙")
        _ = try street.lookup(Self.person(), purpose: "测试", actor: other)
        _ = try street.lookup(try #require(CreditCode("91000000TEXT00447Y")), purpose: "测试", actor: TestFederation.loneClerk)
        federation.clock.advance(milliseconds: 3_601_000)
        _ = try ask(3, at: Self.a, federation)
        var lines: [LookupEntry] = []
        try street.store.read { tx in try tx.eachLookup { _, entry, _ in lines.append(entry) } }
        #expect(lines.count == 6 && lines.filter { $0.subject.hasPrefix("person:1:") }.count == 5)
        #expect(lines.first?.caseNumber == "案1" && lines.allSatisfy { !$0.answer.contains(Self.number(0)) && !$0.purpose.contains(Self.number(0)) })
        #expect(try street.verify().faults.isEmpty)
    }

    @Test("Nobody's name, and no digest under the stable key, is accepted on a published list")
    func judged() throws {
        let federation = try listed()
        let list = try #require(try federation[Self.city].listStates().first).row.id
        let sealed = try federation[Self.city].identity.federationKeys.sealNumber(type: 1, number: Self.number(3), at: list.replica.path)
        let stable = SubjectKey.person(PersonNumber(document: .citizenID, digest: sealed.digest, ciphertext: sealed.ciphertext, sealedAt: list.replica.path, keyEpoch: 1))
        let listed = SubjectKey.listed(ListedPerson(epoch: 1, digest: sealed.digest))
        let circumstances = Circumstances(edition: { _ in nil }, holds: { _ in true }, naturalKey: { _ in nil })
        func verdict(_ subject: SubjectKey, _ name: String, _ audience: Audience) -> Judgement {
            let entry = ListEntry(list: list, subject: subject, name: name, document: "d", authority: "a", since: .earliest, until: nil)
            let ledger = LedgerID(replica: list.replica, audience: audience, lane: .ordinary)
            return judge(Change(actor: TestFederation.clerk, capturedAt: 0, kind: .listEntry(entry)), dot: list, ledger: ledger, in: circumstances)
        }
        #expect(verdict(stable, "", .published) != .accepted && verdict(stable, "某", .local) == .accepted)
        #expect(verdict(listed, "某", .published) != .accepted && verdict(listed, "", .published) == .accepted)
        let digests = ListDigests(list: list, epoch: 2, replica: ReplicaID(path: try #require(NodePath(Self.a)), incarnation: list.replica.incarnation), entries: [(1, .zero)], reason: "")
        let ledger = LedgerID(replica: list.replica, audience: .published, lane: .ordinary)
        #expect(judge(Change(actor: TestFederation.clerk, capturedAt: 0, kind: .listDigests(digests)), dot: list, ledger: ledger, in: circumstances) != .accepted)
    }

    @Test("A city restored from an old backup goes on above every edition its children show, and cannot bring a removed person back")
    func restoredRoot() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try opened(federation)
        try federation.settle()
        let copy = try federation.backup(Self.city)
        try add(in: federation)
        try publish(federation)
        _ = try federation[Self.city].removeFromList(code: "serious", Self.person(), document: Self.document, reason: "已履行", actor: TestFederation.clerk)
        try add(1, document: "文〔2026〕9号", in: federation)
        try publish(federation)
        try federation.settle()
        try federation.restore(Self.city, from: copy)
        #expect(try !federation.sync(Self.district).restored.isEmpty)
        _ = try federation[Self.city].beginIncarnation()
        try federation.settle()
        let city = federation[Self.city]
        #expect(try ask(1, at: Self.city, federation).verdict == .onTheList, "its own entries came back")
        #expect(throws: NodeRefusal.self, "a person removed before the restore, recognised by the list digest") { try add(in: federation) }
        try add(2, document: "文〔2026〕10号", in: federation)
        try publish(federation)
        #expect(try city.listStates().first?.edition?.number == 3)
        try federation.settle()
        for path in [Self.city, Self.district, Self.a] {
            #expect(try ask(at: path, federation).verdict == .notOnTheList && ask(1, at: path, federation).verdict == .onTheList && ask(2, at: path, federation).verdict == .onTheList, "\(path)")
            #expect(try federation[path].publishedDigest() == city.publishedDigest(), "\(path)")
        }
        // A renewed key needs the numbers, which the backup did not have: they are supplied again.
        #expect(throws: NodeRefusal.self) { try city.renewListKeys(reason: "演练", cost: .trial, actor: TestFederation.clerk) }
        let again = ListAddition(subject: Self.person(1), name: Self.name, document: "文〔2026〕9号", since: federation.environment.today, until: nil)
        #expect(try city.stage(code: "serious", [again], actor: TestFederation.clerk) == [.unchanged])
        try publish(federation)
        try federation.settle()
        for n in [1, 2] { #expect(try ask(n, at: Self.a, federation).verdict == .onTheList) }
        #expect(try city.verify().faults.isEmpty && city.rebuild().before == city.projectionDigest())
    }

    @Test("A root whose keys are older than its lists publishes nothing under them, and a renewal never reuses an epoch")
    func olderKeys() throws {
        let federation = try listed(persons: 1)
        let before = federation[Self.city].identity
        let first = try #require(before.listKeys.newest)
        _ = try federation[Self.city].renewListKeys(reason: "演练", cost: .trial, actor: TestFederation.clerk)
        try federation.settle()
        let old = NodeIdentity(
            path: before.path, ledgerKey: before.ledgerKey, ledgerChain: before.ledgerChain, ledgerRoots: before.ledgerRoots, federationKeys: before.federationKeys,
            authorities: before.authorities, tlsKey: before.tlsKey, listKeys: ListKeyring([first], keepsAll: true))
        try federation[Self.city].store.close()
        federation.replace(Self.city, with: try Node(store: try ReplicaStore(path: federation.file(Self.city)), identity: old, environment: federation.environment))
        #expect(throws: NodeRefusal.self) { try publish(federation) }
        #expect(try federation[Self.city].renewListKeys(reason: "恢复后", cost: .trial, actor: TestFederation.clerk).epoch == 3)
        try federation.settle()
        #expect(try ask(at: Self.a, federation).verdict == .onTheList)
    }
}
