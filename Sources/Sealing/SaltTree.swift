import Replication

/// Why salts cannot be derived.
package enum SaltTreeProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// A tree has 1…65,536 leaves.
    case count(Int)
    /// A seed has 16 bytes.
    case seed(bytes: Int)
    /// As many flags as leaves.
    case keeping(flags: Int, count: Int)
    /// A node outside the tree, or with no leaf of it.
    case outside(level: Int, index: Int)
    /// Two nodes share a leaf, or stand in the wrong order.
    case unordered(level: Int, index: Int)
    /// Nodes that a smaller cover would join.
    case notMinimal(level: Int, index: Int)

    /// For logs and for people.
    package var description: String {
        switch self {
        case .count(let count): "a salt tree of \(count) leaves; 1…65,536 are possible"
        case .seed(let bytes): "a seed of \(bytes) bytes instead of 16"
        case .keeping(let flags, let count): "\(flags) flags for \(count) leaves"
        case .outside(let level, let index): "node \(index) of level \(level) is outside the tree"
        case .unordered(let level, let index): "node \(index) of level \(level) overlaps or stands in the wrong order"
        case .notMinimal(let level, let index): "node \(index) of level \(level) belongs into a greater one"
        }
    }
}

/// Leaf salts from one seed, some of which can later be destroyed for good (a tree of Goldreich,
/// Goldwasser and Micali).
///
/// One seed of 16 bytes crosses a link for a whole change set, instead of 16 bytes a body. When a body
/// is erased, the seed is replaced by the nodes that still give all other salts: the one salt is then
/// as unknown as if it had been drawn at random.
///
/// A node's children are the first 16 bytes of digest("creditnode salt v1" ‖ node ‖ b), b = 0 left and
/// 1 right. The depth is the least d with 2^d ≥ count; leaf i is the i-th node of level d.
package struct SaltTree: Sendable {
    /// Of seed, nodes and salts, in bytes.
    package static let saltLength = 16
    /// Leaves; sixteen levels.
    package static let maximumCount = 65_536
    static let label = Array("creditnode salt v1".utf8)

    private let primitives: OpenSSLPrimitives
    private let suite: Suite

    /// - Parameters: the digest function; the suite of the ledger's key.
    package init(_ primitives: OpenSSLPrimitives, _ suite: Suite) { (self.primitives, self.suite) = (primitives, suite) }

    /// All salts of a whole tree, 16 bytes a leaf, leaf 0 first.
    package func salts(seed: [UInt8], count: Int) throws(SaltTreeProblem) -> [UInt8] {
        guard seed.count == SaltTree.saltLength else { throw .seed(bytes: seed.count) }
        let depth = try SaltTree.depth(count)
        return expand(seed, levels: depth, leafs: count)
    }

    /// The least nodes from which exactly the kept leaves can be derived.
    /// - Parameter keeping: one flag a leaf; false destroys its salt.
    package func cover(seed: [UInt8], count: Int, keeping: [Bool]) throws(SaltTreeProblem) -> SaltCover {
        guard seed.count == SaltTree.saltLength else { throw .seed(bytes: seed.count) }
        return try puncture(SaltCover(whole: seed, count: count), keeping: keeping)
    }

    /// A smaller cover; leaves that were gone already stay gone whatever their flag says.
    /// The order of several punctures does not matter.
    package func puncture(_ cover: SaltCover, keeping: [Bool]) throws(SaltTreeProblem) -> SaltCover {
        guard keeping.count == cover.count else { throw .keeping(flags: keeping.count, count: cover.count) }
        let kept = zip(keeping, cover.held).map { $0 && $1 }
        // kept before leaf i, so that any range is judged with two look-ups
        var before = [0]
        before.reserveCapacity(kept.count + 1)
        for flag in kept { before.append(before[before.count - 1] + (flag ? 1 : 0)) }
        var nodes: [SaltCover.Node] = []
        for node in cover.nodes { descend(node, cover, before, into: &nodes) }
        return SaltCover(unchecked: cover.count, nodes)
    }

    /// The salts a cover still gives, leaf 0 first; nil where the salt is destroyed.
    package func salts(from cover: SaltCover) -> [[UInt8]?] {
        var salts = [[UInt8]?](repeating: nil, count: cover.count)
        for node in cover.nodes {
            let leafs = cover.leafs(of: node)
            let bytes = expand(node.value, levels: cover.depth - Int(node.level), leafs: leafs.count)
            for (offset, leaf) in leafs.enumerated() {
                salts[leaf] = Array(bytes[offset * SaltTree.saltLength..<(offset + 1) * SaltTree.saltLength])
            }
        }
        return salts
    }

    private func descend(_ node: SaltCover.Node, _ cover: SaltCover, _ before: [Int], into nodes: inout [SaltCover.Node]) {
        let leafs = cover.leafs(of: node)
        let kept = before[leafs.upperBound] - before[leafs.lowerBound]
        if kept == 0 { return }
        if kept == leafs.count {
            nodes.append(node)
            return
        }
        let children = expand(node.value, levels: 1, leafs: 2)
        for bit in 0..<2 {
            let value = Array(children[bit * SaltTree.saltLength..<(bit + 1) * SaltTree.saltLength])
            descend(.init(level: node.level + 1, index: node.index * 2 + UInt32(bit), value: value), cover, before, into: &nodes)
        }
    }

    /// The first `leafs` nodes that stand `levels` below `node`, level by level.
    private func expand(_ node: [UInt8], levels: Int, leafs: Int) -> [UInt8] {
        var row = node
        for remaining in stride(from: levels - 1, through: 0, by: -1) {
            row = primitives.saltRow(suite, label: SaltTree.label, parents: row, count: (leafs + (1 << remaining) - 1) >> remaining)
        }
        return row
    }

    /// Levels below the root.
    static func depth(_ count: Int) throws(SaltTreeProblem) -> Int {
        guard (1...maximumCount).contains(count) else { throw .count(count) }
        return Int.bitWidth - (count - 1).leadingZeroBitCount
    }
}

