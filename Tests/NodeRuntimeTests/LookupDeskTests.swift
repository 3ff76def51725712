import Foundation
import Registry
import Replication
import Synchronization
import Testing

@testable import Node
@testable import NodeRuntime
@testable import Storage

@Suite(.timeLimit(.minutes(5))) struct LookupDeskTests {
    private func question(_ n: Int) -> LookupQuestion {
        LookupQuestion(subject: .unregistered(name: "\(n)"), key: "\(n)", digests: nil, purpose: "p", caseNumber: "", actor: Actor(unit: "u", operator: "o"), preparation: .zero)
    }

    private static func result(_ question: LookupQuestion) -> LookupResult {
        LookupResult(subject: question.subject, receipt: question.key, answeredAt: 0, lists: [], records: [], marked: [], isCut: false, notices: 0, confirm: false, lastReceipt: nil, took: .zero)
    }

    @Test("Those who ask while others are being logged are answered together, each with the answer to its own question")
    func together() async throws {
        let sizes = Mutex<[Int]>([])
        let gate = DispatchSemaphore(value: 0)
        let desk = LookupDesk { questions in
            let isFirst = sizes.withLock { sizes in
                sizes.append(questions.count)
                return sizes.count == 1
            }
            if isFirst { gate.wait() }
            return questions.map { .success(Self.result($0)) }
        }
        let first = Task { try await desk.ask([question(0)])[0].get().receipt }
        while sizes.withLock({ $0.isEmpty }) { await Task.yield() }
        // The rest queue up behind the first, which waits for the gate.
        let rest = (1..<100).map { n in Task { try await desk.ask([question(n), question(1000 + n)]).map { try $0.get().receipt } } }
        while desk.countWaiting < 99 { await Task.yield() }
        gate.signal()
        #expect(try await first.value == "0")
        for (index, task) in rest.enumerated() { #expect(try await task.value == ["\(index + 1)", "\(index + 1001)"]) }
        #expect(sizes.withLock { $0 } == [1, 198])
    }

    @Test("A log that cannot be written fails exactly those whose lines were in it")
    func failure() async throws {
        struct Full: Error {}
        let gate = DispatchSemaphore(value: 0), calls = Mutex(0)
        let desk = LookupDesk { questions in
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            if call == 1 { gate.wait() }
            if call == 2 { throw Full() }
            return questions.map { .success(Self.result($0)) }
        }
        let first = Task { try await desk.ask([question(0)]).count }
        while calls.withLock({ $0 }) == 0 { await Task.yield() }
        let doomed = (1..<20).map { n in Task { try await desk.ask([question(n)]).count } }
        while desk.countWaiting < 19 { await Task.yield() }
        gate.signal()
        #expect(try await first.value == 1)
        for task in doomed { await #expect(throws: Full.self) { try await task.value } }
        #expect(try await desk.ask([question(1)]).count == 1)
    }

    @Test("More than one transaction takes is answered in several, in order")
    func bound() async throws {
        let sizes = Mutex<[Int]>([]), gate = DispatchSemaphore(value: 0)
        let desk = LookupDesk { questions in
            let isFirst = sizes.withLock { sizes in
                sizes.append(questions.count)
                return sizes.count == 1
            }
            if isFirst { gate.wait() }
            return questions.map { .success(Self.result($0)) }
        }
        func ask(_ n: Int) -> Task<[String], any Error> { Task { try await desk.ask((0..<100).map { question(n * 100 + $0) }).map { try $0.get().receipt } } }
        var tasks = [ask(0)]
        while sizes.withLock({ $0.isEmpty }) { await Task.yield() }
        tasks += (1..<31).map { ask($0) }
        while desk.countWaiting < 30 { await Task.yield() }
        gate.signal()
        for (n, task) in tasks.enumerated() { #expect(try await task.value == (0..<100).map { "\(n * 100 + $0)" }) }
        #expect(sizes.withLock { $0 } == [100] + Array(repeating: 500, count: 6))
    }

    // MARK: - JSON

    private func answer(title: String) throws -> LookupResult {
        let node = try #require(NodePath("wuhan")), replica = ReplicaID(path: node, incarnation: try #require(Incarnation(Array(repeating: 7, count: 16))))
        let list = ListRow(id: Dot(replica: replica, counter: 3), opened: ListOpened(code: "serious", title: title, basis: "第\"一\"条\\", authority: "11000000TEXT00017D", maxAge: 60))
        let edition = ListEditionRow(number: 7, change: Dot(replica: replica, counter: 9), entries: 1, digest: .zero, capturedAt: 1, epoch: 0, persons: 0, keyCheck: nil)
        let facts = ListFacts(list: list, edition: edition, asOf: 1_795_000_000_000, validUntil: 1_795_000_360_000, isCurrent: true, isConfirmed: true, hasRemovals: true, hasDigests: true)
        let hit = ListEntryRow(
            list: list.id, id: Dot(replica: replica, counter: 5), subject: "91000000TEXT000250", name: "测试\u{1}\u{1f}\u{7f}\t企业/\r\n", document: "文〔2026〕1号", authority: "a",
            since: try #require(CivilDate(year: 2026, month: 1, day: 5)), until: CivilDate(year: 2027, month: 1, day: 5), published: true, change: Dot(replica: replica, counter: 5), person: nil,
            draft: nil, removed: false)
        return LookupResult(
            subject: .organisation(try #require(CreditCode("91000000TEXT000250"))), receipt: "WUHAN-1-00", answeredAt: 1_795_000_000_123,
            lists: [
                LookupListAnswer(facts: facts, verdict: .onTheList, hits: [hit, hit]), LookupListAnswer(facts: facts, verdict: .tooStaleToSay, hits: [], reason: .editionDiffers),
                LookupListAnswer(facts: nil, verdict: .notCovered, hits: []),
            ], records: [("penalty", 2), ("12", 1), ("penalty", 3)],
            marked: [
                MarkedRecord(record: Dot(replica: replica, counter: 7), item: "penalty", document: "文\"1", label: .disputed, marks: ["disputed", "corrected"], authority: "a", authorityName: "机关", isCounted: true),
                MarkedRecord(record: nil, item: "", document: "", label: .effective, marks: ["identity-under-check"], authority: "", authorityName: "", isCounted: false),
            ], isCut: title.isEmpty, notices: title.isEmpty ? 0 : 3, confirm: true, lastReceipt: 5, took: .microseconds(17))
    }

    @Test("The answer by hand is byte for byte what a general encoder makes of the same response")
    func json() throws {
        for title in ["严重失信主体名单", "\u{8}\u{c}\"\\/😀e\u{301}", ""] {
            let result = try answer(title: title)
            for contact in [nil, UInt64(1_795_000_000_000)] {
                var written = LookupJSON()
                written.answer(result, node: "wuhan", lastContact: contact)
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
                let expected = try encoder.encode(result.response(node: "wuhan", lastContact: contact))
                #expect(String(decoding: written.bytes, as: UTF8.self) == String(decoding: expected, as: UTF8.self))
            }
        }
    }

    @Test("Requests name one subject or up to a hundred")
    func requests() throws {
        func read(_ json: String) throws -> LookupRequest { try LookupRequest(json: Array(json.utf8)) }
        #expect(try read(#"{"subject":"a\u4e2d","purpose":"p","operator":"o","more":[1]}"#).subject == "a中")
        #expect(try read(#"{"subjects":["a","b"],"purpose":"p","operator":"o","caseNumber":"1"}"#).subjects == ["a", "b"])
        for bad in ["", "{}", "[]", #"{"purpose":"p","operator":"o"}"#, #"{"subject":"a","subjects":["b"],"purpose":"p","operator":"o"}"#, #"{"subjects":[],"purpose":"p","operator":"o"}"#,
            #"{"subject":"a","purpose":"p"}"#, #"{"subject":1,"purpose":"p","operator":"o"}"#, #"{"subject":"a","purpose":"p","operator":"o"} x"#,
            #"{"subjects":["# + Array(repeating: "\"a\"", count: 101).joined(separator: ",") + #"],"purpose":"p","operator":"o"}"#] {
            #expect(throws: ControlFault.self, "\(bad.prefix(60))") { try read(bad) }
        }
    }
}
