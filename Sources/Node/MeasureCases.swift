import Registry
import Replication
import Storage

/// How a measure case stands.
package enum MeasureState: String, Sendable, Hashable {
    case open
    /// Its basis ended, and nobody closed it yet: the measure is to be lifted.
    case basisEnded = "basis-ended"
    case closed
    /// Nothing was applied.
    case notApplied = "not-applied"
}

/// A case as this node sees it on a day.
package struct MeasureCase: Sendable, Hashable {
    package let row: MeasureRow
    package let state: MeasureState
    /// Why the basis ended; empty while it stands, or is not held here.
    package let ended: String
}

/// What a department did on the ground of a look-up's answer.
package struct MeasureReport: Sendable {
    package let receipt: String
    /// The list entry or record that the answer named.
    package let basis: Dot
    package let measure: String
    package let isApplied: Bool
    package let reason: String
    package let effect: String

    package init(receipt: String, basis: Dot, measure: String, isApplied: Bool, reason: String = "", effect: String = "") {
        self.receipt = receipt
        self.basis = basis
        self.measure = measure
        self.isApplied = isApplied
        self.reason = reason
        self.effect = effect
    }
}

extension Node {
    /// Records that a measure was applied, or why not, on the ground of an answer this node gave (联合奖惩案例). Purpose and case
    /// number are those of the look-up, subject and name those of its basis.
    /// - Throws: ``NodeRefusal``: no such look-up here, another unit's or another subject's, the basis is not held, over already, no
    ///   second person.
    package func openMeasure(_ report: MeasureReport, actor: Actor) throws -> Dot {
        try check(actor)
        guard actor.reviewer != nil else { throw NodeRefusal(.refused, "four-eyes", zh: "联合奖惩案例须经另一人审核", en: "a measure case needs a reviewer", hint: "--reviewer") }
        guard !report.measure.isEmpty, report.isApplied || !report.reason.isEmpty else {
            throw NodeRefusal(.badInput, "measure-fields", zh: "须写明措施；未采取措施的须说明理由", en: "name the measure; where none was applied, say why", hint: "--measure, --reason")
        }
        return try writing { tx in
            guard let asked = try tx.lookup(receipt: report.receipt) else {
                throw NodeRefusal(.notFound, "no-such-receipt", zh: "本节点没有查询回执 \(report.receipt)", en: "no look-up with receipt \(report.receipt) was answered here", hint: "creditnode lookup")
            }
            guard asked.unit == actor.unit else {
                throw NodeRefusal(.refused, "other-units-receipt", zh: "该回执属于单位 \(asked.unit)", en: "that receipt was given to unit \(asked.unit)")
            }
            let (subject, name) = try basis(report.basis, askedAs: asked.subject, tx)
            if let same = try tx.measures().first(where: { $0.receipt == report.receipt && $0.basis == report.basis && $0.measure == report.measure && $0.closed == nil }) {
                return ([same.id], nil)
            }
            if let why = try basisEnd(report.basis, on: environment.today, tx) {
                throw NodeRefusal(.refused, "basis-ended", zh: "依据已终止（\(why)），不得据以采取措施", en: "the basis has ended (\(why)); no measure may rest on it")
            }
            let measure = MeasureOpened(
                basis: report.basis, subject: subject, name: name, receipt: report.receipt, purpose: asked.purpose, measure: report.measure, isApplied: report.isApplied,
                reason: report.reason, on: environment.today, effect: report.effect, caseNumber: asked.caseNumber)
            return try issue([.affair(.measureOpened(measure))], under: try unitEdition(actor, tx).map { [$0.digest] } ?? [], actor, to: .lineage(of: path, upTo: 1), tx)
        }[0]
    }

