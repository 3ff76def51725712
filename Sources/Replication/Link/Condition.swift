import Registry

/// What a node tells the tiers above it about itself and the lines of its children. For its ancestors alone
/// (guarantee 7): neither its siblings nor those below it ever receive it.
///
/// Everything in it is the issuer's word. Counts and lengths of time are bounded, so that sums over a whole
/// federation cannot overflow, whatever a peer writes.
package struct NodeCondition: Sendable, Hashable {
    /// Children and lists named at most; the rest is counted.
    package static let maximumChildren = 256
    package static let maximumLists = 64
    /// Of the whole statement, in bytes.
    package static let maximumBytes = 65_536
    package static let maximumSoftware = 80
    /// Greater counts are read as this.
    package static let maximumCount: UInt64 = 1_000_000_000_000
    /// Longer times are read as this: 317 years in milliseconds.
    package static let maximumAge: UInt64 = 10_000_000_000_000

    /// A node speaks to its ancestors, and to nobody else.
    package static func audience(of issuer: NodePath) -> Audience { .lineage(of: issuer, upTo: 1) }

    /// A list held.
    package struct HeldList: Sendable, Hashable {
        package var list: Dot
        /// 0 = none published.
        package var edition: UInt64
        /// When its issuer last vouched for it, milliseconds since 1970; 0 = never heard.
        package var asOf: UInt64

        package init(list: Dot, edition: UInt64, asOf: UInt64) { (self.list, self.edition, self.asOf) = (list, edition, asOf) }
    }

    /// How the line of a child stands. The numbers are sealed and never reused.
    package enum Line: UInt32, Sendable, Hashable {
        case connected = 1
        case synchronising = 2
        case cut = 3
        case never = 4
        case suspended = 5
    }

    package struct Child: Sendable, Hashable {
        /// Last segment of its path.
        package var name: String
        package var line: Line
        /// Milliseconds since the last contact when issued; nil = never.
        package var silent: UInt64?
        /// Changes that it does not yet hold.
        package var relief: UInt64
        package var ordinary: UInt64

        package init(name: String, line: Line, silent: UInt64?, relief: UInt64, ordinary: UInt64) {
            (self.name, self.line, self.silent, self.relief, self.ordinary) = (name, line, silent, relief, ordinary)
        }
    }

    package var software = ""
    /// nil = one that this version does not know.
    package var suite: Suite?
    package var records: UInt64 = 0
    /// Changes of its subtree that are not known to be durable at the root.
    package var relief: UInt64 = 0
    package var ordinary: UInt64 = 0
    /// Age of the oldest of them when issued, milliseconds.
    package var lag: UInt64 = 0
    package var waiting: UInt64 = 0
    package var quarantined: UInt64 = 0
    /// Number of the newest catalogue edition; 0 = none.
    package var catalogue: UInt64 = 0
    package var lists: [HeldList] = []
    package var moreLists: UInt64 = 0
    package var children: [Child] = []
    package var moreChildren: UInt64 = 0

    package init() {}

    /// Within its bounds: what stands first is named, the rest counted; lines that need attention stand first.
    package func bounded() -> NodeCondition {
        var result = self
        result.software = software.bounded(NodeCondition.maximumSoftware)
        func count(_ value: UInt64) -> UInt64 { min(value, NodeCondition.maximumCount) }
        result.records = count(records)
        result.relief = count(relief)
        result.ordinary = count(ordinary)
        result.lag = min(lag, NodeCondition.maximumAge)
        result.waiting = count(waiting)
        result.quarantined = count(quarantined)
        result.catalogue = count(catalogue)
        result.moreLists = count(moreLists)
        result.moreChildren = count(moreChildren)
        if lists.count > NodeCondition.maximumLists {
            result.lists = Array(lists.prefix(NodeCondition.maximumLists))
            result.moreLists = count(result.moreLists + UInt64(lists.count - NodeCondition.maximumLists))
        }
        if children.count > NodeCondition.maximumChildren {
            let ordered = children.filter { $0.line != .connected } + children.filter { $0.line == .connected }
            result.children = ordered.prefix(NodeCondition.maximumChildren).sorted { $0.name < $1.name }
            result.moreChildren = count(result.moreChildren + UInt64(children.count - NodeCondition.maximumChildren))
        }
        result.children = result.children.map { child in
            var child = child
            child.silent = child.silent.map { min($0, NodeCondition.maximumAge) }
            child.relief = count(child.relief)
            child.ordinary = count(child.ordinary)
            return child
        }
        return result
    }

    /// Without what changes by time alone: two conditions equal in this way need no new statement.
    package var timeless: NodeCondition {
        var result = self
        result.lag = 0
        result.children = children.map { child in
            var child = child
            child.silent = child.silent == nil ? nil : 0
            return child
        }
        return result
    }

    /// What should be known above soon: a line came or went, relief waits, work piles up or is done, another edition.
    var urgent: [UInt64] {
        var facts = [relief, ordinary == 0 ? 0 : 1, quarantined == 0 ? 0 : 1, catalogue, moreChildren]
        for list in lists { facts.append(list.edition) }
        for child in children { facts += [UInt64(child.line.rawValue), child.relief == 0 ? 0 : 1] }
        return facts
    }
}

