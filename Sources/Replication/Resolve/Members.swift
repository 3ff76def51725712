import Registry

/// The records that are one decision (M35), which of them speaks for all, and whose decision it is.
final class Members: Sendable {
    struct Member: Sendable {
        let id: Dot
        /// The change whose state stands, and that state.
        let change: Int
        let said: SaidState
        var state: RecordState { said.state }
        var validity: Validity { said.state.validity }
    }

    /// Ascending by id; never empty.
    let all: [Member]
    /// The one from the deciding unit's own node, else the smallest id.
    let canonical: Member
    /// The unit that entered the canonical record, and the authority its content names.
    let unit: String
    let authority: String

    /// - Returns: nil when nothing in the history gives any record a state.
    init?(_ history: History, _ setting: Setting) {
        // Few are the records of one decision.
        var standing: [Member] = []
        if history.sorts.contains(.state) {
            for index in history.changes.indices {
                let held = history.changes[index]
                guard case .state(let said) = held.said else { continue }
                let member = Member(id: held.record, change: index, said: said)
                if let slot = standing.firstIndex(where: { $0.id == member.id }) {
                    if Members.stands(index, said, over: standing[slot], history) { standing[slot] = member }
                } else {
                    standing.append(member)
                }
            }
        }
        guard var first = standing.first else { return nil }
        let code = setting.placed?.authorityCode
        if standing.count > 1 {
            standing.sort { $0.id < $1.id }
            // A record counts for its decision once it is effective; drafts never speak for others.
            let greatest = standing.map(\.validity).max() ?? .draft
            let candidates = standing.filter { $0.validity == greatest }
            first = candidates.first ?? first
            first = candidates.first { history.changes[$0.change].change.actor.unit == $0.said.state.text(code) } ?? first
        }
        (all, canonical) = (standing, first)
        unit = history.changes[first.change].change.actor.unit
        authority = first.said.state.text(code)
    }

    /// Of several whole states of one record the highest validity, then the causally later, then the smaller origin.
    private static func stands(_ index: Int, _ said: SaidState, over current: Member, _ history: History) -> Bool {
        if said.state.validity != current.validity { return said.state.validity > current.validity }
        let later = history.saw(index, current.change), earlier = history.saw(current.change, index)
        if later != earlier { return later }
        // The history ascends by origin: what came first has the smaller one.
        return false
    }

    /// Whether a unit may decide content (P1): the deciding unit, the authority named, or who has their duties.
    func isDeciding(_ other: String, _ setting: Setting) -> Bool {
        if other == unit || (!authority.isEmpty && other == authority) { return true }
        guard let units = setting.units, let heir = CreditCode(other), let old = CreditCode(unit) else { return false }
        if units.hasDuties(of: old, heir) { return true }
        return CreditCode(authority).map { units.hasDuties(of: $0, heir) } ?? false
    }

    /// Where the deciding unit's node stands.
    func home(_ history: History) -> NodePath { canonical.said.state.home ?? canonical.id.replica.path }
}
