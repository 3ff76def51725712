import Node
import Registry
import Replication
import Storage

/// Lists, which city and districts issue, and look-ups, which anybody makes.
extension Simulator {
    private func issuer(_ random: inout SplitMix64) -> (code: String, path: NodePath)? {
        random.pick(world.paths.filter { $0.depth <= 2 }).map { ("list-\($0.name)", $0) }
    }

    func listAdd(_ random: inout SplitMix64) throws -> String {
        guard let (code, path) = issuer(&random), let subject = CreditCode(Units.company(random.below(12))), let since = CivilDate(year: 2001, month: 3, day: 1) else { return "" }
        let document = "名〔2026〕\(random.below(6))号"
        let dot = try world.node(path).addToList(code: code, subject: subject, name: "测试企业", document: document, since: since, until: nil, actor: clerk(at: path))
        confirm([dot], at: path, lane: .ordinary)
        model.listed.append((code, path, subject, document))
        return "\(dot.short) \(subject) \(document) at \(path)"
    }

    func listPublish(_ random: inout SplitMix64) throws -> String {
        guard let (code, path) = issuer(&random) else { return "" }
        let edition = try world.node(path).publishList(code: code, actor: clerk(at: path))
        return "edition \(edition.number) at \(path)"
    }

    func listRemove(_ random: inout SplitMix64) throws -> String {
        guard !model.listed.isEmpty else { return "" }
        let one = model.listed[random.below(model.listed.count)], node = world.node(one.node)
        let dot = try node.removeFromList(code: one.list, subject: one.subject, document: one.document, reason: "期满移出", actor: clerk(at: one.node))
        confirm([dot], at: one.node, lane: .relief)
        guard let list = try node.listStates().first(where: { $0.row.opened.code == one.list && $0.row.id.replica.path == one.node }) else {
            throw Violation("X", "\(one.node) removed from a list that it does not hold")
        }
        model.removals.append((dot, list.row.id, one.subject.text, Normalisation.documentNumber(one.document)))
        return "\(dot.short) \(one.subject) \(one.document) at \(one.node)"
    }

    /// A look-up tells its age, and never lists whose removal is held (guarantees 3 and 11).
    func lookup(_ random: inout SplitMix64) throws -> String {
        guard let path = random.pick(world.paths), let subject = CreditCode(Units.company(random.below(25))) else { return "" }
        let node = world.node(path)
        let result = try node.lookup(subject, purpose: "核查", actor: clerk(at: path))
        if result.receipt.isEmpty { throw Violation("G11", "\(path) answered without a receipt number") }
        for answer in result.lists {
            if answer.verdict == .onTheList, answer.asOf == nil { throw Violation("G11", "\(path) says on the list and not as of when") }
            for hit in answer.hits {
                for removal in model.removals where removal.subject == hit.subject && removal.document == hit.document && removal.list == answer.list?.id {
                    if try holds(removal.change, at: path) { throw Violation("G3", "\(path) lists \(hit.subject) although it holds removal \(removal.change.short)") }
                }
            }
        }
        outcome.tally.checks += 1
        return "\(subject) at \(path): \(result.lists.map(\.verdict.rawValue).joined(separator: ","))"
    }
}
