import Registry
import Testing

@testable import Replication

/// The statement of a node's condition: its bytes, its bounds, and when it is renewed.
@Suite struct ConditionTests {
    private let street: ReplicaID

    init() throws {
        street = ReplicaID(path: try #require(NodePath("wuhan/wuchang/jiyuqiao")), incarnation: try #require(Incarnation([UInt8](repeating: 7, count: 16))))
    }

    private func sample() -> NodeCondition {
        var condition = NodeCondition()
        (condition.software, condition.suite, condition.records, condition.catalogue) = ("creditnode 0.1.0", .sm2SM3, 1297, 4)
        (condition.relief, condition.ordinary, condition.lag, condition.waiting, condition.quarantined) = (2, 340, 95_000, 1, 3)
        condition.lists = [.init(list: Dot(replica: street, counter: 9), edition: 7, asOf: 1_795_000_000_000)]
        condition.children = [
            .init(name: "a", line: .connected, silent: 0, relief: 0, ordinary: 12), .init(name: "b", line: .never, silent: nil, relief: 0, ordinary: 0),
            .init(name: "c", line: .suspended, silent: 5, relief: 1, ordinary: 0),
        ]
        condition.moreChildren = 3
        return condition
    }

    private func statement(_ condition: NodeCondition, audience: Audience? = nil) -> Statement {
        Statement(
            issuer: street, issuedAt: 1_795_000_000_000, validUntil: 1_795_000_900_000, audience: audience ?? NodeCondition.audience(of: street.path), kind: .condition(condition))
    }

    @Test func comesBackAsItWent() throws {
        #expect(try Statement.read(try statement(sample()).serialized()) == statement(sample()))
        #expect(statement(sample()).slot == "condition wuhan/wuchang/jiyuqiao")
    }

    @Test("What a quiet street says in five minutes is a few hundred bytes")
    func idleCost() throws {
        var condition = sample()
        condition.children = []
        let signed = SignedStatement(content: try statement(condition).serialized(), key: Digest.zero, signature: [UInt8](repeating: 1, count: 64), chain: [])
        let bytes = try Frame.statement(signed).serialized().count + 4
        #expect(bytes < 400, "\(bytes) bytes, \(bytes / 5) a minute")
    }

    @Test("A parent of 160 stays below the limit, and of more the troubled ones are named")
    func manyChildren() throws {
        var condition = sample()
        condition.children = (0..<1000).map { .init(name: "street-\($0)", line: $0 == 999 ? .cut : .connected, silent: 0, relief: 0, ordinary: 0) }
        let bounded = condition.bounded()
        #expect(bounded.children.count == NodeCondition.maximumChildren && bounded.moreChildren == 3 + 744)
        #expect(bounded.children.contains { $0.name == "street-999" })
        let bytes = try statement(bounded).serialized().count
        #expect(bytes < 8_000, "\(bytes)")
        #expect(try Statement.read(try statement(bounded).serialized()) == statement(bounded))
    }

    @Test("Absurd numbers are read as the greatest allowed, so that no sum overflows")
    func absurdNumbers() throws {
        var condition = sample()
        (condition.records, condition.ordinary, condition.lag, condition.moreChildren, condition.catalogue) = (.max, .max, .max, .max, .max)
        condition.children[0].silent = .max
        condition.children[0].ordinary = .max
        guard case .condition(let read)? = try Statement.read(try statement(condition).serialized())?.kind else { throw CodingFault("no condition") }
        #expect(read.records == NodeCondition.maximumCount && read.ordinary == NodeCondition.maximumCount && read.moreChildren == NodeCondition.maximumCount)
        #expect(read.lag == NodeCondition.maximumAge && read.children[0].silent == NodeCondition.maximumAge && read.children[0].ordinary == NodeCondition.maximumCount)
    }

    @Test("A million children, names that are none, twins and times beyond reason are refused before they cost memory")
    func hostileBytes() throws {
        // Field 12 of the condition, empty, again and again: two bytes each.
        let million = [UInt8](repeating: 0, count: 2_000_000).enumerated().map { $0.offset % 2 == 0 ? UInt8(12 << 3 | 2) : 0 }
        let start = try statement(NodeCondition()).serialized()
        #expect(throws: CodingFault.self) { _ = try Statement.read(start + [146, 1, 0x80, 0x89, 0x7A] + million) }
        let thousands = Array(million.prefix(1000))
        #expect(throws: CodingFault.self, "257 and more children") { _ = try Statement.read(start.dropLast(3) + [146, 1, 0xE8, 0x07] + thousands) }
        #expect(throws: CodingFault.self, "two conditions would be merged into one") { _ = try Statement.read(start + start) }
        for name in ["", "A", "a/b", "..", "<b>", String(repeating: "x", count: 64)] {
            var condition = sample()
            condition.children[0].name = name
            #expect(throws: CodingFault.self, "\(name)") { _ = try Statement.read(try statement(condition).serialized()) }
        }
        var twins = sample()
        twins.children.append(twins.children[0])
        #expect(throws: CodingFault.self) { _ = try Statement.read(try statement(twins).serialized()) }
        var future = statement(sample())
        future.issuedAt = 1 << 62
        #expect(throws: CodingFault.self) { _ = try Statement.read(try future.serialized()) }
    }

    // MARK: - Pace

    private func pace(_ changes: Int, every: UInt64, for length: UInt64, connected: Bool = true, jitter: UInt8 = 0, change: (inout NodeCondition, Int) -> Void) -> [UInt64] {
        var pace = ConditionPace(), condition = sample(), issued: [UInt64] = []
        for time in stride(from: UInt64(0), through: length, by: 100) {
            if time > 0, time % every == 0 { change(&condition, Int(time / every)) }
            if pace.isDue(condition, connected: connected, now: time, jitter: jitter) { issued.append(time) }
        }
        return issued
    }

    @Test("One whose records never stand still speaks 6 times in its first minute and twice in each later one")
    func busy() {
        let issued = pace(1, every: 100, for: 600_000) { $0.records += UInt64($1 % 2 + 1) }
        #expect(Array(issued.prefix(6)) == [0, 2_000, 4_000, 8_000, 16_000, 31_000])
        #expect(zip(issued.dropFirst(5), issued.dropFirst(6)).allSatisfy { $1 - $0 == 30_000 })
    }

    @Test("A line that flaps is told 12 times a minute at most")
    func flapping() {
        let issued = pace(1, every: 100, for: 600_000) { $0.children[0].line = $1 % 2 == 0 ? .cut : .connected }
        #expect(issued.filter { $0 >= 300_000 && $0 < 360_000 }.count <= 12)
    }

    @Test("A single change after quiet is told at once; time alone changes nothing")
    func quiet() {
        #expect(pace(1, every: 90_000, for: 100_000) { condition, _ in condition.records += 1 } == [0, 90_000])
        let idle = pace(1, every: 1_000, for: 900_000) { condition, _ in
            condition.lag += 1000
            condition.children[0].silent = 1
        }
        #expect(idle == [0, 300_000, 600_000, 900_000])
    }

    @Test("Without a line it speaks every five minutes, for the day the line comes back")
    func disconnected() {
        #expect(pace(1, every: 1_000, for: 900_000, connected: false) { condition, _ in condition.records += 1 } == [0, 300_000, 600_000, 900_000])
    }

    @Test("Jitter lengthens a wait by a quarter at most")
    func jitter() {
        let issued = pace(1, every: 100, for: 60_000, jitter: 255) { $0.records += UInt64($1) }
        #expect(issued[1] > 2_400 && issued[1] <= 2_500)
    }

    @Test("Up a link go 20 a second at most, of each issuer one, and certificates once a key")
    func outbox() throws {
        var outbox = ConditionOutbox()
        let issuers = try (0..<160).map { try #require(NodePath("wuhan/wuchang/street-\($0)")) }
        for _ in 0..<3 { for issuer in issuers { outbox.add(issuer) } }
        #expect(outbox.count == 160)
        var rounds: [[NodePath]] = []
        while outbox.count > 0 { rounds.append(outbox.take()) }
        #expect(rounds.count == 8 && rounds.flatMap { $0 } == issuers)
        outbox.add(issuers[3])
        #expect(outbox.take() == [issuers[3]], "one that was sent may wait again")
        let signed = SignedStatement(content: [1], key: Digest.zero, signature: [2], chain: [[3]])
        #expect(outbox.slim(signed).chain == [[3]] && outbox.slim(signed).chain.isEmpty)
    }
}
