import Registry

/// The records that are one decision (M35), which of them speaks for all, and whose decision it is.
struct Members {
    struct Member {
        let id: Dot
        /// The change whose state stands, and that state.
        let change: Int
        let state: RecordState
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
        for index in history.indices(of: .state) {
            let held = history.changes[index]
            guard case .recordState(let state) = held.change.kind else { continue }
            let member = Member(id: held.record, change: index, state: state)
            if let slot = standing.firstIndex(where: { $0.id == member.id }) {
                if Members.stands(index, state, over: standing[slot], history) { standing[slot] = member }
            } else {
                standing.append(member)
            }
        }
        if standing.count > 1 { standing.sort { $0.id < $1.id } }
        all = standing
        guard var first = all.first else { return nil }
        let code = setting.roles?.authorityCode
        // A record counts for its decision once it is effective; drafts never speak for others.
        let greatest = all.map(\.state.validity).max() ?? .draft
        let candidates = all.filter { $0.state.validity == greatest }
        first = candidates.first ?? first
        canonical = candidates.first { history.changes[$0.change].change.actor.unit == $0.state.text(code) } ?? first
        unit = history.changes[canonical.change].change.actor.unit
        authority = canonical.state.text(code)
    }

    /// Of several whole states of one record the highest validity, then the causally later, then the smaller origin.
    private static func stands(_ index: Int, _ state: RecordState, over current: Member, _ history: History) -> Bool {
        if state.validity != current.state.validity { return state.validity > current.state.validity }
        let later = history.saw(index, current.change), earlier = history.saw(current.change, index)
        if later != earlier { return later }
        // The history ascends by origin: what came first has the smaller one.
        return false
    }

    /// Whether a unit may decide content (P1): the deciding unit, the authority named, or who has their duties.
    func isDeciding(_ other: String, _ units: UnitRegistry?) -> Bool {
        if other == unit || (!authority.isEmpty && other == authority) { return true }
        guard let units, let heir = CreditCode(other), let old = CreditCode(unit) else { return false }
        if units.hasDuties(of: old, heir) { return true }
        return CreditCode(authority).map { units.hasDuties(of: $0, heir) } ?? false
    }

    /// Where the deciding unit's node stands.
    func home(_ history: History) -> NodePath { canonical.state.home ?? canonical.id.replica.path }
}
