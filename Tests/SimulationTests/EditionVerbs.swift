import Node
import Registry
import Replication
import Storage

/// What the root issues beside a disclosure, and what other tiers say beside records, word by word.
struct EditionVerbs {
    let run: GoldenRun
    let act: Step.Act
    let node: Node
    let actor: Actor

    /// - Returns: the changes that were written; nil when the verb is none of these.
    func perform() throws -> [Dot]? {
        switch act.verb {
        case "withdraws": return [try withdraw()]
        case "merges": return [try merge()]
        case "registers": return [try mirror()]
        case "publishes": return act.object.first == "law" ? [try law()] : nil
        // `narrows penalty to shared; because …`
        case "narrows":
            guard let disclosure = Disclosure.allCases.first(where: { $0.name == act.object.last }) else { throw GoldenRun.Misread(text: "narrow to what?") }
            return [try node.narrow(item: try object(0), to: disclosure, reason: try clause("because"), actor: actor)]
        // `joins codes 甲公司 甲集团; by 变更登记〔2026〕1号`, `parts codes …` for one that was wrong
        case "joins", "parts":
            guard case .organisation(let old)? = Cast.subject(try object(1)), case .organisation(let new)? = Cast.subject(try object(2)) else {
                throw GoldenRun.Misread(text: "“\(act.verb) codes SUBJECT SUBJECT”")
            }
            let alias = SubjectAlias(oldCode: old, newCode: new, document: try clause("by"), name: try object(2), on: run.town.day, isWithdrawn: act.verb == "parts")
            return [try node.linkCodes(alias, actor: actor)]
        default: return nil
        }
    }

    /// `withdraws item penalty; because 依据已废止; lawful 2026-07-01`: said again with a day, it lets decisions up to it stand.
    private func withdraw() throws -> Dot {
        guard let item = Catalogue.standard.item(code: try object(1)) else { throw GoldenRun.Misread(text: "no item") }
        var catalogue = try node.currentCatalogue().catalogue
        catalogue.number += 1
        catalogue.items.removeAll { $0.number == item.number }
        catalogue.withdrawals.removeAll { $0.item == item.number }
        let lawful = try act.clause("lawful").map { text in
            guard let day = CivilDate(text) else { throw GoldenRun.Misread(text: "no day: \(text)") }
            return day
        }
        catalogue.withdrawals.append(ItemWithdrawal(item: item.number, reason: try clause("because"), lawfulUntil: lawful))
        return try node.publishCatalogue(catalogue, actor: actor)
    }

    /// `merges 区工商局 into 区市监局; by 武编〔2026〕1号`
    private func merge() throws -> Dot {
        guard let old = try unit(0), let heir = try unit(2) else { throw GoldenRun.Misread(text: "“merges UNIT into UNIT”") }
        let held = try registry()
        let succession = Succession(from: old, to: heir, kind: .merge, document: try clause("by"), on: run.town.day)
        return try node.publish(
            .units(
                UnitRegistry(
                    number: held.number + 1, title: held.title, localDivisions: held.localDivisions, units: held.units, successions: held.successions + [succession],
                    mirrors: held.mirrors)), actor: actor)
    }

    /// `registers mirror tax; title 重大税收违法失信主体名单; of 国家税务总局; basis …; by 市市监局`
    private func mirror() throws -> Dot {
        guard let keeper = Cast.unit(try clause("by")).flatMap({ CreditCode($0.code) }) else { throw GoldenRun.Misread(text: "who mirrors it?") }
        let held = try registry()
        let mirror = ListMirror(
            list: try object(1), title: try clause("title"), authority: try clause("of"), basis: LegalBasis(instrument: try clause("basis")), mirroredBy: keeper)
        return try node.publish(
            .units(
                UnitRegistry(
                    number: held.number + 1, title: held.title, localDivisions: held.localDivisions, units: held.units, successions: held.successions,
                    mirrors: held.mirrors + [mirror])), actor: actor)
    }

    /// `publishes law; kept while listed`: the law of the place keeps records of subjects on a serious list.
    private func law() throws -> Dot {
        guard case .profile(var law)? = try node.newest(.profile, code: "wuhan")?.object, act.clause("kept") == "while listed" else {
            throw GoldenRun.Misread(text: "“publishes law; kept while listed”")
        }
        law.number += 1
        law.retention.extendedWhileListed = true
        return try node.publish(.profile(law), actor: actor)
    }

    // MARK: - Words

    private func registry() throws -> UnitRegistry {
        guard let held = try node.unitRegistry() else { throw GoldenRun.Misread(text: "no registry") }
        return held.registry
    }

    private func unit(_ place: Int) throws -> CreditCode? { Cast.unit(try object(place)).flatMap { CreditCode($0.code) } }

    private func object(_ place: Int) throws -> String {
        guard place < act.object.count else { throw GoldenRun.Misread(text: "“\(act.verb)” lacks a word") }
        return act.object[place]
    }

    private func clause(_ word: String) throws -> String {
        guard let text = act.clause(word) else { throw GoldenRun.Misread(text: "“\(act.verb)” needs “\(word) …”") }
        return text
    }
}

extension GoldenRun {
    /// What has ended by the editions in force, which codes are one organisation, what was proposed, who refuses to be recorded,
    /// whose past was written twice.
    func affairs(at node: Node, _ text: WorldText) throws -> [String] {
        var out: [String] = []
        for one in try node.currentCatalogue().catalogue.withdrawals {
            let code = Catalogue.standard.item(number: one.item)?.code ?? "\(one.item)"
            out.append("item \(code) is withdrawn: \(one.reason)\(one.lawfulUntil.map { ", decisions until \($0) stand" } ?? "")")
        }
        for one in try node.unitRegistry()?.registry.successions ?? [] {
            out.append("unit \(Cast.unit(code: one.from.text)) is succeeded by \(Cast.unit(code: one.to.text)), \(one.document)")
        }
        for one in try node.store.read({ try $0.aliases() }) {
            let names = [one.oldCode, one.newCode].map { code in Cast.subjects.first { $0.value == code }?.key ?? code }
            out.append("codes \(names[0]) and \(names[1]) are \(one.isWithdrawn ? "not " : "")one organisation, \(one.document)")
        }
        return out + (try proposals(at: node, text)) + (try wishes(at: node, text)) + (try forks(at: node))
    }
}
