import Foundation
import Testing

/// `docs/conflict-rules.md` and the conversations say the same.
@Suite struct ConflictRulesTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private struct Row {
        let name: String
        let cells: [String]
        /// Paths from the root of the package.
        let links: [(text: String, path: String)]
    }

    private static func page() throws -> String { try String(contentsOf: root.appending(path: "docs/conflict-rules.md"), encoding: .utf8) }

    /// Rows of the tables of rules and examples: those that begin with `M…` or `E…`.
    private static func rows() throws -> [Row] {
        try page().split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|").map(\.trimmed)
            guard let name = cells.first, let kind = name.first, kind == "M" || kind == "E", Int(name.dropFirst()) != nil else { return nil }
            var links: [(String, String)] = [], rest = line[...]
            while let middle = rest.range(of: "](../") {
                let text = rest[..<middle.lowerBound].reversed().prefix { $0 != "[" }.reversed()
                let path = rest[middle.upperBound...].prefix { $0 != ")" }
                links.append((String(text), String(path)))
                rest = rest[middle.upperBound...]
            }
            return Row(name: name, cells: cells, links: links)
        }
    }

    @Test func eachRuleAndExampleHasOneRowInOrder() throws {
        let names = try Self.rows().map(\.name)
        #expect(names == (1...47).map { "M\($0)" } + (1...9).map { "E\($0)" })
        for row in try Self.rows() where row.name.hasPrefix("M") {
            #expect(row.cells.count == 7 && row.cells.allSatisfy { !$0.isEmpty }, "\(row.name)")
        }
    }

    @Test func whatIsLinkedExistsAndSpeaksOfTheRule() throws {
        for row in try Self.rows() {
            for (text, path) in row.links {
                let file = Self.root.appending(path: path)
                let content = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
                #expect(!content.isEmpty, "\(row.name): there is no \(path)")
                if path.hasSuffix(".txt") {
                    #expect(try Minutes(content).rules.contains(row.name), "\(row.name): \(path) does not name the rule")
                } else if path.hasSuffix(".swift") {
                    let word = text.filter { $0 != "`" }.split(separator: ".").last.map(String.init) ?? text
                    #expect(content.contains(word), "\(row.name): \(path) has no \(word)")
                }
            }
        }
    }

    /// `M07-…` for M7, `E3-…` for E3: a rule that only another one's conversation touches on has none of its own.
    @Test func eachRuleAndExampleHasAConversationOfItsOwn() throws {
        for row in try Self.rows() {
            let number = row.name.dropFirst(), own = row.name.hasPrefix("M") && number.count == 1 ? "M0\(number)-" : "\(row.name)-"
            let files = row.links.compactMap { $0.path.split(separator: "/").last }.filter { $0.hasSuffix(".txt") }
            #expect(files.contains { $0.hasPrefix(own) }, "\(row.name) has no conversation of its own, only \(files)")
        }
    }

    /// What a conversation is called is a rule that it speaks of.
    @Test func eachConversationSpeaksOfTheRuleInItsName() throws {
        for file in GoldenTests.files {
            let minutes = try Minutes(String(contentsOf: GoldenTests.folder.appending(path: file), encoding: .utf8))
            guard let name = file.split(separator: "-").first, let number = Int(name.dropFirst()) else {
                Issue.record("\(file) is named after no rule")
                continue
            }
            #expect(minutes.rules.contains("\(name.prefix(1))\(number)"), "\(file) does not name its own rule")
            let worlds = minutes.parts.filter { if case .world(let lines) = $0 { !lines.isEmpty } else { false } }
            #expect(!worlds.isEmpty, "\(file) tells no world")
        }
    }

    @Test func eachConversationIsLinkedFromEveryRuleItNames() throws {
        let rows = try Self.rows()
        for file in GoldenTests.files {
            let minutes = try Minutes(String(contentsOf: GoldenTests.folder.appending(path: file), encoding: .utf8))
            #expect(!minutes.rules.isEmpty, "\(file)")
            for rule in minutes.rules {
                let row = rows.first { $0.name == rule }
                #expect(row?.links.contains { $0.path.hasSuffix("/" + file) } == true, "\(file) is not linked from \(rule)")
            }
        }
    }
}
