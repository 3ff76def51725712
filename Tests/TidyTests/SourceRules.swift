import Foundation

/// Rules of the sources that no compiler checks. Each gives what breaks it, as `file:line: why`; empty is right.
struct SourceRules {
    let tree: Tree
    /// Longer files are where state machine, storage and transport meet: keep them apart.
    static let longestFile = 400

    var sources: [String] { tree.files(under: "Sources", suffix: ".swift") }

    static func isGenerated(_ path: String) -> Bool { path.hasSuffix(".pb.swift") }

    static func target(of path: String) -> String {
        let parts = path.split(separator: "/")
        return parts.count > 1 ? String(parts[1]) : ""
    }

    // MARK: - Imports

    /// Modules a target may import: the table of docs/architecture.md, rows `| **Name** | text | ours | foreign |`.
    var allowedImports: [String: Set<String>] {
        var allowed: [String: Set<String>] = [:]
        for line in tree.lines("docs/architecture.md") where line.hasPrefix("| **") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map { $0.trimmed }
            guard cells.count >= 6 else { continue }
            let name = cells[1].filter { $0 != "*" && $0 != "`" }
            var modules: Set<String> = []
            for cell in cells[3...4] {
                for module in cell.split(separator: ",") {
                    let word = module.trimmed.filter { $0 != "`" }
                    if !word.isEmpty, word != "–" { modules.insert(word) }
                }
            }
            allowed[name] = modules
        }
        return allowed
    }

    /// The module of an import line; nil for any other line.
    static func module(_ line: Substring) -> String? {
        var words = line.trimmed.split(separator: " ")[...]
        while let word = words.first, word.hasPrefix("@") || ["package", "internal", "private", "fileprivate", "public"].contains(String(word)) { words.removeFirst() }
        guard words.first == "import", words.count >= 2 else { return nil }
        words.removeFirst()
        if ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias", "actor"].contains(String(words.first ?? "")) { words.removeFirst() }
        return words.first.flatMap { $0.split(separator: ".").first }.map(String.init)
    }

    func imports() -> [String] {
        let allowed = allowedImports
        var broken: [String] = []
        for path in sources {
            let target = Self.target(of: path)
            guard let modules = allowed[target] else {
                broken.append("\(path): target \(target) is not in the table of docs/architecture.md")
                continue
            }
            for (number, line) in tree.lines(path).enumerated() {
                guard let module = Self.module(line), !modules.contains(module) else { continue }
                broken.append("\(path):\(number + 1): \(target) may not import \(module)")
            }
        }
        return broken
    }

    /// The decisions know no Foundation: only the coding, and what is generated, meets foreign types.
    func purity() -> [String] {
        var broken: [String] = []
        for path in sources where ["Registry", "Replication"].contains(Self.target(of: path)) {
            if path.hasPrefix("Sources/Replication/Coding/") || path.hasPrefix("Sources/Replication/Wire/") { continue }
            for (number, line) in tree.lines(path).enumerated() {
                if let module = Self.module(line), module != "Registry" { broken.append("\(path):\(number + 1): a pure file imports \(module)") }
            }
        }
        return broken
    }

    // MARK: - Length and words

    func lengths() -> [String] {
        sources.filter { !Self.isGenerated($0) }.compactMap { path in
            let count = tree.lines(path).count
            return count > Self.longestFile ? "\(path): \(count) lines; at most \(Self.longestFile)" : nil
        }
    }

    /// Crashes, leftovers, and output that bypasses log and terminal.
    func bannedWords() -> [String] {
        let everywhere = ["fatalError(", "try!", "as!", "TODO", "FIXME"]
        let speaking: Set<String> = ["creditnode", "Bench"]
        var broken: [String] = []
        for path in sources where !Self.isGenerated(path) {
            for (number, line) in tree.lines(path).enumerated() {
                for word in everywhere where Self.holds(line, word) { broken.append("\(path):\(number + 1): \(word)") }
                if !speaking.contains(Self.target(of: path)), Self.holds(line, "print(") { broken.append("\(path):\(number + 1): print(") }
            }
        }
        return broken
    }

    /// Whether `word` stands in `line` and is not the end of a longer name, as in `fingerprint(`.
    static func holds(_ line: Substring, _ word: String) -> Bool {
        var rest = line
        while let range = rest.range(of: word) {
            let before = range.lowerBound == line.startIndex ? nil : line[line.index(before: range.lowerBound)]
            if !(before.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false) { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }

    /// Directories of somebody's machine; written in two parts, so that this file does not hold them.
    func machinePaths() -> [String] {
        let marks = ["/wo" + "rk/", "/Us" + "ers/", "/ho" + "me/runner", "/private/" + "tmp", "C:" + "\\"]
        var paths = ["Sources", "Tests", "docs", "Deploy", "Config"].flatMap { tree.files(under: $0) }
        paths += ["Package.swift", "Makefile", "README.md", "README.zh-CN.md", "NOTICE", ".ci/run", ".swift-format"]
        var broken: [String] = []
        for path in paths {
            for (number, line) in tree.lines(path).enumerated() where marks.contains(where: { line.contains($0) }) {
                broken.append("\(path):\(number + 1): a path of one machine")
            }
        }
        return broken
    }
}
