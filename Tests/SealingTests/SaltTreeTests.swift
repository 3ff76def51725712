import Replication
import Testing

@testable import Sealing

@Suite struct SaltTreeTests {
    let seed = [UInt8](0..<16)

    /// The dumb twin: each leaf walked from the root on its own, each digest made of one array.
    static func leaf(_ suite: Replication.Suite, _ seed: [UInt8], depth: Int, index: Int) -> [UInt8] {
        var value = seed
        for level in 0..<depth {
            let bit = UInt8(index >> (depth - 1 - level) & 1)
            value = Array(OpenSSLPrimitives().digest(suite, of: utf8("creditnode salt v1") + value + [bit]).bytes[..<16])
        }
        return value
    }

    static func depth(_ count: Int) -> Int {
        var depth = 0
        while 1 << depth < count { depth += 1 }
        return depth
    }

    @Test(arguments: Replication.Suite.allCases) func wholeTree(_ suite: Replication.Suite) throws {
        let tree = SaltTree(OpenSSLPrimitives(), suite)
        for count in [1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 1000] {
            let salts = try tree.salts(seed: seed, count: count)
            #expect(salts.count == 16 * count)
            for index in 0..<count where count < 100 || index % 37 == 0 || index == count - 1 {
                #expect(Array(salts[16 * index..<16 * index + 16]) == SaltTreeTests.leaf(suite, seed, depth: SaltTreeTests.depth(count), index: index), "\(index) of \(count)")
            }
        }
        #expect(try tree.salts(seed: seed, count: 1) == seed)
        #expect(try tree.salts(seed: seed, count: 65_536).count == 65_536 * 16)
    }

    /// Against a twin that judges every node of the tree by looking at all its leaves.
    @Test func covers() throws {
        let tree = SaltTree(OpenSSLPrimitives(), .ed25519SHA256)
        var random = SplitMix(3)
        for round in 0..<400 {
            let count = round < 40 ? round + 1 : Int.random(in: 1...150, using: &random)
            let odds = Int.random(in: 1...20, using: &random)
            let keeping = (0..<count).map { _ in Int.random(in: 0..<odds, using: &random) > 0 }
            let whole = try tree.salts(seed: seed, count: count)
            let cover = try tree.cover(seed: seed, count: count, keeping: keeping)
            let salts = tree.salts(from: cover)
            for leaf in 0..<count {
                #expect(salts[leaf] == (keeping[leaf] ? Array(whole[16 * leaf..<16 * leaf + 16]) : nil))
            }
            #expect(cover.held == keeping)
            let depth = SaltTreeTests.depth(count)
            func full(_ level: Int, _ index: Int) -> Bool {
                let leafs = (0..<count).filter { $0 >> (depth - level) == index }
                return !leafs.isEmpty && leafs.allSatisfy { keeping[$0] }
            }
            var expected: [(Int, Int)] = []
            for level in 0...depth {
                for index in 0..<1 << level where full(level, index) && !(level > 0 && full(level - 1, index / 2)) { expected.append((level, index)) }
            }
            expected.sort { $0.1 << (depth - $0.0) < $1.1 << (depth - $1.0) }
            #expect(cover.nodes.map { Int($0.level) } == expected.map(\.0))
            #expect(cover.nodes.map { Int($0.index) } == expected.map(\.1))
            // no node of the cover stands on the way to a destroyed leaf
            for node in cover.nodes {
                #expect((0..<count).allSatisfy { keeping[$0] || $0 >> (depth - Int(node.level)) != Int(node.index) })
                #expect(node.value == SaltTreeTests.leaf(.ed25519SHA256, seed, depth: Int(node.level), index: Int(node.index)))
            }
            #expect(try SaltCover(count: count, nodes: cover.nodes) == cover)
        }
    }

