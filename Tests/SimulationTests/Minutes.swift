import Registry

/// A golden conversation as people wrote it: what was done, and what every node then sees. The grammar is told in
/// `Conversations/README.md`.
struct Minutes: Sendable {
    /// What is wrong with a file, for who wrote it.
    struct Fault: Error, CustomStringConvertible {
        let line: Int
        let problem: String
        var description: String { "line \(line): \(problem)" }
    }

    enum Part: Sendable {
        case acts([Step])
        /// What the world looks like at this point, line by line.
        case world([String])
    }

    static let heads = ["标题", "Title", "Rule", "Source", "结果", "Outcome"]

    let head: [String: String]
    let parts: [Part]

    var rules: [String] { (head["Rule"] ?? "").split(separator: ",").map { $0.trimmed } }

    /// - Throws: ``Fault`` for the first line that cannot be read.
    init(_ text: String) throws(Fault) {
        var head: [String: String] = [:], parts: [Part] = []
        var acts: [Step] = [], world: [String] = []
        var section = ""
        func close() {
            if section == "ACTS" { parts.append(.acts(acts)) }
            if section == "WORLD" {
                while world.last?.isEmpty == true { world.removeLast() }
                parts.append(.world(world))
            }
            (acts, world) = ([], [])
        }
        for (index, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let number = index + 1, line = String(raw)
            if line.hasSuffix(" ") || line.contains("\t") { throw Fault(line: number, problem: "a space at the end, or a tab") }
            if line == "ACTS" || line == "WORLD" {
                close()
                section = line
                continue
            }
            switch section {
            case "":
                if line.isEmpty { continue }
                guard let colon = line.range(of: ": ") else { throw Fault(line: number, problem: "the head is made of “name: text”") }
                let name = String(line[..<colon.lowerBound])
                guard Minutes.heads.contains(name), head[name] == nil else { throw Fault(line: number, problem: "“\(name)” is none of \(Minutes.heads), or stands twice") }
                head[name] = String(line[colon.upperBound...])
            case "ACTS":
                if line.isEmpty || line.hasPrefix("# ") { continue }
                acts.append(try Step(line, number))
            default: world.append(line)
            }
        }
        close()
        if let missing = Minutes.heads.first(where: { head[$0] == nil }) { throw Fault(line: 1, problem: "the head lacks “\(missing)”") }
        guard case .world? = parts.last else { throw Fault(line: 1, problem: "a conversation ends with the world") }
        (self.head, self.parts) = (head, parts)
    }
}

/// One line of the acts.
enum Step: Sendable {
    case day(CivilDate)
    /// The line of a node to its parent is cut, or restored.
    case line(node: String, up: Bool)
    /// The disk of a node is copied, or its other copy is put to use.
    case disk(node: String, DiskStep)
    case act(Act, line: Int)

    enum DiskStep: String, Sendable, CaseIterable {
        case copied = "has its disk copied"
        case swapped = "works on the other disk"
    }

    /// What a unit does at a node. `label` is the number in the margin by which the rest of the minutes name it.
    struct Act: Sendable {
        let label: String
        let node: String
        let unit: String
        let verb: String
        /// What it is done to, and what else stands between the verb and the first semicolon.
        let object: [String]
        let clauses: [Clause]
    }

    /// `罚款金额=0.02`, `by R3 鄂政复〔2026〕5号`, `because 小数点有误`.
    struct Clause: Sendable {
        let word: String
        let text: String
        let isField: Bool
    }

    init(_ line: String, _ number: Int) throws(Minutes.Fault) {
        if let day = CivilDate(line) {
            self = .day(day)
            return
        }
        for (end, up) in [(" is offline", false), (" connects", true)] where line.hasSuffix(end) {
            self = .line(node: String(line.dropLast(end.count)), up: up)
            return
        }
        for step in DiskStep.allCases where line.hasSuffix(" " + step.rawValue) {
            self = .disk(node: String(line.dropLast(step.rawValue.count + 1)), step)
            return
        }
        guard let colon = line.range(of: ": "), let comma = line[..<colon.lowerBound].range(of: ", ") else {
            throw Minutes.Fault(line: number, problem: "no day, no “… is offline”, no “… connects”, no “LABEL node, unit: verb …”")
        }
        let front = line[..<comma.lowerBound].split(separator: " ").map(String.init)
        guard front.count == 2, front[0].first?.isUppercase == true else { throw Minutes.Fault(line: number, problem: "an act begins with “LABEL node, unit:”") }
        let pieces = line[colon.upperBound...].components(separatedBy: "; ")
        let words = pieces[0].split(separator: " ").map(String.init)
        guard let verb = words.first, pieces.allSatisfy({ !$0.isEmpty }) else { throw Minutes.Fault(line: number, problem: "nothing is done") }
        self = .act(
            Act(
                label: front[0], node: front[1], unit: String(line[comma.upperBound..<colon.lowerBound]), verb: verb, object: Array(words.dropFirst()),
                clauses: pieces.dropFirst().map(Clause.init)),
            line: number)
    }
}

extension Step.Clause {
    fileprivate init(_ text: String) {
        if let equals = text.firstIndex(of: "="), !text[..<equals].contains(" ") {
            self.init(word: String(text[..<equals]), text: String(text[text.index(after: equals)...]), isField: true)
        } else if let space = text.firstIndex(of: " ") {
            self.init(word: String(text[..<space]), text: String(text[text.index(after: space)...]), isField: false)
        } else {
            self.init(word: text, text: "", isField: false)
        }
    }
}

extension Step.Act {
    /// The text behind a clause's word; nil when it is not there.
    func clause(_ word: String) -> String? { clauses.first { !$0.isField && $0.word == word }?.text }
    var fields: [(name: String, value: String)] { clauses.filter(\.isField).map { ($0.word, $0.text) } }
}

extension StringProtocol {
    var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
