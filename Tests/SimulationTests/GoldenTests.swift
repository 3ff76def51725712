import Foundation
import Registry
import Testing

/// The golden conversations: acted out on real nodes, told, compared word for word; then told again to nodes that hear the same
/// in other orders and partly twice, and from projections made anew.
///
/// `CREDITNODE_REWRITE_GOLDEN=1` writes what the nodes see into the files. Read each difference against the rule before it is kept.
@Suite struct GoldenTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Conversations")
    static let rewrites = ProcessInfo.processInfo.environment["CREDITNODE_REWRITE_GOLDEN"] == "1"
    static let files: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".txt") }.sorted()
    /// All, or those whose names begin as `CREDITNODE_GOLDEN` says: M3,E9.
    static let chosen: [String] = {
        guard let wanted = ProcessInfo.processInfo.environment["CREDITNODE_GOLDEN"]?.split(separator: ",") else { return files }
        return files.filter { file in wanted.contains { file.hasPrefix($0) } }
    }()

    @Test(arguments: chosen) func everyNodeSeesWhatTheMinutesSay(file: String) throws {
        let url = Self.folder.appending(path: file)
        let text = try String(contentsOf: url, encoding: .utf8)
        let minutes = try Minutes(text)
        let run = try GoldenRun(on: CivilDate("2026-07-06") ?? .earliest)
        var told: [[String]] = []
        for part in minutes.parts {
            switch part {
            case .acts(let steps): for step in steps { try run.run(step) }
            case .world(let expected):
                let world = try run.world()
                told.append(world)
                if !Self.rewrites { #expect(world == expected, "\(file)\n\(Difference.text(expected: expected, found: world))") }
            }
        }
        if Self.rewrites { try Self.rewrite(text, told).write(to: url, atomically: true, encoding: .utf8) }
        for (index, name) in Cast.nodes.enumerated() {
            guard let node = run.town[name] else { continue }
            let seen = try run.held(by: node)
            // Who sees nothing has nothing to hear in another order.
            for seed in Self.seeds(index, isSilent: seen.isEmpty) {
                let again = try run.held(by: try run.town.retold(name, seed: seed)), shared = try run.withoutOwn(seen, at: node)
                #expect(again == shared, "\(file): \(name), told again with seed \(seed)\n\(Difference.text(expected: shared, found: again))")
            }
            let rebuilt = try node.rebuild()
            #expect(rebuilt.before == rebuilt.after, "\(file): \(name) rebuilds another projection")
            #expect(try run.held(by: node) == seen, "\(file): \(name) sees something else after a rebuild")
        }
    }

    private static func seeds(_ node: Int, isSilent: Bool) -> [UInt64] {
        if ProcessInfo.processInfo.environment["CREDITNODE_SOAK"] != nil { return Array(1...8) }
        return isSilent ? [] : [UInt64(node + 1)]
    }

    /// The file with each world replaced by what was told.
    static func rewrite(_ text: String, _ worlds: [[String]]) -> String {
        var out: [Substring] = [], worlds = worlds[...], inWorld = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "WORLD" {
                out.append(line)
                out += (worlds.popFirst() ?? []).map { Substring($0) } + [""]
                inWorld = true
            } else if line == "ACTS" {
                out.append(line)
                inWorld = false
            } else if !inWorld {
                out.append(line)
            }
        }
        while out.last?.isEmpty == true { out.removeLast() }
        return out.joined(separator: "\n") + "\n"
    }
}

/// What differs, line by line, for reading.
enum Difference {
    static func text(expected: [String], found: [String]) -> String {
        // Longest common part by dynamic programming: worlds are some dozen lines.
        var common = Array(repeating: Array(repeating: 0, count: found.count + 1), count: expected.count + 1)
        for i in expected.indices.reversed() {
            for j in found.indices.reversed() { common[i][j] = expected[i] == found[j] ? common[i + 1][j + 1] + 1 : max(common[i + 1][j], common[i][j + 1]) }
        }
        var out: [String] = [], i = 0, j = 0
        while i < expected.count || j < found.count {
            if i < expected.count, j < found.count, expected[i] == found[j] {
                out.append("    " + expected[i])
                (i, j) = (i + 1, j + 1)
            } else if j == found.count || (i < expected.count && common[i + 1][j] >= common[i][j + 1]) {
                out.append("  - " + expected[i])
                i += 1
            } else {
                out.append("  + " + found[j])
                j += 1
            }
        }
        return out.joined(separator: "\n")
    }
}
