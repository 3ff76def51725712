import Node
import Registry
import Replication
import Storage

extension GoldenRun {
    /// The whole world, node by node; nodes that see the same are told together.
    func world() throws -> [String] {
        try town.settle()
        var told: [(nodes: [String], lines: [String])] = []
        for name in Cast.nodes {
            guard let node = town[name] else { continue }
            let lines = try seen(by: node)
            if let same = told.firstIndex(where: { $0.lines == lines }) { told[same].nodes.append(name) } else { told.append(([name], lines)) }
        }
        return told.flatMap { group -> [String] in
            let names = group.nodes.joined(separator: ", ")
            return [""] + (group.lines.isEmpty ? ["\(names): nothing"] : ["\(names):"] + group.lines.map { "  " + $0 })
        }.dropFirst().map { $0 } + refused
    }

    private var refused: [String] {
        refusals.isEmpty ? [] : [""] + refusals.map { "\($0.label) was refused at \($0.node): \($0.rule)" }
    }

    /// Everything one node sees: decisions in the order of the minutes, what waits or is quarantined, and what it was told of
    /// changes it sent.
    func seen(by node: Node) throws -> [String] {
        try held(by: node) + (try notices(at: node, text)) + (try node.store.read { try $0.verdicts(limit: 1000) }).compactMap { row in
            switch row.verdict.outcome {
            case .alreadyKnown, .waiting: nil
            case .quarantined: "was told: \(text.label(row.verdict.change)) is quarantined, \(row.verdict.rule)"
            case .rejected: "was told: \(text.label(row.verdict.change)) is rejected, \(row.verdict.rule)"
            }
        }.sorted()
    }

    private var text: WorldText { WorldText(labels: labels + further, words: words, corrections: corrections) }

    /// The part that follows from the set of changes alone.
    func held(by node: Node) throws -> [String] {
        var out: [String] = [], told: Set<Dot> = []
        for (_, dot) in labels where try node.store.read({ try $0.record(dot) }) != nil && !told.contains(dot) {
            let view = try node.view(of: dot)
            told.insert(view.id)
            told.formUnion(view.aliases)
            let item = try node.currentCatalogue().catalogue.items.first { $0.number == view.item }
            out += text.record(view, item: item, entries: try entries(of: view, item, node))
        }
        return out + (try lists(at: node)) + (try filings(at: node, text)) + (try node.store.read { try $0.pendingChanges(limit: 1000) }).compactMap { row in
            switch row.judgement {
            case .accepted: nil
            case .waiting(.change(let dot)): "waiting \(text.label(row.change)) for \(text.label(dot))"
            case .waiting(.edition): "waiting \(text.label(row.change)) for an edition"
            case .waiting(.record): "waiting \(text.label(row.change)) for its record"
            case .waiting(.ruling): "waiting \(text.label(row.change)) for a ruling"
            case .quarantined(let rule, _): "quarantine \(text.label(row.change)): \(rule)"
            }
        }.sorted()
    }

    /// When each of several entries of a decision was made, and when it was due: lateness is judged of each reporter.
    private func entries(of view: RecordView, _ item: CatalogueItem?, _ node: Node) throws -> [WorldText.Entry] {
        guard !view.aliases.isEmpty, let item else { return [] }
        let due = try node.deadlines(view, item: item).deadlines.reportBy?.date
        return try ([view.id] + view.aliases).compactMap { record in
            guard let change = try node.show(record).history.first(where: { $0.dot == record })?.change else { return nil }
            // UTC+8.
            guard let day = CivilDate(daysSinceEpoch: Int((change.capturedAt + 8 * 3_600_000) / 86_400_000)) else { return nil }
            return WorldText.Entry(record: record, unit: change.actor.unit, on: day, due: due)
        }
    }
}
