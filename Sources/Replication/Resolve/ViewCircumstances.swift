import Registry

/// What a view depends on besides the changes of its decision (guarantee 1): editions in force, what is known of the
/// subject, and the date of the question. The date is read for deadlines, the label and publication, never for content.
///
/// What is large is kept by reference: circumstances are made once and asked about many records.
package struct ViewCircumstances: Sendable {
    /// UTC+8.
    package var asOf: CivilDate
    /// The narrowest disclosure that catalogues in force give the item; nil = the item's own (M40).
    package var disclosure: Disclosure?
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

    fileprivate var placed: PlacedItem?
    fileprivate var check: Kept<RecordChecker?>
    fileprivate var law = ViewCircumstances.noLaw
    fileprivate var workdays = ViewCircumstances.noWorkdays
    fileprivate var registry = ViewCircumstances.noRegistry

    private static let noCheck = Kept<RecordChecker?>(nil), noLaw = Kept<LegalProfile?>(nil)
    private static let noWorkdays = Kept<WorkCalendar?>(nil), noRegistry = Kept<UnitRegistry?>(nil)

    package init(asOf: CivilDate, item: CatalogueItem? = nil, checker: RecordChecker? = nil) {
        self.asOf = asOf
        placed = item.map { PlacedItem($0) }
        check = checker.map { Kept($0) } ?? Self.noCheck
    }

    /// The catalogue item of the state that stands, with what checks its fields; nil while its edition is not held.
    package var item: CatalogueItem? {
        get { placed?.item }
        set { placed = newValue.map { PlacedItem($0) } }
    }
    package var checker: RecordChecker? {
        get { check.value }
        set { check = Kept(newValue) }
    }
    /// Law of the deciding unit's place.
    package var profile: LegalProfile? {
        get { law.value }
        set { law = Kept(newValue) }
    }
    package var calendar: WorkCalendar? {
        get { workdays.value }
        set { workdays = Kept(newValue) }
    }
    package var units: UnitRegistry? {
        get { registry.value }
        set { registry = Kept(newValue) }
    }
}

/// A value handed on by reference.
final class Kept<Value: Sendable>: Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}

/// A catalogue item, with what a view asks of it again and again.
final class PlacedItem: Sendable {
    let item: CatalogueItem
    let authorityCode: UInt32?
    let documentNumber: UInt32?
    /// Fields on which the period of publication hangs.
    let telling: [UInt32]

    init(_ item: CatalogueItem) {
        self.item = item
        (authorityCode, documentNumber) = (item.roles.authorityCode, item.roles.documentNumber)
        telling = [item.roles.decisionDate, item.roles.severity, item.roles.sanctions, item.roles.validTo].compactMap(\.self)
    }
}

/// The same, made once a question and handed on by reference: what is copied often should be small.
final class Setting: Sendable {
    let asOf: CivilDate
    let disclosure: Disclosure?
    let isListed: Bool
    let optedOut: Bool
    let isPurged: Bool
    let overdueSuspends: Bool
    let others: [CivilDate]
    let placed: PlacedItem?
    private let check: Kept<RecordChecker?>
    let law: Kept<LegalProfile?>
    private let workdays: Kept<WorkCalendar?>
    private let registry: Kept<UnitRegistry?>

    /// How long a question may stay open: the law of the place, else what rules.md 3.4 says itself.
    func term(_ clock: ProfileClock) -> Term? { profile?.term(clock) ?? clock.ownTerm }

    init(_ one: ViewCircumstances) {
        asOf = one.asOf
        disclosure = one.disclosure
        isListed = one.isListed
        optedOut = one.optedOut
        isPurged = one.isPurged
        overdueSuspends = one.overdueSuspends
        others = one.others
        placed = one.placed
        check = one.check
        law = one.law
        workdays = one.workdays
        registry = one.registry
    }

    // Copies: for what is seldom asked.
    var item: CatalogueItem? { placed?.item }
    var roles: FieldRoles? { placed?.item.roles }
    var checker: RecordChecker? { check.value }
    var profile: LegalProfile? { law.value }
    var calendar: WorkCalendar? { workdays.value }
    var units: UnitRegistry? { registry.value }
}
