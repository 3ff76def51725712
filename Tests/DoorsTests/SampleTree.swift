@testable import NodeRuntime

/// Trees as busy federations would show them.
enum SampleTree {
    typealias Node = StatusReport.TreeNode

    static func node(_ path: String, _ line: String = "connected", live: Bool = true) -> Node {
        let names = path.split(separator: "/").map(String.init)
        var node = Node(path: path, name: names.last ?? path, tier: names.count)
        (node.line, node.live, node.silentMs, node.ageMs, node.asOf) = (line, live, live ? 0 : 5_600_000, 12_000, "2026-11-21T18:03:53+08:00")
        (node.records, node.backlog, node.waiting, node.quarantined, node.catalogue) = (1_200 + path.utf8.count * 37, .init(relief: 0, ordinary: 0), 0, 0, 1)
        (node.software, node.suite, node.lastContact) = ("creditnode 0.1.0", "ed25519-sha256", "2026-11-21T17:40:12+08:00")
        node.lists = [.init(code: "serious-tax", title: "重大税收违法失信主体名单", edition: 42, behind: false, ageMs: 7_200_000, freshness: "fresh")]
        return node
    }

    static func troubled(_ path: String, _ kind: Int) -> Node {
        var node = node(path)
        switch kind {
        case 1:
            (node.line, node.backlog, node.lagMs) = ("synchronising", .init(relief: 0, ordinary: 18_240), 540_000)
        case 2:
            (node.line, node.live, node.silentMs, node.ageMs, node.backlog, node.lagMs) = ("cut", false, 5_600_000, 5_600_000, .init(relief: 2, ordinary: 340), 5_600_000)
            node.notes = [.init("relief-waits", zh: "2 条救济变更未到根节点", en: "2 relief changes not durable at the root"), .init("behind", zh: "上报滞后超过 1 小时", en: "more than an hour behind")]
        case 3:
            (node.line, node.live, node.silentMs, node.ageMs, node.backlog, node.records, node.lists, node.lastContact) = ("never", false, nil, nil, nil, nil, [], nil)
            (node.software, node.suite, node.asOf, node.waiting, node.quarantined, node.catalogue) = (nil, nil, nil, nil, nil, nil)
        case 4:
            node.lists[0].freshness = "stale"
            node.lists[0].ageMs = 300_000_000
            node.notes = [.init("list-stale", zh: "1 份名单已过时", en: "a list is stale")]
        default: break
        }
        return node
    }

    /// One city, two districts, four streets; one street is cut.
    static func small(calm: Bool = false) -> Node {
        var city = node("wuhan", "root")
        city.own = true
        city.children = ["wuchang", "hanyang"].map { district in
            var result = node("wuhan/\(district)")
            let streets = district == "wuchang" ? ["jiyuqiao", "zhonghualu"] : ["yuehu", "cuiwei"]
            result.children = streets.enumerated().map { index, street in
                calm || district == "hanyang" ? node("wuhan/\(district)/\(street)") : troubled("wuhan/\(district)/\(street)", index == 0 ? 1 : 2)
            }
            return result
        }
        return city
    }

    /// A city with its districts and streets; every eleventh street in some trouble.
    static func large(districts: Int = 13, streets: Int = 160) -> Node {
        let names = ["jiangan", "jianghan", "qiaokou", "hanyang", "wuchang", "qingshan", "hongshan", "dongxihu", "hannan", "caidian", "jiangxia", "huangpi", "xinzhou", "kaifaqu", "donghu", "gangkou"]
        var city = node("wuhan", "root")
        city.own = true
        city.children = (0..<districts).map { node("wuhan/\(names[$0 % names.count])") }
        for index in 0..<streets {
            let parent = index % districts
            let path = "\(city.children[parent].path)/street-\(index / districts + 1)"
            city.children[parent].children.append(index % 11 == 0 ? troubled(path, 1 + index / 11 % 4) : node(path))
        }
        return city
    }

    /// A report's own tree: tiers above, itself, and its links as children.
    static func around(_ path: String, _ links: [StatusReport.Link], calm: Bool) -> Node {
        let names = path.split(separator: "/")
        var own = node(path, names.count > 1 ? "connected" : "root")
        own.own = true
        own.children = links.filter { $0.role != "parent" }.map { link in
            var child = node(link.peer, link.state, live: link.state == "connected" || link.state == "synchronising")
            (child.backlog, child.lagMs, child.silentMs) = (link.backlog, link.lagMs, link.silentMs)
            return child
        }
        for depth in stride(from: names.count - 1, to: 0, by: -1) {
            var above = Node(path: names[..<depth].joined(separator: "/"), name: String(names[depth - 1]), tier: depth)
            (above.above, above.line, above.ageMs, above.asOf) = (true, depth == 1 ? "root" : "unknown", 7_200_000, "2026-11-21T16:04:05+08:00")
            above.children = [own]
            own = above
        }
        return own
    }
}
