import Registry
import Replication
import Storage

extension Node {
    /// Issues an edition of a catalogue, unit registry, legal profile or calendar. Only the root does; the shipped
    /// ones are issued at `init`.
    /// - Throws: ``NodeRefusal``: not the root, faults in the object, number not above the newest held, or no second
    ///   person (the first edition of each object excepted, which `init` issues).
    package func publish(_ object: IssuedObject, actor: Actor) throws -> Dot {
        try check(actor)
        guard path.depth == 1 else {
            throw NodeRefusal(
                .refused, "not-competent", zh: "只有根节点发布\(object.kind.words.zh)", en: "only the root issues a \(object.kind.words.en)",
                hint: object.kind == .catalogue ? "creditnode propose item FILE" : "")
        }
        let object = try store.read { try carrying(object, $0) }
        let faults = object.faults
        guard faults.isEmpty else {
            throw NodeRefusal(
                .badInput, "\(object.kind.rawValue)-faults", zh: "\(object.kind.words.zh)有误：\(faults.joined(separator: "；"))",
                en: "faults in the \(object.kind.words.en): \(faults.joined(separator: "; "))")
        }
        return try writing { tx in
            if let newest = try tx.newestEdition(object.kind, code: object.code) {
                guard newest.number < object.number else {
                    throw NodeRefusal(
                        .refused, "older-edition", zh: "已有第 \(newest.number) 版，新版次须更大", en: "edition \(newest.number) is held already; a new one needs a higher number",
                        hint: "\(newest.number + 1)")
                }
                guard actor.reviewer != nil else {
                    throw NodeRefusal(.refused, "four-eyes", zh: "发布须经另一人审核", en: "issuing an edition needs a reviewer", hint: "--reviewer")
                }
            }
            return try issue([try signed(object, tx).change], actor, to: .published, context: try answered(object.kind, tx), tx)
        }[0]
    }

    /// A catalogue answers what tiers below made narrower and is held here; what is still on its way stays narrower (M40). Of more
    /// replicas than a context holds the rest stays narrower too.
    private func answered(_ kind: EditionKind, _ tx: ReadTransaction) throws -> Context {
        guard kind == .catalogue else { return .empty }
        let latest = try tx.latestDisclosures().prefix(Context.maximumEntries)
        return Context(latest.map { Context.Entry(replica: $0.replica, through: $0.counter) }) ?? .empty
    }

    package func publishCatalogue(_ catalogue: Catalogue, actor: Actor) throws -> Dot { try publish(.catalogue(catalogue), actor: actor) }

    /// The object an edition holds; nil when the edition is not held.
    func issued(_ digest: Digest, _ tx: ReadTransaction) throws -> IssuedObject? {
        guard let body = try tx.editionBody(digest) else { return nil }
        return IssuedObject(try Change(serialized: body).kind)
    }

    package func issued(_ digest: Digest) throws -> IssuedObject? { try store.read { try issued(digest, $0) } }

    /// The newest edition of a kind and code, with its digest; nil while none is held.
    package func newest(_ kind: EditionKind, code: String = "") throws -> (row: EditionRow, object: IssuedObject)? {
        try store.read { tx in
            guard let row = try tx.newestEdition(kind, code: code), let object = try issued(row.digest, tx) else { return nil }
            return (row, object)
        }
    }

    /// The unit registry in force; nil while none was issued.
    package func unitRegistry() throws -> (digest: Digest, registry: UnitRegistry)? {
        guard let newest = try newest(.units), case .units(let registry) = newest.object else { return nil }
        return (newest.row.digest, registry)
    }

    /// The legal profile that holds for what `unit` decides: of its division or the nearest around it; without a unit
    /// registry the one whose code is the root's name. nil while none was issued.
    package func legalProfile(for unit: CreditCode?) throws -> LegalProfile? {
        try store.read { try legalProfile(for: unit, $0) }
    }

    func legalProfile(for unit: CreditCode?, _ tx: ReadTransaction) throws -> LegalProfile? {
        let profiles = try tx.editionsInForce().filter { $0.kind == .profile }.compactMap { row -> LegalProfile? in
            guard case .profile(let profile)? = try keptIssue(row.digest, tx) else { return nil }
            return profile
        }
        if let registry = try registry(tx), let unit, let entry = registry.unit(unit) {
            let national = registry.division(entry.division).map { $0.isLocal ? $0.parent : $0.code } ?? ""
            for division in Divisions.standard.lineage(of: national) {
                if let fitting = profiles.first(where: { $0.division == division.code }) { return fitting }
            }
        }
        return profiles.first { $0.code == path.root.name }
    }

    /// What is due for a record and until when it is public, by the editions in force here.
    package func deadlines(_ view: RecordView, item: CatalogueItem) throws -> (deadlines: RecordDeadlines, profile: LegalProfile?, calendar: WorkCalendar?) {
        var fields: [UInt32: FieldValue] = [:]
        for field in view.fields { fields[field.number] = field.value }
        var authority: CreditCode?
        if let number = item.roles.authorityCode, case .text(let text)? = fields[number] { authority = CreditCode(text) }
        let profile = try legalProfile(for: authority)
        var calendar: WorkCalendar?
        if case .calendar(let found)? = try newest(.calendar, code: "cn")?.object { calendar = found }
        let deadlines = RecordDeadlines(item: item, subject: view.subject.kind, value: { fields[$0] }, profile: profile, calendar: calendar)
        return (deadlines, profile, calendar)
    }
}

extension EditionKind {
    /// For people.
    package var words: (zh: String, en: String) {
        switch self {
        case .catalogue: ("目录", "catalogue")
        case .units: ("单位登记册", "unit registry")
        case .profile: ("法规参数", "legal profile")
        case .calendar: ("工作日历", "calendar")
        }
    }
}
