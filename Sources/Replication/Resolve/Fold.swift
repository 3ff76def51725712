import Registry

/// One decision folded: validity, content, disputes, repair, in the order in which they bind each other (rules.md 3.4, last
/// paragraph: purge → revocation → repair → objection decisions → corrections → creations).
struct Fold {
    let members: Members
    let history: History
    let circumstances: Setting
    let revocations: [(change: Dot, revocation: Revocation)]
    let content: Content
    let disputes: Disputes
    let repairs: Repairs
    let litigation: [String]
    let fulfilment: FulfilmentState
    let marks: PublicationMarks
    let drafting: Drafting
    /// What nodes above say of records of this decision that are not here.
    let kin: Kin
    private let overtaken: Overtaken
    /// The shortest that counted before, and what the fields as they stand give.
    private let granted: RecordDeadlines?
    private let corrected: RecordDeadlines?
    private let separations: [Dot]
    private let upholdings: [Dot]
    private let disputedFulfilments: [Dot]

    init(_ members: Members, _ history: History, _ separated: Set<Dot>, _ kin: Kin, _ circumstances: Setting) {
        self.kin = kin
        self.members = members
        self.history = history
        self.circumstances = circumstances
        revocations = Fold.revocations(members, history, kin, circumstances)
        overtaken = Overtaken(history, revocations.map(\.change))
        content = Content(members, history, circumstances)
        disputes = Disputes(members, history, content, isRevoked: !revocations.isEmpty, circumstances)
        repairs = Repairs(members, history, isUpheld: disputes.cases.contains { $0.status == .upheld }, kin.repair, circumstances)
        marks = PublicationMarks(history)
        drafting = Drafting(members, history)
        litigation = Fold.litigation(history)
        (fulfilment, disputedFulfilments) = Fold.fulfilment(members, history, circumstances)
        separations = members.all.map(\.id).filter(separated.contains)
        upholdings = Fold.upholdings(history, revocations.map(\.change))
        corrected = Fold.deadlines(content.subject, content.fields, circumstances)
        let first = members.canonical.state
        granted = content.corrections.isEmpty ? corrected : Fold.granted(first, content, history, circumstances)
    }

    var isRevoked: Bool { !revocations.isEmpty }

    /// The deciding unit at the record's home, or an instrument of R2 or above, whoever enters it (T7).
    private static func revocations(_ members: Members, _ history: History, _ kin: Kin, _ circumstances: Setting) -> [(change: Dot, revocation: Revocation)] {
        let indices = history.indices(of: .revocation)
        if indices.isEmpty { return kin.revocations }
        let home = members.home(history)
        #if PLANTED_BUGS
            // A correction brings a revoked record back.
            if plantedBug == 1, history.changes.contains(where: { if case .act(.correction) = $0.change.kind { true } else { false } }) { return [] }
        #endif
        let own: [(change: Dot, revocation: Revocation)] = indices.compactMap { index in
            let held = history.changes[index]
            guard case .revocation(let revocation) = held.change.kind else { return nil }
            let isCompetent = held.origin.replica.path == home || revocation.rank >= .superior || members.isDeciding(held.change.actor.unit, circumstances.units)
            return isCompetent ? (held.origin, revocation) : nil
        }
        if kin.revocations.isEmpty { return own }
        let told = Set(own.map(\.change))
        return (own + kin.revocations.filter { !told.contains($0.change) }).sorted { $0.change < $1.change }
    }

    /// M8: instruments of R3 and above that uphold the decision, whose authors did not know of its revocation.
    private static func upholdings(_ history: History, _ revocations: [Dot]) -> [Dot] {
        guard !revocations.isEmpty else { return [] }
        return history.indices(of: .upheld).compactMap { index in
            let held = history.changes[index]
            guard case .act(.upheld(let upheld)) = held.change.kind, upheld.basis.rank >= .reconsideration else { return nil }
            return revocations.contains { held.change.context.contains($0) } ? nil : held.origin
        }
    }

