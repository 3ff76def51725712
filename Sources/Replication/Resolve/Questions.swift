import Registry

/// The parts of a decision's content about which more than one change has something to say.
struct Questions {
    private(set) var claims: [ContentPart: [Claim<ContentValue>]] = [:]
    /// What other units propose (M2).
    private(set) var proposals: [ContentProposal] = []

    /// Nothing but one state: no question is open.
    var isPlain: Bool { claims.isEmpty }

    init(_ members: Members, _ history: History, _ circumstances: Setting) {
        var corrections: [(index: Int, correction: Correction)] = []
        for index in history.indices(of: .correction) {
            let held = history.changes[index]
            guard case .act(.correction(let correction)) = held.change.kind else { continue }
            if Questions.counts(correction, held, members, circumstances) {
                corrections.append((index, correction))
            } else {
                for (part, value) in correction.parts {
                    let say = ContentSay(
                        change: held.origin, unit: held.change.actor.unit, rank: correction.basis.rank, document: correction.basis.document, value: value)
                    proposals.append(ContentProposal(part: part, say: say, reason: .notCompetent))
                }
            }
        }
        if corrections.isEmpty, members.all.count == 1 { return }
        let speakers = Questions.speakers(members, history, circumstances)
        var parts: Set<ContentPart> = []
        for one in corrections { for (part, _) in one.correction.parts { parts.insert(part) } }
        for other in speakers where other.id != members.canonical.id { parts.formUnion(other.state.differences(from: members.canonical.state)) }
        guard !parts.isEmpty else { return }
        // The order of changes is kept within each question.
        for part in parts {
            for member in speakers { add(part, member.state.value(part), member.change, Questions.entry) }
        }
        for one in corrections {
            for (part, value) in one.correction.parts { add(part, value, one.index, one.correction.basis) }
        }
        claims = claims.mapValues { $0.sorted { $0.change < $1.change } }
    }

    /// An entry rests on the decision itself; any correction of the deciding unit that saw it may change it.
    private static let entry = Basis(rank: .technical, reason: "")

    private mutating func add(_ part: ContentPart, _ value: ContentValue, _ change: Int, _ basis: Basis) {
        claims[part, default: []].append(Claim(change: change, basis: basis, value: value))
    }

    /// Whose states count: those of the deciding unit; the canonical record's always (M35).
    private static func speakers(_ members: Members, _ history: History, _ circumstances: Setting) -> [Members.Member] {
        members.all.filter { member in
            if member.id == members.canonical.id { return true }
            guard member.state.validity == members.canonical.state.validity else { return false }
            return members.isDeciding(history.changes[member.change].change.actor.unit, circumstances.units)
        }
    }

    /// Competence (P1, property 5): the deciding unit; whoever executes an instrument of R2 or above; a platform that
    /// repairs its replica with proof of the source (T6).
    private static func counts(_ correction: Correction, _ held: HeldChange, _ members: Members, _ circumstances: Setting) -> Bool {
        switch correction.basis.rank {
        case .technical: correction.source != nil
        case .decidingUnit: Questions.isCompetent(held.change.actor.unit, members, circumstances)
        case .superior, .reconsideration, .court: !correction.basis.document.isEmpty
        }
    }

    private static func isCompetent(_ unit: String, _ members: Members, _ circumstances: Setting) -> Bool {
        #if PLANTED_BUGS
            // Anybody's correction counts.
            if plantedBug == 7 { return true }
        #endif
        return members.isDeciding(unit, circumstances.units)
    }

    func isCorrection(_ change: Int, _ history: History) -> Bool {
        if case .act(.correction) = history.changes[change].change.kind { true } else { false }
    }
}

extension Correction {
    /// What it sets or clears, ascending.
    var parts: [(part: ContentPart, value: ContentValue)] {
        var parts: [(part: ContentPart, value: ContentValue)] = []
        if let subject { parts.append((.subject, .subject(subject.lookupText))) }
        for field in fields { parts.append((.field(field.number), .field(field.value))) }
        for number in cleared { parts.append((.field(number), .empty)) }
        return parts.sorted { $0.part < $1.part }
    }

    /// Fields with what it sets and without what it clears, ascending.
    func applied(to old: [RecordField]) -> [RecordField] {
        let touched = Set(fields.map(\.number) + cleared)
        return (old.filter { !touched.contains($0.number) } + fields).sorted { $0.number < $1.number }
    }
}

extension RecordState {
    func value(_ part: ContentPart) -> ContentValue {
        switch part {
        case .subject: .subject(subject.lookupText)
        case .field(let number): value(number).map { .field($0) } ?? .empty
        }
    }

    /// Parts in which two states differ.
    func differences(from other: RecordState) -> [ContentPart] {
        var parts: [ContentPart] = subject.lookupText == other.subject.lookupText ? [] : [.subject]
        var a = fields[...], b = other.fields[...]
        while let x = a.first, let y = b.first {
            if x.number == y.number {
                if x.value != y.value { parts.append(.field(x.number)) }
                (a, b) = (a.dropFirst(), b.dropFirst())
            } else if x.number < y.number {
                parts.append(.field(x.number))
                a = a.dropFirst()
            } else {
                parts.append(.field(y.number))
                b = b.dropFirst()
            }
        }
        return parts + (a + b).map { .field($0.number) }
    }
}