    /// Records that the measure was lifted, and what it led to.
    /// - Throws: ``NodeRefusal``: not a case of this node, closed already, no reason, no second person.
    package func closeMeasure(_ id: Dot, reason: String, feedback: String, actor: Actor) throws {
        try check(actor)
        guard actor.reviewer != nil else { throw NodeRefusal(.refused, "four-eyes", zh: "结案须经另一人审核", en: "a closing needs a reviewer", hint: "--reviewer") }
        guard !reason.isEmpty else { throw NodeRefusal(.badInput, "no-reason", zh: "须说明理由", en: "state the reason", hint: "--reason") }
        _ = try writing { tx in
            guard let row = try tx.measure(id) else { throw NodeRefusal(.notFound, "no-such-case", zh: "没有案例 \(id)", en: "there is no case \(id)", hint: "creditnode measure list") }
            guard id.replica.path == path else { throw NodeRefusal(.refused, "not-competent", zh: "由 \(id.replica.path) 结案", en: "\(id.replica.path) closes it") }
            guard row.closed == nil else { throw NodeRefusal(.refused, "closed-already", zh: "该案例已结案", en: "the case is closed already") }
            let closed = MeasureClosed(opened: id, reason: reason, feedback: feedback, on: environment.today)
            return try issue([.affair(.measureClosed(closed))], under: try unitEdition(actor, tx).map { [$0.digest] } ?? [], actor, to: .lineage(of: path, upTo: 1), tx)
        }
    }

    /// Every case held here, ascending by id; each with what became of its basis on that day.
    package func measureCases(on day: CivilDate? = nil) throws -> [MeasureCase] {
        let day = day ?? environment.today
        return try store.read { tx in
            try tx.measures().map { row in
                let ended = try basisEnd(row.basis, on: day, tx)
                let state: MeasureState = row.closed != nil ? .closed : !row.isApplied ? .notApplied : ended != nil ? .basisEnded : .open
                return MeasureCase(row: row, state: state, ended: ended ?? "")
            }
        }
    }

    /// Whom a basis names, where it is the one that was asked about.
    private func basis(_ dot: Dot, askedAs key: String, _ tx: ReadTransaction) throws -> (SubjectKey, String) {
        func same(_ subject: String) throws -> Bool {
            if subject == key { return true }
            guard CreditCode(key) != nil, CreditCode(subject) != nil else { return false }
            return try tx.codes(aliasedTo: key).contains(subject)
        }
        let other = NodeRefusal(.refused, "other-subject", zh: "查询的主体与依据中的主体不同", en: "the look-up asked about another subject than the basis names")
        if let entry = try tx.entries(id: dot).first(where: \.published) {
            if let code = CreditCode(entry.subject) {
                guard try same(entry.subject) else { throw other }
                return (.organisation(code), entry.name)
            }
            // Of a person a list entry tells neither number nor name: the receipt's line is the subject.
            guard entry.isListedPerson, key.hasPrefix("person:") else { throw other }
            throw NodeRefusal(
                .refused, "person-entry", zh: "自然人名单命中须以核实后的记录为依据立案", en: "on a person's entry a case rests on the record by which the hit was confirmed",
                hint: "--basis 填记录编号 / give the record's id")
        }
        guard let row = try tx.record(dot) else { throw Self.noRecord(dot) }
        guard try same(row.subject), let view = resolve(record: dot, changes: try acceptedChanges(of: dot, tx)) else { throw other }
        let item = view.edition.flatMap { catalogue($0, tx) }?.item(view.item)?.item
        let state = RecordState(item: view.item, home: nil, validity: view.validity, subject: view.subject, fields: view.fields)
        return (view.subject, state.text(item?.roles.subjectName))
    }

    /// Why a basis no longer carries a measure; nil while it stands, or where it is not held.
    func basisEnd(_ dot: Dot, on day: CivilDate, _ tx: ReadTransaction) throws -> String? {
        if let entry = try tx.entries(id: dot).first(where: \.published) {
            if entry.removed { return "list-removed" }
            if let until = entry.until, day > until { return "expired" }
            return nil
        }
        guard try tx.record(dot) != nil else { return nil }
        let shown = try view(of: dot, asOf: day, tx)
        switch shown.shown.label {
        case .purged, .revoked, .merged, .expired, .repaired: return shown.shown.label.rawValue
        case .disputed, .corrected, .effective, .submitted, .draft: return nil
        }
    }
}
