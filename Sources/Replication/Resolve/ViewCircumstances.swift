import Registry

/// What a view depends on besides the changes of its decision (guarantee 1): editions in force, what is known of the
/// subject, and the date of the question. The date is read for deadlines, the label and publication, never for content.
package struct ViewCircumstances: Sendable {
    /// UTC+8.
    package var asOf: CivilDate
    /// The catalogue item of the state that stands, with what checks its fields; nil while its edition is not held.
    package var item: CatalogueItem?
    package var checker: RecordChecker?
    /// The narrowest disclosure that catalogues in force give the item; nil = the item's own (M40).
    package var disclosure: Disclosure?
    /// Law of the deciding unit's place.
    package var profile: LegalProfile?
    package var calendar: WorkCalendar?
    package var units: UnitRegistry?
    /// The subject stands on a serious-dishonesty list on that date (M27, M31).
    package var isListed = false
    /// The subject does not want this kind recorded (M47).
    package var optedOut = false
    /// The decision was purged here or anywhere (M43).
    package var isPurged = false
    /// Other adverse decisions of the same kind on the subject, by the day of the decision (M20).
    package var others: [CivilDate] = []
    /// An objection whose clock ran out without a reply stops publication (rules.md 3.3; configurable, on by default).
    package var overdueSuspends = true

    package init(asOf: CivilDate, item: CatalogueItem? = nil, checker: RecordChecker? = nil) {
        self.asOf = asOf
        self.item = item
        self.checker = checker
    }
}

/// The same, made once a question and handed on by reference: what is copied often should be small.
final class Setting: Sendable {
    let asOf: CivilDate
    let item: CatalogueItem?
    let roles: FieldRoles?
    let checker: RecordChecker?
    let disclosure: Disclosure?
    let profile: LegalProfile?
    let calendar: WorkCalendar?
    let units: UnitRegistry?
    let isListed: Bool
    let optedOut: Bool
    let isPurged: Bool
    let others: [CivilDate]
    let overdueSuspends: Bool

    /// How long a question may stay open: the law of the place, else what rules.md 3.4 says itself.
    func term(_ clock: ProfileClock) -> Term? { profile?.term(clock) ?? clock.ownTerm }

    init(_ one: ViewCircumstances) {
        asOf = one.asOf
        item = one.item
        roles = one.item?.roles
        checker = one.checker
        disclosure = one.disclosure
        profile = one.profile
        calendar = one.calendar
        units = one.units
        isListed = one.isListed
        optedOut = one.optedOut
        isPurged = one.isPurged
        others = one.others
        overdueSuspends = one.overdueSuspends
    }
}