    /// M44: a mark a case number, removed by its own closing alone.
    private static func litigation(_ history: History) -> [String] {
        var open: Set<String> = [], closed: Set<String> = []
        for index in history.indices(of: .litigation) {
            guard case .act(.litigation(let mark)) = history.changes[index].change.kind else { continue }
            if mark.isClosed { closed.insert(mark.caseNumber) } else { open.insert(mark.caseNumber) }
        }
        return open.subtracting(closed).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// M42: what the accepting unit says counts; while it says nothing, units that contradict each other leave it open.
    private static func fulfilment(_ members: Members, _ history: History, _ circumstances: Setting) -> (FulfilmentState, [Dot]) {
        var claims: [Claim<Bool>] = []
        for index in history.indices(of: .fulfilment) {
            let held = history.changes[index]
            guard case .act(.fulfilment(let one)) = held.change.kind else { continue }
            var basis = one.basis
            if basis.rank == .decidingUnit, !members.isDeciding(held.change.actor.unit, circumstances.units) { basis.rank = .technical }
            claims.append(Claim(change: index, basis: basis, value: one.isFulfilled))
        }
        let settled = Settlement(claims, in: history)
        if settled.isConflict { return (.underCheck, settled.standing.map { history.changes[$0.change].origin }) }
        guard let agreed = settled.agreed else { return (.none, []) }
        // Of another unit than the accepting one “broken” is a hint, nothing more.
        if !agreed, settled.standing.allSatisfy({ $0.basis.rank == .technical }) {
            return (.underCheck, settled.standing.map { history.changes[$0.change].origin })
        }
        return (agreed ? .fulfilled : .broken, [])
    }

    /// M33: records that came without a revocation of their own although the decision is revoked.
    var blocked: [Dot] {
        guard isRevoked else { return [] }
        let relieved = Set(revocations.compactMap { one in history.changes.first { $0.origin == one.change }?.record })
        return members.all.map(\.id).filter { !relieved.contains($0) }
    }

    var dispute: DisputeState {
        if disputes.cases.contains(where: { $0.status == .underReview }) { return .underReview }
        if disputes.cases.contains(where: { $0.status == .open }) { return .open }
        if disputes.cases.contains(where: { $0.status == .upheld || $0.status == .moot }) { return .upheld }
        if disputes.cases.contains(where: { $0.status == .unverifiable }) { return .unverifiable }
        return disputes.cases.isEmpty ? .none : .rejected
    }

    /// Upheld cases that no effective correction answers yet.
    var unanswered: [CaseView] {
        isRevoked ? [] : disputes.cases.filter { $0.status == .upheld && $0.touched.isEmpty }
    }

    // MARK: - Tickets

    var tickets: [Ticket] {
        var tickets: [Ticket] = []
        for conflict in content.conflicts {
            let changes = conflict.says.map(\.change), entries = Set(members.all.map { history.changes[$0.change].origin })
            let rule = conflict.part == .subject ? "M4" : changes.allSatisfy(entries.contains) ? "M35" : "M3"
            tickets.append(
                Ticket(
                    rule, changes, conflict.part == .subject ? .decidingUnitAndParent : rule == "M35" ? .parent : .decidingUnit, suspends: conflict.isMaterial, term: circumstances.term(.settleConflict),
                    detail: "\(conflict.part.number)"))
        }
        let offers = Set(content.proposals.filter { $0.reason == .notCompetent }.map(\.say.change))
        for change in offers.sorted() { tickets.append(Ticket("M2", [change], .decidingUnit)) }
        if content.corrections.count > 1, let checker = circumstances.checker {
            let fields = content.fields
            let broken = checker.check(count: fields.count, subjectKind: content.subject.kind) { (fields[$0].number, fields[$0].value) }
            if !broken.isEmpty { tickets.append(Ticket("M5", content.corrections, .decidingUnit, detail: broken.joined(separator: ", "))) }
        }
        if !upholdings.isEmpty { tickets.append(Ticket("M8", upholdings + revocations.map(\.change), .legalOfficer)) }
        for one in disputes.cases where !one.contradiction.isEmpty { tickets.append(Ticket("M16", one.contradiction, .parent, suspends: true, term: circumstances.term(.settleContradiction))) }
        for one in unanswered { tickets.append(Ticket("T9", [one.id], .decidingUnit, suspends: true, term: circumstances.term(.correctUpheld))) }
        if repairs.state.stopsPublication {
            if !repairs.refusedBeside.isEmpty { tickets.append(Ticket("M21", repairs.refusedBeside, .decidingUnitHead, suspends: true)) }
            if !repairs.withdrawnBeside.isEmpty { tickets.append(Ticket("M22", repairs.withdrawnBeside, .decidingUnit, suspends: true)) }
            if repairs.wasConditional, !circumstances.others.isEmpty { tickets.append(Ticket("M20", [members.canonical.id], .decidingUnit)) }
        }
        if isLongerWithoutDocument { tickets.append(Ticket("M30", content.corrections, .decidingUnit)) }
        for one in drafting.returns { tickets.append(Ticket("T4", [one.change], .decidingUnit, suspends: true, detail: "\(one.code): \(one.reason)")) }
        let unread = blocked.filter { !overtaken.noted.contains($0) }, lost = overtaken.corrections.filter { !overtaken.noted.contains($0) }
        if !unread.isEmpty { tickets.append(Ticket("M33", unread, .sender)) }
        if !lost.isEmpty { tickets.append(Ticket("M6", lost, .author)) }
        if isSeparated { tickets.append(Ticket("M37", separations, .parent, suspends: true)) }
        if fulfilment == .underCheck { tickets.append(Ticket("M42", disputedFulfilments, .decidingUnit, suspends: true)) }
        return tickets
    }

    /// M37: publication waits until somebody who saw the separation resumes it.
    var isSeparated: Bool {
        guard !separations.isEmpty else { return false }
        let resumed = history.indices(of: .publication).filter { index in
            if case .act(.publication(let mark)) = history.changes[index].change.kind { mark.step == .resumed } else { false }
        }
        let seen = Seen(by: resumed, history)
        let links = history.indices(of: .identity)
        return links.contains { index in
            guard case .act(.identity(let link)) = history.changes[index].change.kind, !link.isSame else { return false }
            return !seen.contains(index, history)
        } || !links.contains { index in if case .act(.identity(let link)) = history.changes[index].change.kind { !link.isSame } else { false } }
    }

    // MARK: - Periods

    private static func deadlines(_ subject: SubjectKey, _ fields: [RecordField], _ setting: Setting) -> RecordDeadlines? {
        guard let item = setting.item else { return nil }
        return RecordDeadlines(
            item: item, subject: subject.kind, value: { number in fields.first { $0.number == number }?.value }, profile: setting.profile,
            calendar: setting.calendar)
    }

    /// The shortest period that counted before: as entered, or by a correction that a later one overruled. A longer one needs
    /// a document of its own; otherwise what was over would be published again by a mere correction.
    private static func granted(_ first: RecordState, _ content: Content, _ history: History, _ setting: Setting) -> RecordDeadlines? {
        var shortest = deadlines(first.subject, first.fields, setting)
        let indices = history.indices(of: .correction), roles = setting.roles
        if indices.count == content.corrections.count { return shortest }
        let telling = [roles?.decisionDate, roles?.severity, roles?.sanctions, roles?.validTo].compactMap(\.self)
        let others = Set(content.corrections + content.proposals.map(\.say.change) + content.conflicts.flatMap { $0.says.map(\.change) })
        for index in indices {
            let held = history.changes[index]
            guard case .act(.correction(let correction)) = held.change.kind, !others.contains(held.origin),
                correction.parts.contains(where: { telling.contains($0.part.number) })
            else { continue }
            let once = deadlines(first.subject, correction.applied(to: first.fields), setting)
            if let end = once?.publicUntil, end < shortest?.publicUntil ?? .latest { shortest = once }
        }
        return shortest
    }

    /// M24, M30: corrections make a period longer only by a decision document of its own.
    var isLongerWithoutDocument: Bool {
        guard !content.corrections.isEmpty, let before = granted?.publicUntil, let after = corrected?.publicUntil, after > before else { return false }
        let effective = Set(content.corrections), own = members.canonical.state.text(circumstances.roles?.documentNumber)
        return !history.indices(of: .correction).contains { index in
            let held = history.changes[index]
            guard case .act(.correction(let correction)) = held.change.kind, effective.contains(held.origin) else { return false }
            return !correction.basis.document.isEmpty && correction.basis.document != own
        }
    }

    /// The period that counts: the shorter one while a longer one has no document.
    var period: RecordDeadlines? { isLongerWithoutDocument ? granted : corrected }
}
