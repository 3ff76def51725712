import Node
import Registry
import Replication
import Storage

/// Work taken in at a window whose node does not hold the record.
struct FilingVerbs {
    let run: GoldenRun
    let act: Step.Act
    let node: Node
    let actor: Actor

    /// `files objection to penalty 武市监罚〔2026〕1号 on 甲公司; authority 区市监局; ground inaccurate; fields 罚款金额; receipt …`
    /// - Returns: the filing; nil when the verb is not this.
    func perform() throws -> [Dot]? {
        guard act.verb == "files" else { return nil }
        guard act.object.count == 6, act.object[0] == "objection", case .organisation(let code)? = Cast.subject(act.object[5]) else {
            throw GoldenRun.Misread(text: "“files objection to ITEM DOCUMENT on SUBJECT”")
        }
        guard let authority = act.clause("authority").flatMap({ Cast.unit($0) }), let ground = act.clause("ground").flatMap({ ObjectionGround(name: $0) }),
            let receipt = act.clause("receipt"), let item = try node.currentCatalogue().catalogue.item(code: act.object[2])
        else { throw GoldenRun.Misread(text: "“files” needs an authority, a ground, a receipt and a known item") }
        let fields = try (act.clause("fields") ?? "").split(separator: " ").map { try run.word(String($0), item) }
        let address = RecordAddress(item: item.code, document: act.object[3], authority: authority.code, subject: .organisation(code))
        return [
            try node.file(at: address, actor: actor) { target, today in
                .objection(
                    Objection(
                        ground: ground, fields: fields.sorted(), receipt: receipt, acceptedOn: today, claimant: act.clause("claimant") ?? "",
                        statement: act.clause("because") ?? "有误", target: target))
            }
        ]
    }
}

extension GoldenRun {
    /// What a window knows of the work it sent on.
    func filings(at node: Node, _ text: WorldText) throws -> [String] {
        try node.filings().filter { $0.id.replica.path == node.path }.map { report in
            guard let state = report.state else { return "filing \(text.label(report.id)) is on its way" }
            let unit = report.answer?.reply.map { " by \(Cast.unit(code: $0.unit))" } ?? ""
            return "filing \(text.label(report.id)) \(state)\(unit)\(report.answer?.home.map { ", record at \($0.name)" } ?? "")"
        }.sorted()
    }
}
