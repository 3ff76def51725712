import Node
import Registry
import Replication
import Storage
import Testing

/// Three tiers tell each other how they are, over real signatures and certificates.
@Suite struct ConditionTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao", b = "wuhan/wuchang/zhonghualu"

    private func path(_ text: String) throws -> NodePath { try #require(NodePath(text)) }

    private func federation() throws -> TestFederation {
        let federation = try TestFederation([Self.city, Self.district, Self.a, Self.b])
        try federation.settle()
        return federation
    }

    /// Enrols nothing for real: a member row is what the parent's own list of children is.
    private func enrol(_ child: String, at parent: String, _ federation: TestFederation) throws {
        let row = MemberRow(path: try path(child), tlsKey: .zero, ledgerKey: .zero, isSuspended: false, enrolledAt: federation.clock.now, lastContact: nil)
        try federation[parent].store.write { try $0.put(row) }
    }

    @discardableResult
    private func tell(_ path: String, lines: [NodePath: ChildLine] = [:], _ federation: TestFederation) throws -> SignedStatement {
        let condition = try federation[path].condition(software: "test 1", lines: lines)
        return try #require(try federation[path].stateCondition(condition))
    }

    @Test("The city hears a street through its district; the street's records, backlog and lag are what they are")
    func threeTiers() throws {
        let federation = try federation()
        try enrol(Self.a, at: Self.district, federation)
        try enrol(Self.b, at: Self.district, federation)
        try federation.enter(30, at: Self.a)
        federation.clock.advance(milliseconds: 95_000)
        let fromStreet = try tell(Self.a, federation)
        #expect(try federation[Self.district].consider(fromStreet, from: try path(Self.a)))
        let up = try #require(try federation[Self.district].conditionToSend(of: try path(Self.a)))
        #expect(up == fromStreet, "relayed as it came")
        #expect(try federation[Self.city].consider(up, from: try path(Self.district)))
        let heard = try #require(federation[Self.city].conditions[try path(Self.a)]).condition
        #expect(heard.ordinary == 30 && heard.relief == 0 && heard.lag == 95_000 && heard.catalogue == 1 && heard.software == "test 1")
        try federation.settle()
        try federation.settle()
        let later = try federation[Self.a].condition(software: "", lines: [:])
        #expect(later.ordinary == 0 && later.lag == 0 && later.records == 30, "durable at the root, as receipts say")
        let lines = [try path(Self.a): ChildLine(line: .connected, lastContact: federation.clock.now, held: [:])]
        let own = try federation[Self.district].condition(software: "", lines: lines)
        #expect(own.children.map(\.name) == ["jiyuqiao", "zhonghualu"] && own.children.map(\.line) == [.connected, .never])
        #expect(own.children[0].silent == 0 && own.children[1].silent == nil)
        #expect(own.children[0].ordinary > 0, "it has not said that it holds the catalogue")
    }

    @Test("Guarantee 7: what a parent tells of its children never goes down, and siblings see nothing of each other")
    func siblingsSeeNothing() throws {
        let federation = try federation()
        try enrol(Self.a, at: Self.district, federation)
        try enrol(Self.b, at: Self.district, federation)
        let fromDistrict = try tell(Self.district, federation), fromStreet = try tell(Self.a, federation)
        #expect(try federation[Self.district].consider(fromStreet, from: try path(Self.a)))
        try federation[Self.district].saveConditions()
        #expect(try federation[Self.district].store.read { try $0.conditions() }.count == 2)
        for street in [Self.a, Self.b] {
            #expect(try federation[Self.district].statements(for: try path(street)).allSatisfy { signed in
                if case .condition? = try Statement.read(signed.content)?.kind { false } else { true }
            })
            for signed in [fromDistrict, fromStreet] {
                #expect(throws: ChangeSetFault.self) { _ = try federation[street].consider(signed, from: try path(Self.district)) }
            }
            try federation.sync(street)
            #expect(federation[street].conditions.all.allSatisfy { $0.issuer.description == street })
        }
        #expect(throws: ChangeSetFault.self, "nor from a sibling's link") { _ = try federation[Self.district].consider(fromStreet, from: try path(Self.b)) }
    }

    @Test("A condition for more ears than its issuer's ancestors is refused, whoever signed it")
    func widerAudience() throws {
        let federation = try federation()
        for audience in [Audience.published, .lineage(of: try path(Self.a), upTo: 2)] {
            let content = try Statement(
                issuer: federation[Self.a].replica, issuedAt: federation.clock.now, validUntil: 0, audience: audience, kind: .condition(NodeCondition())
            ).serialized()
            let key = federation[Self.a].identity.ledgerKey
            let signed = SignedStatement(content: content, key: key.keyID, signature: try key.sign(SignedStatement.message(content)), chain: federation[Self.a].identity.ledgerChain)
            #expect(throws: ChangeSetFault.self) { _ = try federation[Self.district].consider(signed, from: try path(Self.a)) }
        }
    }

    @Test("Only what its issuer signed is taken, and only what is newer")
    func forgedAndOld() throws {
        let federation = try federation()
        let first = try tell(Self.a, federation)
        let second = try tell(Self.a, federation)
        var forged = second
        forged.content[forged.content.count - 1] ^= 1
        #expect(throws: ChangeSetFault.self) { _ = try federation[Self.district].consider(forged, from: try path(Self.a)) }
        #expect(try federation[Self.district].consider(second, from: try path(Self.a)))
        #expect(try !federation[Self.district].consider(first, from: try path(Self.a)), "issued within one millisecond, and still older")
        let other = federation[Self.b].identity.ledgerKey
        let stolen = SignedStatement(content: second.content, key: other.keyID, signature: try other.sign(SignedStatement.message(second.content)), chain: federation[Self.b].identity.ledgerChain)
        #expect(throws: ChangeSetFault.self) { _ = try federation[Self.city].consider(stolen, from: try path(Self.district)) }
    }

    @Test("Certificates travel once: without them a known key serves, an unknown one does not, and relays put them back")
    func certificates() throws {
        let federation = try federation()
        try federation[Self.district].saveConditions()
        let whole = try tell(Self.a, federation)
        var slim = whole
        slim.chain = []
        let fresh = try TestFederation([Self.city, Self.district, Self.a], seed: 2)
        #expect(throws: (any Error).self) { _ = try fresh[Self.district].consider(slim, from: try path(Self.a)) }
        #expect(try federation[Self.district].consider(whole, from: try path(Self.a)))
        federation.clock.advance(milliseconds: 1)
        var next = try tell(Self.a, federation)
        next.chain = []
        #expect(try federation[Self.district].consider(next, from: try path(Self.a)))
        #expect(try federation[Self.district].conditionToSend(of: try path(Self.a))?.chain == whole.chain)
    }

    @Test("Saved together, once; a restart finds them, and the root tells nobody")
    func saving() throws {
        let federation = try federation()
        for street in [Self.a, Self.b] { #expect(try federation[Self.district].consider(try tell(street, federation), from: try path(street))) }
        #expect(try federation[Self.district].store.read { try $0.conditions() }.isEmpty, "no transaction each")
        try federation[Self.district].saveConditions()
        try federation[Self.district].store.close()
        try federation.reopen(Self.district)
        #expect(federation[Self.district].conditions.all.map(\.issuer.description) == [Self.a, Self.b])
        #expect(try federation[Self.city].stateCondition(NodeCondition()) == nil)
        #expect(try federation[Self.district].withheld().isEmpty)
    }
}