/// When a node renews the statement of its condition. A value: time and jitter are arguments.
///
/// Bounds, for each node, however fast it changes: one at once, then after 2, 2, 4, 8, 15 and 30 seconds, and from
/// then on 2 a minute; what is urgent waits 5 seconds at most, so 12 a minute. A node where nothing changes says so
/// every 5 minutes, and so does one whose line is down, for the day it comes back.
package struct ConditionPace: Sendable, Hashable {
    /// Milliseconds.
    package static let steps: [UInt64] = [2_000, 2_000, 4_000, 8_000, 15_000, 30_000]
    package static let urgentWait: UInt64 = 5_000
    package static let idleWait: UInt64 = 300_000
    /// Nothing issued for so long, longer than the last step, the steps begin anew.
    package static let calm: UInt64 = 45_000

    private var last: NodeCondition?
    private var lastAt: UInt64 = 0
    private var step = 0

    package init() {}

    /// Whether to issue a statement now; if so it counts as issued.
    /// - Parameters:
    ///   - now: monotonic milliseconds.
    ///   - jitter: 0…255; lengthens each wait by up to a quarter, so that a tier does not speak in chorus.
    package mutating func isDue(_ condition: NodeCondition, connected: Bool, now: UInt64, jitter: UInt8) -> Bool {
        guard let last else { return issued(condition, now, step: 0) }
        let passed = now >= lastAt ? now - lastAt : 0
        func over(_ wait: UInt64) -> Bool { passed >= wait + wait * UInt64(jitter) / 1024 }
        if over(Self.idleWait) { return issued(condition, now, step: 0) }
        guard connected, condition.timeless != last.timeless else { return false }
        if passed >= Self.calm { return issued(condition, now, step: 0) }
        let wait = Self.steps[step]
        guard over(condition.urgent == last.urgent ? wait : min(wait, Self.urgentWait)) else { return false }
        return issued(condition, now, step: min(step + 1, Self.steps.count - 1))
    }

    private mutating func issued(_ condition: NodeCondition, _ now: UInt64, step: Int) -> Bool {
        (last, lastAt, self.step) = (condition, now, step)
        return true
    }
}

/// Conditions that wait to go up one link: of each issuer only the newest, a few at a time, so that neither a
/// reconnecting district nor a busy street floods the tier above. Pure: what is sent is looked up by the caller.
package struct ConditionOutbox: Sendable, Hashable {
    /// A second.
    package static let most = 20

    private var waiting: [NodePath] = []
    private var named: Set<NodePath> = []
    private var introduced: Set<Digest> = []

    package init() {}

    package var count: Int { waiting.count }

    package mutating func add(_ issuer: NodePath) { if named.insert(issuer).inserted { waiting.append(issuer) } }

    /// The next few, in the order they came.
    package mutating func take() -> [NodePath] {
        let next = Array(waiting.prefix(Self.most))
        waiting.removeFirst(next.count)
        for issuer in next { named.remove(issuer) }
        return next
    }

    /// Certificates travel with the first statement under a key; after that the peer holds them.
    package mutating func slim(_ signed: SignedStatement) -> SignedStatement {
        if introduced.insert(signed.key).inserted { return signed }
        var slim = signed
        slim.chain = []
        return slim
    }
}
