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

    @Test("The same seed and calls give the same world")
    func repeats() throws {
        func run() throws -> [String] {
            let world = try World(seed: 5, tree: Self.tree)
            try world.settle()
            try world.enter("permit", number: "甲〔2026〕1号", at: "wuhan/wuchang/jiyuqiao")
            try world.settle()
            let record = try #require(world.enter("penalty", number: "乙〔2026〕2号", at: "wuhan/wuchang").record)
            _ = try world.node("wuhan/wuchang").revoke(record, document: "撤〔2026〕1号", reason: "查明有误", actor: World.clerk)
            try world.settle()
            return try world.paths.flatMap { path in try world.node(path).store.read { try $0.tips() }.map { "\(path) \($0.ledger) \($0.tip.sequence) \($0.tip.digest)" } }
        }
        let first = try run()
        #expect(first.count > 8)
        #expect(try run() == first)
    }

    @Test("A street whose power fails while it talks loses nothing confirmed and catches up")
    func crash() throws {
        let world = try World(seed: 9, tree: Self.tree)
        try world.settle()
        let street = try #require(NodePath("wuhan/wuchang/nanhu"))
        let records = try (1...5).map { try #require(world.enter("permit", number: "甲〔2026〕\($0)号", at: "wuhan/wuchang/nanhu").record) }
        for _ in 0..<4 { try world.step() }
        try world.crash(street)
        try world.settle()
        for record in records { #expect(try world.node("wuhan").show(record).view.validity == .effective) }
    }

    @Test("A restored node meets its own past, begins a new incarnation, and nothing receipted is lost")
    func restored() throws {
        let world = try World(seed: 11, tree: Self.tree)
        let street = try #require(NodePath("wuhan/wuchang/nanhu"))
        try world.settle()
        let image = world.machine(street).disk.image(), before = world.node(street).replica
        let record = try #require(world.enter("permit", number: "甲〔2026〕1号", at: "wuhan/wuchang/nanhu").record)
        try world.settle()
        try world.restore(street, from: image)
        try world.settle()
        #expect(world.node(street).replica != before)
        #expect(try world.node(street).show(record).view.validity == .effective)
    }
}
