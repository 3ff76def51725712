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
        }.dropFirst().map { $0 } + refused + (answers.isEmpty ? [] : [""] + answers)
    }

    private var refused: [String] {
        refusals.isEmpty ? [] : [""] + refusals.map { "\($0.label) was refused at \($0.node): \($0.rule)" }
    }

    /// Everything one node sees: decisions in the order of the minutes, what waits or is quarantined, and what it was told of
    /// changes it sent.
    func seen(by node: Node) throws -> [String] {
        try held(by: node) + (try notices(at: node, text)) + (try told(node))
    }

    /// What nodes above said of changes of this node, as `creditnode quarantine` lists it.
    private func told(_ node: Node) throws -> [String] {
        try node.quarantined().filter { $0.change.replica.path == node.path }.flatMap { one in
            one.notices.map { "was told by \($0.author.name): \(text.label(one.change)) is quarantined, \($0.rule)" }
        }.sorted()
    }

    var text: WorldText { WorldText(labels: labels + further, words: words, corrections: corrections) }

    /// The part that follows from the set of changes alone.
    func held(by node: Node) throws -> [String] {
        var out: [String] = [], told: Set<Dot> = []
        for (_, dot) in labels where try node.store.read({ try $0.record(dot) }) != nil && !told.contains(dot) {
            let view = try node.view(of: dot)
            told.insert(view.id)
            told.formUnion(view.aliases)
            let item = try item(of: view, node)
            out += text.record(view, item: item, entries: try entries(of: view, item, node))
        }
        out += try purges(at: node, text)
        return out + (try lists(at: node)) + (try affairs(at: node, text)) + (try filings(at: node, text)) + (try node.store.read { try $0.pendingChanges(limit: 1000) }).compactMap { row in
            switch row.judgement {
            case .accepted: nil
            case .waiting(.change(let dot)): "waiting \(text.label(row.change)) for \(text.label(dot))"
            case .waiting(.edition): "waiting \(text.label(row.change)) for an edition"
            case .waiting(.record): "waiting \(text.label(row.change)) for its record"
            case .waiting(.key): "waiting \(text.label(row.change)) for a key"
            case .waiting(.ruling): "waiting \(text.label(row.change)) for a ruling"
            case .quarantined(let rule, _): "quarantine \(text.label(row.change)): \(rule)"
            }
        }.sorted()
    }

    /// As the newest catalogue describes it; of one that was withdrawn the edition that the record names.
    private func item(of view: RecordView, _ node: Node) throws -> CatalogueItem? {
        if let item = try node.currentCatalogue().catalogue.item(number: view.item) { return item }
        guard let edition = view.edition, case .catalogue(let catalogue)? = try node.issued(edition) else { return nil }
        return catalogue.item(number: view.item)
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
