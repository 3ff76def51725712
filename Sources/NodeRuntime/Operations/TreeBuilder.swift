import Registry
import Replication

/// Puts together what nodes told of themselves and what lines show: a pure function of its properties.
struct TreeBuilder {
    /// What a node below said, and when, by whichever clock is earlier: its own or ours at arrival.
    struct Told {
        var condition: NodeCondition
        var at: UInt64
        /// Milliseconds by which its clock was ahead of ours when it came.
        var clockAhead: UInt64
    }

    /// A list as known here.
    struct KnownList {
        var code: String
        var title: String
        var edition: UInt64
        /// Milliseconds.
        var maxAge: UInt64
    }

    /// Silent for longer, a node that should speak every five minutes has old news only.
    static let liveFor: UInt64 = 2 * ConditionPace.idleWait + 60_000
    /// A clock so far ahead is worth a note.
    static let clockTolerance: UInt64 = 5 * 60_000

    typealias TreeNode = StatusReport.TreeNode

    let path: NodePath
    let now: UInt64
    let own: NodeCondition
    let links: [StatusReport.Link]
    let told: [NodePath: Told]
    let lists: [Dot: KnownList]
    /// When something signed by a tier above was last received; milliseconds since 1970.
    let heardAbove: [NodePath: UInt64]
    private let kids: [NodePath: [NodePath]]

    init(path: NodePath, now: UInt64, own: NodeCondition, links: [StatusReport.Link], told: [NodePath: Told], lists: [Dot: KnownList], heardAbove: [NodePath: UInt64]) {
        (self.path, self.now, self.own, self.links) = (path, now, own, links)
        (self.told, self.lists, self.heardAbove) = (told.filter { path.isProperAncestor(of: $0.key) }, lists, heardAbove)
        kids = Self.kids(path, links, self.told)
    }

    /// Children of each node: of links, as named by their parents, and those between here and a node that spoke.
    private static func kids(_ path: NodePath, _ links: [StatusReport.Link], _ told: [NodePath: Told]) -> [NodePath: [NodePath]] {
        var sets: [NodePath: Set<NodePath>] = [:]
        for link in links where link.role != "parent" {
            if let peer = NodePath(link.peer), peer.parent == path { sets[path, default: []].insert(peer) }
        }
        for (issuer, words) in told {
            for child in words.condition.children.compactMap({ issuer.child($0.name) }) { sets[issuer, default: []].insert(child) }
            var below = issuer
            while below != path, let parent = below.parent {
                sets[parent, default: []].insert(below)
                below = parent
            }
        }
        return sets.mapValues { $0.sorted() }
    }

    /// From the root down to everything known below.
    func tree() -> TreeNode {
        var node = ownNode()
        var below = path
        while let above = below.parent {
            var next = TreeNode(path: above.description, name: above.name, tier: above.depth)
            next.above = true
            next.line = above.depth == 1 ? "root" : "unknown"
            if let heard = heardAbove[above] {
                next.ageMs = age(heard)
                next.asOf = Instant.text(heard)
            }
            if above == path.parent, let link = links.first(where: { $0.role == "parent" }) { (next.lastContact, next.silentMs) = (link.lastContact, link.silentMs) }
            next.children = [node]
            node = next
            below = above
        }
        return node
    }

    private func ownNode() -> TreeNode {
        var node = TreeNode(path: path.description, name: path.name, tier: path.depth)
        node.own = true
        node.live = true
        node.line = "root"
        if let parent = links.first(where: { $0.role == "parent" }) {
            (node.line, node.lastContact, node.silentMs) = (parent.state, parent.lastContact, parent.silentMs)
        }
        describe(&node, own, at: now)
        let lines = Dictionary(links.map { ($0.peer, $0) }) { first, _ in first }
        node.children = (kids[path] ?? []).map { child in below(child, line: line(lines[child.description]), parentIsLive: true) }
        return node
    }

    private struct LineFacts {
        var state = "unknown"
        var lastContact: String?
        var silentMs: Int?
        var toCome: StatusReport.Backlog?
        var isUp: Bool { state == "connected" || state == "synchronising" }
    }

    private func line(_ link: StatusReport.Link?) -> LineFacts {
        guard let link else { return LineFacts() }
        return LineFacts(state: link.word, lastContact: link.lastContact, silentMs: link.silentMs, toCome: link.backlog)
    }

    /// What a parent said of its child's line; as old as its word.
    private func line(_ child: NodeCondition.Child?, _ words: Told?) -> LineFacts {
        guard let child, let words else { return LineFacts() }
        let state = switch child.line {
        case .connected: "connected"
        case .synchronising: "synchronising"
        case .cut: "cut"
        case .never: "never"
        case .suspended: "suspended"
        }
        let contact = child.silent.map { words.at > $0 ? words.at - $0 : 0 }
        return LineFacts(
            state: state, lastContact: contact.map { Instant.text($0) }, silentMs: contact.map { child.line == .connected ? 0 : age($0) },
            toCome: StatusReport.Backlog(relief: Int(child.relief), ordinary: Int(child.ordinary)))
    }

