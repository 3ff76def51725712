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
    /// M24, M30: corrections make a period longer only by a decision document of its own.
    private let isLongerWithoutDocument: Bool
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
        separations = separated.isEmpty ? [] : members.all.map(\.id).filter(separated.contains)
        upholdings = Fold.upholdings(history, revocations)
        let corrected = Fold.deadlines(content.subject.kind, content.fields, circumstances)
        let granted = Fold.granted(members.canonical.said, corrected, content, history, circumstances)
        isLongerWithoutDocument = Fold.isLonger(corrected, than: granted, members, content, history, circumstances)
        (self.corrected, self.granted) = (corrected, granted)
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
            let isCompetent = held.origin.replica.path == home || revocation.rank >= .superior || members.isDeciding(held.change.actor.unit, circumstances)
            return isCompetent ? (held.origin, revocation) : nil
        }
        if kin.revocations.isEmpty { return own }
        let told = Set(own.map(\.change))
        return (own + kin.revocations.filter { !told.contains($0.change) }).sorted { $0.change < $1.change }
    }

    /// M8: instruments of R3 and above that uphold the decision, whose authors did not know of its revocation.
    private static func upholdings(_ history: History, _ revocations: [(change: Dot, revocation: Revocation)]) -> [Dot] {
        guard !revocations.isEmpty else { return [] }
        return history.indices(of: .upheld).compactMap { index in
            let held = history.changes[index]
            guard case .act(.upheld(let upheld)) = held.change.kind, upheld.basis.rank >= .reconsideration else { return nil }
            return revocations.contains { held.change.context.contains($0.change) } ? nil : held.origin
        }
    }

    /// M44: a mark a case number, removed by its own closing alone.
    private static func litigation(_ history: History) -> [String] {
        guard history.sorts.contains(.litigation) else { return [] }
        var open: Set<String> = [], closed: Set<String> = []
        for index in history.indices(of: .litigation) {
            guard case .act(.litigation(let mark)) = history.changes[index].change.kind else { continue }
            if mark.isClosed { closed.insert(mark.caseNumber) } else { open.insert(mark.caseNumber) }
        }
        return open.subtracting(closed).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// M42: what the accepting unit says counts; while it says nothing, units that contradict each other leave it open.
    private static func fulfilment(_ members: Members, _ history: History, _ circumstances: Setting) -> (FulfilmentState, [Dot]) {
        guard history.sorts.contains(.fulfilment) else { return (.none, []) }
        var claims: [Claim<Bool>] = []
        for index in history.indices(of: .fulfilment) {
            let held = history.changes[index]
            guard case .act(.fulfilment(let one)) = held.change.kind else { continue }
            var rank = one.basis.rank
            if rank == .decidingUnit, !members.isDeciding(held.change.actor.unit, circumstances) { rank = .technical }
            claims.append(Claim(change: index, rank: rank, value: one.isFulfilled))
        }
        let settled = Settlement(claims, in: history)
        if settled.isConflict { return (.underCheck, settled.standing.map { history.changes[$0.change].origin }) }
        guard let agreed = settled.agreed else { return (.none, []) }
        // Of another unit than the accepting one “broken” is a hint, nothing more.
        if !agreed, settled.standing.allSatisfy({ $0.rank == .technical }) {
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
        if disputes.cases.isEmpty { return .none }
        var state = DisputeState.rejected
        for index in disputes.cases.indices {
            switch disputes.cases[index].status {
            case .underReview: return .underReview
            case .open: state = .open
            case .upheld, .moot: if state != .open { state = .upheld }
            case .unverifiable: if state == .rejected { state = .unverifiable }
            case .rejected: continue
            }
        }
        return state
    }

    /// Upheld cases that no effective correction answers yet.
    var unanswered: [CaseView] {
        isRevoked || disputes.cases.isEmpty ? [] : disputes.cases.filter { $0.status == .upheld && $0.touched.isEmpty }
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
        if !content.proposals.isEmpty {
            let offers = Set(content.proposals.filter { $0.reason == .notCompetent }.map(\.say.change))
            for change in offers.sorted() { tickets.append(Ticket("M2", [change], .decidingUnit)) }
        }
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

    private static func deadlines(_ subject: SubjectKind, _ fields: [RecordField], _ setting: Setting) -> RecordDeadlines? {
        guard let placed = setting.placed else { return nil }
        // Nothing that is shown asks by when it had to be reported: the calendar is left out.
        return RecordDeadlines(item: placed.item, subject: subject, value: { fields.value($0) }, profile: setting.law.value, calendar: nil)
    }

    /// The shortest period that counted before: as entered, or by a correction that a later one overruled. A longer one needs
    /// a document of its own; otherwise what was over would be published again by a mere correction.
    private static func granted(
        _ first: SaidState, _ corrected: RecordDeadlines?, _ content: Content, _ history: History, _ setting: Setting
    ) -> RecordDeadlines? {
        guard !content.effective.isEmpty, let placed = setting.placed else { return corrected }
        let subject = first.state.subject.kind
        // Most corrections are of something else.
        let isSame = subject == content.subject.kind && placed.telling.allSatisfy { first.state.value($0) == content.fields.value($0) }
        var shortest = isSame ? corrected : deadlines(subject, first.state.fields, setting)
        let indices = history.indices(of: .correction)
        if indices.count == content.effective.count { return shortest }
        var others: Set<Dot>?
        for index in indices {
            let held = history.changes[index]
            guard case .correction(let said) = held.said, said.correction.touches({ placed.telling.contains($0) }) else { continue }
            let set = others ?? Set(content.corrections + content.proposals.map(\.say.change) + content.conflicts.flatMap { $0.says.map(\.change) })
            others = set
            if set.contains(held.origin) { continue }
            let once = deadlines(subject, said.correction.applied(to: first.state.fields), setting)
            if let end = once?.publicUntil, end < shortest?.publicUntil ?? .latest { shortest = once }
        }
        return shortest
    }

    private static func isLonger(
        _ corrected: RecordDeadlines?, than granted: RecordDeadlines?, _ members: Members, _ content: Content, _ history: History, _ setting: Setting
    ) -> Bool {
        guard !content.effective.isEmpty, let before = granted?.publicUntil, let after = corrected?.publicUntil, after > before else { return false }
        let own = members.canonical.said.state.text(setting.placed?.documentNumber)
        return !content.effective.contains { index in
            guard case .correction(let said) = history.changes[index].said else { return false }
            return !said.correction.basis.document.isEmpty && said.correction.basis.document != own
        }
    }

    /// The period that counts: the shorter one while a longer one has no document.
    var period: RecordDeadlines? { isLongerWithoutDocument ? granted : corrected }
}
