import Registry
import Replication
import Testing

@testable import NodeRuntime

/// The tree of status: a pure function of what was told and what lines show.
@Suite struct TreeBuilderTests {
    static let now: UInt64 = 1_795_000_000_000

    private func path(_ text: String) throws -> NodePath { try #require(NodePath(text)) }

    private func told(_ ago: UInt64, clockAhead: UInt64 = 0, _ change: (inout NodeCondition) -> Void = { _ in }) -> TreeBuilder.Told {
        var condition = NodeCondition()
        (condition.records, condition.catalogue) = (5, 2)
        change(&condition)
        return TreeBuilder.Told(condition: condition, at: Self.now - ago, clockAhead: clockAhead)
    }

    private func link(_ peer: String, _ state: String, role: String = "child", silent: Int? = 0) -> StatusReport.Link {
        StatusReport.Link(
            role: role, peer: peer, state: state, address: nil, lastContact: nil, silentMs: silent, backlog: .init(relief: 0, ordinary: 0), lagMs: 0, lastError: nil)
    }

    private func tree(
        _ at: String = "wuhan", links: [StatusReport.Link], told: [String: TreeBuilder.Told], lists: [Dot: TreeBuilder.KnownList] = [:], heard: [String: UInt64] = [:]
    ) throws -> StatusReport.TreeNode {
        var own = NodeCondition()
        own.catalogue = 2
        func paths<T>(_ map: [String: T]) throws -> [NodePath: T] { Dictionary(uniqueKeysWithValues: try map.map { (try path($0.key), $0.value) }) }
        return TreeBuilder(path: try path(at), now: Self.now, own: own, links: links, told: try paths(told), lists: lists, heardAbove: try paths(heard)).tree()
    }

    private func child(_ name: String, _ line: NodeCondition.Line, silent: UInt64? = 0) -> NodeCondition.Child {
        .init(name: name, line: line, silent: silent, relief: 0, ordinary: 3)
    }

    @Test func aDistrictTellsOfItsStreets() throws {
        let root = try tree(
            links: [link("wuhan/wuchang", "connected")],
            told: [
                "wuhan/wuchang": told(10_000) { $0.children = [child("a", .connected), child("b", .cut, silent: 60_000), child("c", .never, silent: nil)] },
                "wuhan/wuchang/a": told(5_000) { ($0.ordinary, $0.lag, $0.catalogue) = (7, 1_000, 1) },
            ])
        #expect(root.own && root.line == "root" && root.children.map(\.name) == ["wuchang"])
        let district = root.children[0]
        #expect(district.live && district.records == 5 && district.children.map(\.line) == ["connected", "cut", "never"])
        let a = district.children[0], b = district.children[1], c = district.children[2]
        #expect(a.live && a.backlog == .init(relief: 0, ordinary: 7) && a.lagMs == 6_000, "a lag grows until the node says otherwise")
        #expect(a.catalogueBehind && a.notes.map(\.code) == ["catalogue-behind"])
        #expect(!b.live && b.silentMs == 70_000 && b.backlog == nil && b.toCome == .init(relief: 0, ordinary: 3))
        #expect(c.silentMs == nil && c.lastContact == nil)
    }

    @Test("Each child is looked up, not searched for: a search would take minutes here", .timeLimit(.minutes(5)))
    func manyChildren() throws {
        let count = 6000, root = try tree(
            links: [link("wuhan/wuchang", "connected")],
            told: ["wuhan/wuchang": told(10_000) { $0.children = (0..<count).map { child("s\($0)", $0 % 2 == 0 ? .connected : .cut) } }])
        let streets = root.children[0].children
        #expect(streets.count == count && streets.filter { $0.line == "connected" }.count == count / 2)
    }

    @Test("Behind a line that is cut nothing counts as live, and it says as of when it is known")
    func outOfSight() throws {
        let root = try tree(
            links: [link("wuhan/wuchang", "cut", silent: 3_600_000)],
            told: ["wuhan/wuchang": told(3_600_000) { $0.children = [child("a", .connected)] }, "wuhan/wuchang/a": told(3_700_000)])
        let district = root.children[0], street = root.children[0].children[0]
        #expect(!district.live && district.silentMs == 3_600_000)
        #expect(!street.live && street.line == "connected" && street.ageMs == 3_700_000 && street.silentMs == nil)
    }

    @Test("A parent that is connected and has said nothing for long is old news")
    func oldNews() throws {
        let root = try tree(links: [link("wuhan/wuchang", "connected")], told: ["wuhan/wuchang": told(3_600_000) { $0.children = [child("a", .connected)] }])
        #expect(root.children[0].notes.map(\.code) == ["old-news"] && root.children[0].live && !root.children[0].children[0].live)
    }

    @Test("A clock that is ahead shows; a node of whose parent nothing is known still has its place")
    func clockAndGaps() throws {
        let root = try tree(links: [link("wuhan/wuchang", "connected")], told: ["wuhan/wuchang/a/deep": told(0, clockAhead: 315_360_000_000)])
        let street = root.children[0].children[0]
        #expect(street.path == "wuhan/wuchang/a" && street.records == nil && street.line == "unknown")
        #expect(street.children.map(\.name) == ["deep"] && street.children[0].notes.map(\.code) == ["clock-ahead"] && street.children[0].ageMs == 0)
    }

    @Test("A street sees its line of ancestors and nobody beside them")
    func aStreet() throws {
        let root = try tree(
            "wuhan/wuchang/a", links: [link("wuhan/wuchang", "connected", role: "parent")],
            told: ["wuhan/wuchang/b": told(0), "wuhan/hanyang": told(0)], heard: ["wuhan": Self.now - 60_000])
        #expect(root.above && root.ageMs == 60_000 && root.children.map(\.path) == ["wuhan/wuchang"])
        #expect(root.children[0].above && root.children[0].silentMs == 0 && root.children[0].children.map(\.path) == ["wuhan/wuchang/a"])
        #expect(root.children[0].children[0].own && root.children[0].children[0].children.isEmpty && root.children[0].children[0].line == "connected")
    }

    @Test func listsOfOthers() throws {
        let city = ReplicaID(path: try path("wuhan"), incarnation: try #require(Incarnation([UInt8](repeating: 1, count: 16))))
        func dot(_ counter: UInt64) -> Dot { Dot(replica: city, counter: counter) }
        let known = { (code: String, edition: UInt64) in TreeBuilder.KnownList(code: code, title: code, edition: edition, maxAge: 1000) }
        let root = try tree(
            links: [link("wuhan/wuchang", "connected")],
            told: ["wuhan/wuchang": told(0) { condition in
                condition.lists = [
                    .init(list: dot(1), edition: 3, asOf: Self.now - 500), .init(list: dot(2), edition: 2, asOf: Self.now - 5000), .init(list: dot(99), edition: 2, asOf: 0),
                    .init(list: dot(4), edition: 1, asOf: Self.now + 99_000),
                ]
            }], lists: [dot(1): known("a", 3), dot(2): known("b", 3), dot(3): known("c", 1), dot(4): known("d", 2)])
        let held = root.children[0].lists
        #expect(held.map(\.code) == ["a", "b", "c", "d"] && held.map(\.freshness) == ["fresh", "stale", "missing", "fresh"])
        #expect(held.map(\.behind) == [false, true, true, true] && held.map(\.ageMs) == [500, 5000, nil, 0])
        #expect(root.children[0].notes.map(\.code) == ["list-stale", "list-behind"])
    }

    @Test("The greatest numbers a peer may write overflow nothing")
    func absurd() throws {
        let worst = told(Self.now) { condition in
            (condition.ordinary, condition.relief, condition.lag, condition.records) = (NodeCondition.maximumCount, NodeCondition.maximumCount, NodeCondition.maximumAge, NodeCondition.maximumCount)
            condition.moreChildren = NodeCondition.maximumCount
        }
        let root = try tree(links: [link("wuhan/x", "connected")], told: ["wuhan/x": worst])
        #expect(root.children[0].lagMs > 0 && root.children[0].more == Int(NodeCondition.maximumCount))
    }
}
