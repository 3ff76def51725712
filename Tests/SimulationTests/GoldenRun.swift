import Node
import Registry
import Replication
import Storage

/// Acts out a conversation, and tells the world after it.
final class GoldenRun {
    /// Why a line of the minutes cannot be acted out.
    struct Trouble: Error, CustomStringConvertible {
        let line: Int
        let problem: String
        var description: String { "line \(line): \(problem)" }
    }

    let town: Town
    /// Labels in the order of the minutes, with what each stands for: of an act written on several records its first change.
    private(set) var labels: [(label: String, dot: Dot)] = []
    /// Changes written beside a label's own: relief on each duplicate of a decision.
    private(set) var further: [(label: String, dot: Dot)] = []
    /// The word of the minutes for each field they name.
    private(set) var words: [UInt32: String] = [:]
    /// The record that each objection was written on.
    var objections: [Dot: Dot] = [:]
    var corrections: Set<Dot> = []
    /// Labels of look-ups, by receipt.
    var lookups: [String: String] = [:]
    /// What look-ups were answered, in the order of the minutes.
    var answers: [String] = []
    /// What was refused on the spot, by label.
    private(set) var refusals: [(label: String, node: String, rule: String)] = []

    init(on day: CivilDate) throws { town = try Town(on: day) }

    func run(_ step: Step) throws {
        switch step {
        case .day(let day):
            try town.settle()
            town.day = day
        case .line(let node, let up):
            if !up { try town.spreadFreshness() }
            try town.setLine(node, up: up)
        case .disk(let node, .copied): try town.copyDisk(node)
        case .disk(let node, .swapped): try town.swapDisks(node)
        case .act(let act, let line):
            do {
                try town.settle()
                try perform(act)
                town.stir()
                town.passMinute()
            } catch let problem as Misread { throw Trouble(line: line, problem: problem.text) } catch let refusal as NodeRefusal {
                guard let expected = act.clause("refused"), expected == refusal.code else { throw Trouble(line: line, problem: "\(refusal)") }
                refusals.append((act.label, act.node, refusal.code))
                try noteWhatRefusalLeft(act)
                return
            }
            if let expected = act.clause("refused") { throw Trouble(line: line, problem: "was to be refused as \(expected), and was not") }
        }
    }

    /// A word of the minutes that nothing is known by.
    struct Misread: Error { let text: String }

    // MARK: - Acts

    private func perform(_ act: Step.Act) throws {
        guard let node = town[act.node] else { throw Misread(text: "no node \(act.node)") }
        guard let actor = Cast.actor(act.unit, alone: act.clause("alone") != nil) else { throw Misread(text: "no unit \(act.unit)") }
        if ["enters", "drafts"].contains(act.verb) {
            try enter(act, node, actor)
        } else if let dots = try ListVerbs(run: self, act: act, node: node, actor: actor).perform() {
            note(act.label, dots)
        } else if let dots = try EditionVerbs(run: self, act: act, node: node, actor: actor).perform() {
            note(act.label, dots)
        } else if let dots = try CustodyVerbs(run: self, act: act, node: node, actor: actor).perform() {
            note(act.label, dots)
        } else if let dots = try FilingVerbs(run: self, act: act, node: node, actor: actor).perform() {
            note(act.label, dots)
        } else if try LookupVerbs(run: self, act: act, node: node, actor: actor).perform() {
            return
        } else if let dots = try Verbs(run: self, act: act, node: node, actor: actor).perform() {
            note(act.label, dots)
        }
    }

    func refuse(_ act: Step.Act, _ rule: String) { refusals.append((act.label, act.node, rule)) }

    func note(_ label: String, _ dots: [Dot]) {
        guard let first = dots.first else { return }
        labels.append((label, first))
        further += dots.dropFirst().map { (label, $0) }
    }

    /// `enters penalty 武市监罚〔2026〕1号 on 甲公司`
    private func enter(_ act: Step.Act, _ node: Node, _ actor: Actor) throws {
        guard act.object.count == 4, act.object[2] == "on" else { throw Misread(text: "“enters ITEM DOCUMENT on SUBJECT”") }
        let named = act.clause("authority") ?? (act.unit.hasSuffix("街道办") ? "区市监局" : act.unit)
        guard let authority = Cast.unit(named), let source = Cast.unit(act.unit) else { throw Misread(text: "no unit \(named)") }
        guard var form = Cast.form(act.object[0], document: act.object[1], subject: act.object[3], authority: authority, source: source) else {
            throw Misread(text: "no form for \(act.object)")
        }
        let current = try node.currentCatalogue()
        guard let item = current.catalogue.item(code: act.object[0]) else { throw Misread(text: "no item \(act.object[0])") }
        for (name, value) in act.fields {
            let rule = try field(name, item)
            form[rule.code] = value == "empty" ? "" : value
            words[rule.number] = name
        }
        let validator = RecordValidator(item: item, columns: item.fields.map { .field($0.number) }, today: town.day, unit: CreditCode(actor.unit))
        let result = validator.validate(row: 1, cells: item.fields.map { form[$0.code] ?? "" })
        guard let row = result.record else { throw Misread(text: "\(result.problems)") }
        let who = act.verb == "drafts" ? Actor(unit: actor.unit, operator: actor.operator) : actor
        let before = Set(try records(node))
        let fates = try node.record([row], item: item, edition: current.digest, actor: who)
        guard let made = try records(node).first(where: { !before.contains($0) }) else {
            let expected = act.clause("refused")
            guard let fate = fates.first, fate.word == expected else { throw Misread(text: "not entered: \(fates)") }
            throw NodeRefusal(.refused, fate.word, zh: "", en: "")
        }
        note(act.label, [made])
    }

    private func records(_ node: Node) throws -> [Dot] { try node.store.read { try $0.records(RecordFilter(limit: 1000)) }.map(\.id) }

    // MARK: - Words

    func dot(_ label: String) throws -> Dot {
        guard let found = labels.first(where: { $0.label == label }) else { throw Misread(text: "nothing is called \(label)") }
        return found.dot
    }

    /// The record on which an objection stands at a node.
    func record(of objection: Dot, at node: Node) throws -> Dot {
        if let known = objections[objection] { return known }
        for (_, dot) in labels where try node.store.read({ try $0.record(dot) }) != nil {
            if try node.view(of: dot).cases.contains(where: { $0.receipts.contains { $0.change == objection } }) { return dot }
        }
        throw Misread(text: "that is no objection, or it has not come here")
    }

    /// A field by its code, heading or another name of it.
    func field(_ name: String, _ item: CatalogueItem) throws -> FieldRule {
        guard let rule = item.fields.first(where: { $0.code == name || $0.name == name || $0.aliases.contains(name) }) else {
            throw Misread(text: "\(item.code) has no field \(name)")
        }
        return rule
    }

    /// Notes the word that names a field in these minutes.
    func word(_ name: String, _ item: CatalogueItem) throws -> UInt32 {
        let number = try field(name, item).number
        words[number] = words[number] ?? name
        return number
    }
}

extension RowFate {
    fileprivate var word: String {
        switch self {
        case .effective: "effective"
        case .draft: "draft"
        case .unchanged: "entered-already"
        case .differs: "differs"
        case .revoked: "revoked"
        case .purged: "purged"
        case .optedOut: "opted-out"
        case .returned: "returned"
        }
    }
}

extension CivilDate {
    /// `2026-07-06`
    init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard text.utf8.count == 10, parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2] else { return nil }
        self.init(year: year, month: month, day: day)
    }
}
