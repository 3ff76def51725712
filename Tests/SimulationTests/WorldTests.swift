import Node
import Registry
import Replication
import Simulation
import Storage
import Testing

@Suite struct WorldTests {
    static let tree = ["wuhan/wuchang/jiyuqiao", "wuhan/wuchang/nanhu", "wuhan/hanyang/qintai"]

    @Test("What a street enters reaches district and city, and nobody else; a line that is down carries nothing")
    func climbs() throws {
        let world = try World(seed: 1, tree: Self.tree)
        try world.settle()
        world.link("wuhan/wuchang", up: false)
        let entered = try world.enter("permit", number: "甲〔2026〕1号", at: "wuhan/wuchang/jiyuqiao")
        #expect(entered.fate == .effective)
        try world.settle()
        let record = try #require(entered.record)
        #expect(try world.node("wuhan/wuchang").show(record).view.validity == .effective)
        #expect(throws: NodeRefusal.self) { try world.node("wuhan").show(record) }
        world.link("wuhan/wuchang", up: true)
        try world.settle()
        #expect(try world.node("wuhan").show(record).view.validity == .effective)
        #expect(throws: NodeRefusal.self) { try world.node("wuhan/wuchang/nanhu").show(record) }
        #expect(throws: NodeRefusal.self) { try world.node("wuhan/hanyang").show(record) }
        let home = try #require(NodePath("wuhan/wuchang/jiyuqiao"))
        let digests = try ["wuhan", "wuhan/wuchang", "wuhan/wuchang/jiyuqiao"].map { try world.node($0).viewDigest(home: home).digest }
        #expect(Set(digests).count == 1)
    }
}