    @Test func puncturingFurther() throws {
        let tree = SaltTree(OpenSSLPrimitives(), .sm2SM3)
        var random = SplitMix(9)
        for _ in 0..<60 {
            let count = Int.random(in: 1...200, using: &random)
            let a = (0..<count).map { _ in Int.random(in: 0..<6, using: &random) > 0 }
            let b = (0..<count).map { _ in Int.random(in: 0..<6, using: &random) > 0 }
            let both = zip(a, b).map { $0 && $1 }
            let once = try tree.cover(seed: seed, count: count, keeping: both)
            #expect(try tree.puncture(tree.cover(seed: seed, count: count, keeping: a), keeping: b) == once)
            #expect(try tree.puncture(tree.cover(seed: seed, count: count, keeping: b), keeping: a) == once)
            #expect(try tree.puncture(once, keeping: [Bool](repeating: true, count: count)) == once)
        }
        let nothing = try tree.cover(seed: seed, count: 5, keeping: [Bool](repeating: false, count: 5))
        #expect(nothing.nodes.isEmpty)
        #expect(tree.salts(from: nothing) == [nil, nil, nil, nil, nil])
        let all = try tree.cover(seed: seed, count: 5, keeping: [Bool](repeating: true, count: 5))
        #expect(all.nodes == [.init(level: 0, index: 0, value: seed)])
    }

    @Test func hostileCovers() {
        func problem(_ count: Int, _ nodes: [(UInt8, UInt32)], value: [UInt8]? = nil) -> SaltTreeProblem? {
            do throws(SaltTreeProblem) {
                _ = try SaltCover(count: count, nodes: nodes.map { .init(level: $0.0, index: $0.1, value: value ?? seed) })
                return nil
            } catch { return error }
        }
        #expect(problem(6, [(2, 0), (3, 3)]) == nil)
        #expect(problem(0, []) == .count(0))
        #expect(problem(-1, []) == .count(-1))
        #expect(problem(65_537, []) == .count(65_537))
        #expect(problem(6, [(4, 0)]) == .outside(level: 4, index: 0))
        #expect(problem(6, [(255, 0)]) == .outside(level: 255, index: 0))
        #expect(problem(6, [(3, 8)]) == .outside(level: 3, index: 8))
        #expect(problem(6, [(3, .max)]) == .outside(level: 3, index: Int(UInt32.max)))
        #expect(problem(6, [(3, 6)]) == .outside(level: 3, index: 6))
        #expect(problem(6, [(2, 0), (3, 1)]) == .unordered(level: 3, index: 1))
        #expect(problem(6, [(3, 3), (2, 0)]) == .unordered(level: 2, index: 0))
        #expect(problem(6, [(3, 3), (3, 3)]) == .unordered(level: 3, index: 3))
        #expect(problem(6, [(3, 0), (3, 1)]) == .notMinimal(level: 3, index: 0))
        #expect(problem(6, [(2, 2)]) == .notMinimal(level: 2, index: 2))
        #expect(problem(2, [(1, 0), (1, 1), (1, 1)]) == .count(3))
        #expect(problem(6, [(2, 0)], value: [1, 2]) == .seed(bytes: 2))
        let tree = SaltTree(OpenSSLPrimitives(), .ed25519SHA256)
        #expect(throws: SaltTreeProblem.seed(bytes: 3)) { try tree.salts(seed: [1, 2, 3], count: 2) }
        #expect(throws: SaltTreeProblem.count(0)) { try tree.salts(seed: seed, count: 0) }
        #expect(throws: SaltTreeProblem.keeping(flags: 1, count: 2)) { try tree.cover(seed: seed, count: 2, keeping: [true]) }
    }

    /// Whatever validation lets through can be used.
    @Test func randomCovers() {
        let tree = SaltTree(OpenSSLPrimitives(), .ed25519SHA256)
        var random = SplitMix(11)
        var accepted = 0
        for _ in 0..<3000 {
            let count = Int.random(in: 1...20, using: &random)
            let nodes = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                SaltCover.Node(level: UInt8.random(in: 0...6, using: &random), index: UInt32.random(in: 0...20, using: &random), value: seed)
            }
            guard let cover = try? SaltCover(count: count, nodes: nodes) else { continue }
            accepted += 1
            #expect(tree.salts(from: cover).map { $0 != nil } == cover.held)
        }
        #expect(accepted > 100)
    }
}
