import Registry

/// Reasons as bits.
private struct ReasonSet {
    private var bits: UInt32 = 0

    mutating func insert(_ reason: PublicationReason) { bits |= 1 << reason.place }
    func contains(_ reason: PublicationReason) -> Bool { bits >> reason.place & 1 == 1 }

    /// In the order of ``PublicationReason``.
    var ordered: [PublicationReason] { bits == 0 ? [] : PublicationReason.allCases.filter(contains) }

    /// What is over stays over; what waits is neither published nor over.
    var state: PublicationState {
        if bits == 0 { return .published }
        let states = ordered.map(\.state)
        for state in [PublicationState.notPublic, .stopped, .suspended] where states.contains(state) { return state }
        return .published
    }
}

extension PublicationReason {
    fileprivate var place: UInt32 {
        switch self {
        case .notEffective: 0
        case .disclosure: 1
        case .person: 2
        case .noPeriod: 3
        case .optedOut: 4
        case .purged: 5
        case .revoked: 6
        case .repaired: 7
        case .expired: 8
        case .byHand: 9
        case .identity: 10
        case .conflict: 11
        case .overdueObjection: 12
        case .contradiction: 13
        case .upheld: 14
        case .repairInDoubt: 15
        case .suspendedByHand: 16
        case .separated: 17
        case .commitment: 18
        case .returned: 19
        }
    }
}

extension Fold {
    /// What reads the date: the gate of publication, deadlines, and the label.
    var shown: Shown {
        let period = period, replies = caseDeadlines
        var reasons = ReasonSet()
        addNotPublic(period, &reasons)
        addOver(period, &reasons)
        addForAWhile(replies, &reasons)
        let isOver = reasons.contains(.expired)
        return Shown(
            asOf: circumstances.asOf, label: label(isOver: isOver), publication: reasons.state, reasons: reasons.ordered, publicUntil: period?.publicUntil,
            replies: replies,
            isQueryableWhileListed: isOver && circumstances.isListed && (circumstances.law.value?.retention.extendedWhileListed ?? false))
    }

    private func addNotPublic(_ period: RecordDeadlines?, _ reasons: inout ReasonSet) {
        switch drafting.validity {
        case .draft, .submitted: reasons.insert(.notEffective)
        case .effective, .revoked: break
        }
        if circumstances.optedOut { reasons.insert(.optedOut) }
        guard let placed = circumstances.placed else {
            reasons.insert(.disclosure)
            return
        }
        let own = placed.item.disclosure
        if (circumstances.disclosure ?? own) != .public || own != .public || placed.item.publication == .never { reasons.insert(.disclosure) }
        switch content.subject.kind {
        case .person: if circumstances.profile?.mayPublish(.person) != true { reasons.insert(.person) }
        case .organisation, .unregistered: break
        }
        if let period, !period.isPublic, !reasons.contains(.disclosure), !reasons.contains(.person) { reasons.insert(.noPeriod) }
    }

    private func addOver(_ period: RecordDeadlines?, _ reasons: inout ReasonSet) {
        if circumstances.isPurged { reasons.insert(.purged) }
        if isRevoked { reasons.insert(.revoked) }
        if repairs.state.stopsPublication { reasons.insert(.repaired) }
        for hold in kin.holds { reasons.insert(hold) }
        if let last = period?.publicUntil, circumstances.asOf > last { reasons.insert(.expired) }
        if !marks.stopped.isEmpty { reasons.insert(.byHand) }
    }

    private func addForAWhile(_ replies: [CaseDeadline], _ reasons: inout ReasonSet) {
        for conflict in content.conflicts where conflict.isMaterial { reasons.insert(conflict.part == .subject ? .identity : .conflict) }
        for one in disputes.cases {
            if one.isOpen, one.ground == .wrongSubject { reasons.insert(.identity) }
            if !one.contradiction.isEmpty { reasons.insert(.contradiction) }
        }
        if circumstances.overdueSuspends, replies.contains(where: \.isOverdue) { reasons.insert(.overdueObjection) }
        if !unanswered.isEmpty { reasons.insert(.upheld) }
        if repairs.state.stopsPublication, !repairs.refusedBeside.isEmpty || !repairs.withdrawnBeside.isEmpty { reasons.insert(.repairInDoubt) }
        if marks.suspends(on: circumstances.asOf, circumstances) { reasons.insert(.suspendedByHand) }
        if isSeparated { reasons.insert(.separated) }
        if fulfilment == .underCheck { reasons.insert(.commitment) }
        if !drafting.returns.isEmpty { reasons.insert(.returned) }
    }

    /// The clock of a case runs from its earliest acceptance (M12): the deciding unit's own term when the window was at its
    /// node, the longer one when the case had to travel.
    private var caseDeadlines: [CaseDeadline] {
        if disputes.cases.isEmpty { return [] }
        let home = kin.view?.home ?? members.home(history)
        return disputes.cases.filter(\.replyOwed).map { one in
            guard let profile = circumstances.profile, let calendar = circumstances.calendar, let first = one.receipts.min(by: { $0.acceptedOn < $1.acceptedOn }),
                let due = profile.due(first.at == home ? .decideOwn : .decideOther, from: first.acceptedOn, calendar)
            else { return CaseDeadline(id: one.id, due: nil, isOverdue: false) }
            return CaseDeadline(id: one.id, due: due, isOverdue: circumstances.asOf > due.date)
        }
    }

    private func label(isOver: Bool) -> RecordLabel {
        if circumstances.isPurged { return .purged }
        if isRevoked { return .revoked }
        switch drafting.validity {
        case .draft: return .draft
        case .submitted: return .submitted
        case .effective, .revoked: break
        }
        if isOver { return .expired }
        // Of an upheld objection “repaired” would still say that there was something to repair (M18).
        if repairs.state.stopsPublication, repairs.state != .unnecessary { return .repaired }
        if disputes.cases.contains(where: \.isOpen) { return .disputed }
        return content.corrections.isEmpty ? .effective : .corrected
    }
}
