import Foundation

/// Rules that keep documents and code saying the same.
struct DocumentRules {
    let tree: Tree

    var documents: [String] { ["README.md", "README.zh-CN.md"] + tree.files(under: "docs", suffix: ".md") }

    // MARK: - Wire format

    struct Message {
        let name: String
        /// snake_case; values of enums are not among them.
        var fields: [String] = []
    }

    /// Messages of a `.proto` file, nested ones too. Reads the plain style these files are written in.
    static func messages(_ text: String) -> [Message] {
        var messages: [Message] = []
        for raw in text.split(separator: "\n") {
            let line = (raw.range(of: "//").map { raw[..<$0.lowerBound] } ?? raw).trimmed
            if line.hasPrefix("message "), let name = line.split(separator: " ").dropFirst().first {
                messages.append(Message(name: String(name)))
                continue
            }
            guard line.hasSuffix(";"), let equals = line.firstIndex(of: "="), let name = line[..<equals].trimmed.split(separator: " ").last,
                name.first?.isLowercase == true, !["syntax", "option", "package", "import", "reserved"].contains(where: { line.hasPrefix($0) }),
                !messages.isEmpty
            else { continue }
            messages[messages.count - 1].fields.append(String(name))
        }
        return messages
    }

    /// `ledger_ca_request` → `ledgerCaRequest`.
    static func camel(_ name: String) -> String {
        let words = name.split(separator: "_")
        return words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    var protos: [String] { tree.files(under: "Sources/Replication/Wire", suffix: ".proto") }

    /// Every message and field is explained, as `name` in backticks.
    func wireFormatIsComplete() -> [String] {
        let text = tree.text("docs/wire-format.md")
        var broken: [String] = []
        for path in protos {
            for message in Self.messages(tree.text(path)) {
                if !text.contains("`\(message.name)`") { broken.append("docs/wire-format.md does not explain message \(message.name)") }
                for field in message.fields where !text.contains("`\(field)`") { broken.append("docs/wire-format.md does not explain \(message.name).\(field)") }
            }
        }
        return broken
    }

    /// The generated code is of these very definitions.
    func generatedCodeFits() -> [String] {
        var broken: [String] = []
        for path in protos {
            let generated = path.dropLast("proto".count) + "pb.swift"
            let text = tree.text(String(generated))
            let messages = Self.messages(tree.text(path))
            for message in messages {
                if !text.contains("struct Wire\(message.name): ") { broken.append("\(generated) lacks message \(message.name)") }
                for field in message.fields.map(Self.camel) where !text.contains("var \(field): ") && !text.contains("var `\(field)`: ") {
                    broken.append("\(generated) lacks \(message.name).\(field)")
                }
            }
            let names = Set(messages.map(\.name))
            for tail in text.tails(after: "struct Wire") {
                let name = String(tail.prefix { $0.isLetter || $0.isNumber })
                if !names.contains(name) { broken.append("\(path) lacks message \(name)") }
            }
        }
        return broken
    }

    // MARK: - Decisions, commands, references

    func decisions() -> [String] {
        var broken: [String] = []
        let names = tree.files(under: "docs/decisions", suffix: ".md").compactMap { $0.split(separator: "/").last.map(String.init) }
        for (index, name) in names.enumerated() {
            let digits = String(index + 1)
            let number = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            if !name.hasPrefix(number + "-") { broken.append("docs/decisions/\(name): \(number) comes next") }
            let lines = tree.lines("docs/decisions/\(name)")
            for heading in ["## Context", "## Decision", "## Consequences"] where !lines.contains(Substring(heading)) {
                broken.append("docs/decisions/\(name): no heading \(heading)")
            }
        }
        return names.isEmpty ? ["docs/decisions is empty"] : broken
    }

    /// Every `make NAME` that the readmes tell people to run is a target.
    func commands() -> [String] {
        let targets = Set(
            tree.lines("Makefile").compactMap { line -> String? in
                guard let colon = line.firstIndex(of: ":"), line.first?.isLetter == true else { return nil }
                return String(line[..<colon])
            })
        var broken: [String] = []
        for path in documents {
            let text = "\n" + tree.text(path)
            for tail in text.tails(after: "`make ") + text.tails(after: "\nmake ") {
                let name = String(tail.prefix { $0.isLowercase })
                if !targets.contains(name) { broken.append("\(path): the Makefile has no target \(name)") }
            }
        }
        return broken
    }

    /// Test files that documents name exist, and so does what relative links point to.
    func references() -> [String] {
        var broken: [String] = []
        for path in documents {
            let text = tree.text(path)
            if text.isEmpty { broken.append("\(path) is missing") }
            for tail in text.tails(after: "`Tests/") {
                let rest = tail.prefix { $0.isLetter || $0.isNumber || $0 == "/" || $0 == "." || $0 == "_" }
                guard rest.hasSuffix(".swift") else { continue }
                if !tree.exists("Tests/\(rest)") { broken.append("\(path): there is no Tests/\(rest)") }
            }
            let directory = path.split(separator: "/").dropLast().joined(separator: "/")
            for tail in text.tails(after: "](") {
                let link = tail.prefix { $0 != ")" && $0 != "#" && $0 != "\n" }
                if link.isEmpty || link.contains("://") { continue }
                if !tree.exists(directory.isEmpty ? String(link) : "\(directory)/\(link)") { broken.append("\(path): the link \(link) leads nowhere") }
            }
        }
        return broken
    }
}
