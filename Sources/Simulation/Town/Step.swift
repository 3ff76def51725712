/// What happens in one step. Raw values stand in traces.
package enum StepKind: String, Sendable, Hashable, CaseIterable {
    // Clerks.
    case enter, enterAgain = "enter-again", draft, submit, correct, correctStale = "correct-stale", revoke, object, reply, review, repair, publication, litigation, identity, uphold
    case handIn = "hand-in", approve, sendBack = "send-back"
    case file, assign
    case honour, wish, wishWithdrawn = "wish-withdrawn", commitment, fulfil
    case purge, rule
    case registry, catalogue, profile
    case listAdd = "list-add", listPublish = "list-publish", listRemove = "list-remove", lookup
    case statement
    // The network at work.
    case carry
    // Faults.
    case lineDown = "line-down", lineUp = "line-up", duplicate, overtake, lose, spoil
    case powerCut = "power-cut", blackout, restart
    case clockJump = "clock-jump", clockError = "clock-error"
    case image, restore

    /// How often, against the sum of all.
    var weight: Int {
        switch self {
        case .enter: 70
        case .enterAgain: 35
        case .draft: 12
        case .submit: 12
        case .correct: 75
        case .correctStale: 45
        case .revoke: 12
        case .object: 45
        case .reply: 40
        case .review: 14
        case .repair: 40
        case .publication: 20
        case .litigation: 14
        case .identity: 12
        case .uphold: 5
        case .handIn: 9
        case .approve: 9
        case .sendBack: 3
        case .file: 22
        case .assign: 6
        case .honour: 10
        case .wish: 5
        case .wishWithdrawn: 2
        case .commitment: 10
        case .fulfil: 10
        case .purge: 14
        case .rule: 8
        case .registry: 3
        case .catalogue: 4
        case .profile: 2
        case .listAdd: 14
        case .listPublish: 8
        case .listRemove: 8
        case .lookup: 12
        case .statement: 5
        case .carry: 420
        case .lineDown: 14
        case .lineUp: 30
        case .duplicate: 20
        case .overtake: 20
        case .lose: 8
        case .spoil: 10
        case .powerCut: 9
        case .blackout: 4
        case .restart: 2
        case .clockJump: 4
        case .clockError: 3
        case .image: 5
        case .restore: 2
        }
    }

    package var isFault: Bool {
        switch self {
        case .lineDown, .duplicate, .overtake, .lose, .spoil, .powerCut, .blackout, .restart, .clockJump, .clockError, .restore: true
        case .enter, .enterAgain, .draft, .submit, .correct, .correctStale, .revoke, .object, .reply, .review, .repair, .publication, .litigation, .identity,
            .uphold, .handIn, .approve, .sendBack, .file, .assign, .honour, .wish, .wishWithdrawn, .commitment, .fulfil, .purge, .rule, .registry, .catalogue,
            .profile, .listAdd, .listPublish, .listRemove, .lookup, .statement, .carry, .lineUp, .image: false
        }
    }
}

/// One step of a run: what, and the numbers it draws on. It means the same whatever steps stand before it, as far as what
/// it speaks of is there: so steps can be left out and the rest run again.
package struct Step: Sendable, Hashable {
    package let number: Int
    package let kind: StepKind
    let seed: UInt64

    var random: SplitMix64 { SplitMix64(seed: seed) }

    /// The steps that a seed stands for.
    /// - Parameter without: kinds that are not drawn; the others keep their shares of each other.
    package static func all(seed: UInt64, count: Int, without: Set<StepKind> = []) -> [Step] {
        let kinds = StepKind.allCases.filter { !without.contains($0) }, total = kinds.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return [] }
        var random = SplitMix64.derived(from: seed, "steps")
        return (0..<count).map { number in
            var ticket = random.below(total)
            let kind = kinds.first { kind in
                ticket -= kind.weight
                return ticket < 0
            }
            guard let kind else { preconditionFailure("weights add up to their sum") }
            return Step(number: number, kind: kind, seed: random.next())
        }
    }
}
