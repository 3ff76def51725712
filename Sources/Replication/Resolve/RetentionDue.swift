import Registry

/// Why nothing of a record is purged although its time is over. Raw values are stable names.
package enum RetentionHold: String, Sendable, Hashable, CaseIterable {
    /// The subject is owed a reply, or a decision is under review (M29: the case goes on to a reply).
    case caseOpen = "case-open"
    /// Reconsideration or a lawsuit is pending (M44).
    case litigation
    /// Values contradict each other; a person decides first (M3, M16, M21, M22, M37, M42).
    case conflict
    /// A repair was applied for and not decided.
    case repairOpen = "repair-open"
    /// The subject stands on a serious list, and the law keeps the record that long (M31).
    case listed
}

/// When a decision is over, goes to the archive and may be destroyed: derived from its fields, the catalogue and the law of its
/// place, never stored. Clocks never touch content.
package struct RetentionDue: Sendable, Hashable {
    /// Where the numbers come from: a profile and its edition, or the catalogue item.
    package let basis: String
    /// All numbers it rests on were read in the text of the law.
    package let isVerified: Bool
    /// Last day of publication; nil = open, or never public.
    package let publicUntil: CivilDate?
    /// First day in the archive: shown to authorised readers alone. nil = never by time.
    package let archiveFrom: CivilDate?
    /// First day on which it may be destroyed; nil = never by time.
    package let purgeFrom: CivilDate?
    /// In the order of ``RetentionHold``.
    package let holds: [RetentionHold]

    /// - Parameters:
    ///   - enteredOn: the day the record was formed, UTC+8.
    ///   - profile: the law of the deciding unit's place; nil while none was issued.
    package init(_ view: RecordView, item: CatalogueItem, profile: LegalProfile?, enteredOn: CivilDate, isListed: Bool) {
        func date(_ number: UInt32?) -> CivilDate? {
            guard let number, case .date(let date)? = view.fields.first(where: { $0.number == number })?.value, date < CivilDate.forever else { return nil }
            return date
        }
        let decided = date(item.roles.decisionDate) ?? enteredOn
        publicUntil = view.shown.publicUntil
        var holds: Set<RetentionHold> = []
        if let days = item.retentionDays {
            basis = item.code
            isVerified = true
            let from = decided.adding(days: Int(days) + 1)
            (archiveFrom, purgeFrom) = (from, from)
        } else if item.kind.isAdverse, let profile {
            basis = "\(profile.code) \(profile.number)"
            isVerified = profile.retention.isVerified && profile.terms.allSatisfy { $0.clock != .retention || $0.isVerified }
            // An act without an end of its own ended with its decision; “long term” (2099) is what the form asks for then.
            let dates = RetentionDates(formed: enteredOn, determined: decided, ended: date(item.roles.validTo) ?? decided)
            let last = profile.retentionEnd(dates)
            archiveFrom = last?.adding(days: 1)
            switch profile.retention.afterwards {
            case .delete, .notStated: purgeFrom = archiveFrom
            case .archive: purgeFrom = nil
            }
            if isListed, profile.retention.extendedWhileListed { holds.insert(.listed) }
        } else {
            (basis, isVerified, archiveFrom, purgeFrom) = (item.code, true, nil, nil)
        }
        holds.formUnion(RetentionHold.of(view))
        self.holds = RetentionHold.allCases.filter(holds.contains)
    }

    package func isArchived(on day: CivilDate) -> Bool { archiveFrom.map { $0 <= day } ?? false }

    /// Whether time is over, whatever holds it back.
    package func isOver(on day: CivilDate) -> Bool { purgeFrom.map { $0 <= day } ?? false }
}

extension RetentionHold {
    /// What a view itself holds back, on whatever ground it is to be purged.
    package static func of(_ view: RecordView) -> Set<RetentionHold> {
        var holds: Set<RetentionHold> = []
        if view.cases.contains(where: { $0.replyOwed || $0.status == .open || $0.status == .underReview }) { holds.insert(.caseOpen) }
        if !view.litigation.isEmpty { holds.insert(.litigation) }
        if !view.conflicts.isEmpty || view.cases.contains(where: { !$0.contradiction.isEmpty }) || view.tickets.contains(where: \.suspends) { holds.insert(.conflict) }
        if view.repair == .applied { holds.insert(.repairOpen) }
        return holds
    }
}