/// What is left of a salt tree: nodes in leaf order, none below another, as few as possible. One set
/// of kept leaves has one cover, so two nodes that erased the same bodies hold equal bytes.
package struct SaltCover: Sendable, Hashable {
    /// One inner node or leaf.
    package struct Node: Sendable, Hashable {
        /// 0 is the root.
        package let level: UInt8
        /// From the left within its level.
        package let index: UInt32
        /// 16 bytes.
        package let value: [UInt8]

        /// Not checked here but in ``SaltCover/init(count:nodes:)``.
        package init(level: UInt8, index: UInt32, value: [UInt8]) { (self.level, self.index, self.value) = (level, index, value) }
    }

    /// Leaves of the whole tree.
    package let count: Int
    /// In leaf order.
    package let nodes: [Node]

    /// The cover of an unpunctured tree: its seed.
    package init(whole seed: [UInt8], count: Int) throws(SaltTreeProblem) {
        try self.init(count: count, nodes: [Node(level: 0, index: 0, value: seed)])
    }

    /// Checks a received cover: every node inside the tree, in leaf order, without overlap, minimal.
    package init(count: Int, nodes: [Node]) throws(SaltTreeProblem) {
        let depth = try SaltTree.depth(count)
        guard nodes.count <= count else { throw .count(nodes.count) }
        var end = 0
        for (position, node) in nodes.enumerated() {
            let level = Int(node.level), index = Int(node.index)
            guard node.value.count == SaltTree.saltLength else { throw .seed(bytes: node.value.count) }
            guard level <= depth, index < 1 << level, index << (depth - level) < count else { throw .outside(level: level, index: index) }
            guard index << (depth - level) >= end else { throw .unordered(level: level, index: index) }
            end = (index + 1) << (depth - level)
            if level > 0, index % 2 == 0 {
                // A left node with nothing to its right in the tree, or with its sibling here, is its parent's.
                let sibling = (index + 1) << (depth - level)
                let next = position + 1 < nodes.count ? nodes[position + 1] : nil
                let joined = next.map { $0.level == node.level && Int($0.index) == index + 1 } ?? false
                guard sibling < count, !joined else { throw .notMinimal(level: level, index: index) }
            }
        }
        self.init(unchecked: count, nodes)
    }

    init(unchecked count: Int, _ nodes: [Node]) { (self.count, self.nodes) = (count, nodes) }

    /// Levels below the root.
    var depth: Int { Int.bitWidth - (count - 1).leadingZeroBitCount }

    /// The leaves below a node that exist; none to the right of the last leaf.
    func leafs(of node: Node) -> Range<Int> {
        let span = depth - Int(node.level)
        let first = min(Int(node.index) << span, count)
        return first..<min(first + (1 << span), count)
    }

    /// One flag a leaf: true where the salt can still be derived.
    package var held: [Bool] {
        var held = [Bool](repeating: false, count: count)
        for node in nodes {
            for leaf in leafs(of: node) { held[leaf] = true }
        }
        return held
    }
}
