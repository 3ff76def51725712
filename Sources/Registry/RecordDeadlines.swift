/// What is due for one record and until when it is shown: derived from its fields, never stored, never sealed.
/// Clocks never touch content; these are the only places where a date of today matters.
package struct RecordDeadlines: Sendable, Hashable {
    /// Last day to report it; nil when the item sets none, or there is no calendar.
    package var reportBy: DueDate?
    /// Period of publication by the profile; nil when the item publishes otherwise or the profile says nothing.
    package var span: PublicationSpan?
    /// Last day of publication; nil = not published, or open.
    package var publicUntil: CivilDate?
    /// Whether it is ever published at all: item, subject and profile allow it.
    package var isPublic: Bool

    /// - Parameters:
    ///   - value: the record's fields by number.
    ///   - profile: the law of the deciding unit's place; nil while none was issued.
    ///   - calendar: nil while none was issued.
    package init(item: CatalogueItem, subject: SubjectKind, value: (UInt32) -> FieldValue?, profile: LegalProfile?, calendar: WorkCalendar?) {
        func date(_ number: UInt32?) -> CivilDate? {
            guard let number, case .date(let date)? = value(number) else { return nil }
            return date
        }
        func text(_ number: UInt32?) -> String {
            guard let number, case .text(let text)? = value(number) else { return "" }
            return text
        }
        if let deadline = item.deadline, let start = date(deadline.from), let calendar { reportBy = item.reportingDue(from: start, calendar) }
        let allowed = item.disclosure == .public && (profile?.mayPublish(subject) ?? (subject != .person))
        switch item.publication {
        case .never: isPublic = false
        case .whileValid:
            isPublic = allowed
            if allowed { publicUntil = date(item.roles.validTo) }
        case .fixed, .bySeverity:
            guard let decided = date(item.roles.decisionDate), let profile else {
                isPublic = false
                return
            }
            let severity: SeverityClass
            if case .fixed(let one) = item.publication {
                severity = one
            } else if let named = SeverityClass(text: text(item.roles.severity)) {
                severity = named
            } else {
                severity = profile.severity(ofSanctions: text(item.roles.sanctions), on: decided) ?? .general
            }
            span = profile.span(severity, instrument: decided)
            publicUntil = allowed ? span?.lastDay : nil
            isPublic = allowed && span?.lastDay != nil
        }
    }
}