    private func below(_ child: NodePath, line: LineFacts, parentIsLive: Bool) -> TreeNode {
        var node = TreeNode(path: child.description, name: child.name, tier: child.depth)
        (node.line, node.lastContact, node.silentMs, node.toCome) = (line.state, line.lastContact, line.silentMs, line.toCome)
        let words = told[child]
        let isFresh = words.map { now < $0.at + Self.liveFor } ?? false
        node.live = parentIsLive && line.isUp
        if let words {
            describe(&node, words.condition, at: words.at)
            if words.clockAhead > Self.clockTolerance {
                node.notes.append(.init("clock-ahead", zh: "时钟快 \(words.clockAhead / 60_000) 分", en: "its clock is \(words.clockAhead / 60_000) min ahead"))
            }
        }
        if node.live, !isFresh, words != nil { node.notes.append(.init("old-news", zh: "线路接通，但很久没有报告", en: "connected, but has not reported for long")) }
        if !parentIsLive, line.isUp { node.silentMs = nil }
        // A district names 160 children: each is looked up, not searched for.
        let said = Dictionary((words?.condition.children ?? []).map { ($0.name, $0) }) { first, _ in first }
        node.children = (kids[child] ?? []).map { grandchild in
            below(grandchild, line: self.line(said[grandchild.name], words), parentIsLive: node.live && isFresh)
        }
        node.more = words.map { Int($0.condition.moreChildren) } ?? 0
        return node
    }

    private func describe(_ node: inout TreeNode, _ told: NodeCondition, at: UInt64) {
        node.ageMs = age(at)
        node.asOf = Instant.text(min(at, now))
        node.records = Int(told.records)
        node.backlog = StatusReport.Backlog(relief: Int(told.relief), ordinary: Int(told.ordinary))
        node.lagMs = told.relief + told.ordinary == 0 ? 0 : Int(told.lag) + age(at)
        node.waiting = Int(told.waiting)
        node.quarantined = Int(told.quarantined)
        node.catalogue = told.catalogue == 0 ? nil : told.catalogue
        node.catalogueBehind = told.catalogue < own.catalogue
        node.software = told.software
        node.suite = told.suite?.name
        node.more = Int(told.moreChildren)
        node.lists = heldLists(node.path, told)
        node.notes = notes(node)
    }

    private func heldLists(_ path: String, _ told: NodeCondition) -> [TreeNode.HeldList] {
        var held = told.lists.compactMap { held -> TreeNode.HeldList? in
            guard let known = lists[held.list] else { return nil }
            let age = held.asOf == 0 ? nil : Optional(age(held.asOf))
            let freshness = held.edition == 0 ? "unpublished" : (age.map { UInt64($0) <= known.maxAge } ?? false) ? "fresh" : "stale"
            return TreeNode.HeldList(
                code: known.code, title: known.title, edition: held.edition, behind: held.edition < known.edition, ageMs: age, freshness: freshness)
        }
        guard told.moreLists == 0, let node = NodePath(path) else { return held.sorted { $0.code < $1.code } }
        // A list that everybody on this node's line should hold, and that it does not name.
        for (list, known) in lists where known.edition > 0 && list.replica.path.isInLine(with: node) && !told.lists.contains(where: { $0.list == list }) {
            held.append(TreeNode.HeldList(code: known.code, title: known.title, edition: 0, behind: true, ageMs: nil, freshness: "missing"))
        }
        return held.sorted { $0.code < $1.code }
    }

    private func notes(_ node: TreeNode) -> [TreeNode.Note] {
        var notes: [TreeNode.Note] = []
        if let backlog = node.backlog, backlog.relief > 0, node.lagMs > 60_000 {
            notes.append(.init("relief-waits", zh: "\(backlog.relief) 条救济变更未到根节点", en: "\(backlog.relief) relief changes not durable at the root"))
        }
        if node.lagMs > 3_600_000 { notes.append(.init("behind", zh: "上报滞后超过 1 小时", en: "more than an hour behind")) }
        if let count = node.quarantined, count > 0 { notes.append(.init("quarantined", zh: "\(count) 条变更被隔离", en: "\(count) changes in quarantine")) }
        if let count = node.waiting, count > 0 { notes.append(.init("waiting", zh: "\(count) 条变更待判定", en: "\(count) changes waiting")) }
        if node.catalogueBehind { notes.append(.init("catalogue-behind", zh: "目录版本落后", en: "the catalogue is an older edition")) }
        let stale = node.lists.filter { $0.freshness == "stale" }.count
        if stale > 0 { notes.append(.init("list-stale", zh: "\(stale) 份名单已过时", en: stale == 1 ? "a list is stale" : "\(stale) lists are stale")) }
        let behind = node.lists.filter { $0.behind && $0.freshness != "stale" }.count
        if behind > 0 { notes.append(.init("list-behind", zh: "\(behind) 份名单不是最新版次", en: behind == 1 ? "a list is an older edition" : "\(behind) lists are older editions")) }
        return notes
    }

    private func age(_ time: UInt64) -> Int { Int(clamping: now > time ? now - time : 0) }
}
