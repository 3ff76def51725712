import Node
import Registry
import Replication
import Testing

@Suite struct StatementBoundTests {
    static let city = "wuhan", district = "wuhan/wuchang", a = "wuhan/wuchang/jiyuqiao"

    @Test("A child may make up audiences without end: its statements here are bounded, those held are still renewed")
    func madeUpAudiences() throws {
        let federation = try TestFederation([Self.city, Self.district, Self.a])
        try federation.settle()
        let street = federation[Self.a], district = federation[Self.district]
        func say(_ number: Int, later: UInt64 = 0) throws -> Bool {
            let of = try #require(street.path.child("x\(number)")), now = street.environment.now() + later
            let statement = Statement(issuer: street.replica, issuedAt: now, validUntil: now + 1000, audience: .lineage(of: of, upTo: 1), kind: .heartbeat(tips: []))
            let content = try statement.serialized(), key = street.identity.ledgerKey
            let signed = SignedStatement(content: content, key: key.keyID, signature: try key.sign(SignedStatement.message(content)), chain: street.identity.ledgerChain)
            return try district.consider(signed, from: street.path)
        }
        var taken = 0
        do {
            while taken < 2000 {
                #expect(try say(taken))
                taken += 1
            }
        } catch let fault as ChangeSetFault { #expect(fault.rule == .tooLarge) }
        #expect(taken > 1000 && taken <= 1024)
        #expect(try say(0, later: 5), "a slot that is held takes a newer statement")
    }
}
