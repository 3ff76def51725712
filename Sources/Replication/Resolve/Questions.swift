import Registry

/// The parts of a decision's content about which more than one change has something to say.
struct Questions {
    /// Ascending by part; each with its claims, ascending by change.
    private(set) var open: [(part: ContentPart, claims: [Claim<ContentValue>])] = []
    /// What other units propose (M2).
    private(set) var proposals: [ContentProposal] = []

    /// Nothing but one state: no question is open.
    var isPlain: Bool { open.isEmpty }

    private typealias Said = (part: ContentPart, claim: Claim<ContentValue>)

    init(_ members: Members, _ history: History, _ circumstances: Setting) {
        var said: [Said] = []
        if history.sorts.contains(.correction) {
            for index in history.changes.indices {
                let held = history.changes[index]
                guard case .correction(let one) = held.said else { continue }
                if Questions.counts(one, held, members, circumstances) {
                    let rank = one.correction.basis.rank
                    one.correction.eachPart { part, value in said.append((part, Claim(change: index, rank: rank, value: value))) }
                } else {
                    for (part, value) in one.correction.parts {
                        let say = ContentSay(
                            change: held.origin, unit: held.change.actor.unit, rank: one.correction.basis.rank, document: one.correction.basis.document, value: value)
                        proposals.append(ContentProposal(part: part, say: say, reason: .notCompetent))
                    }
                }
            }
        }
        if said.isEmpty, members.all.count == 1 { return }
        let speakers = members.all.count == 1 ? members.all : Questions.speakers(members, history, circumstances)
        var parts: [ContentPart] = []
        for one in said where parts.last != one.part { parts.append(one.part) }
        for other in speakers where other.id != members.canonical.id { parts += other.said.state.differences(from: members.canonical.said.state) }
        guard !parts.isEmpty else { return }
        if parts.count > 1 {
            parts.sort { $0.order < $1.order }
            parts = parts.indices.filter { $0 == 0 || parts[$0] != parts[$0 - 1] }.map { parts[$0] }
        }
        ask(parts, said, speakers)
    }

    /// Sorts what is said by question; the order of changes is kept within each.
    private mutating func ask(_ parts: [ContentPart], _ said: [Said], _ speakers: [Members.Member]) {
        open.reserveCapacity(parts.count)
        var ordered = said
        if parts.count > 1 { ordered.sort { ($0.part.order, $0.claim.change) < ($1.part.order, $1.claim.change) } }
        var next = 0
        for part in parts {
            var claims: [Claim<ContentValue>] = [], isOrdered = true
            for member in speakers { claims.append(Claim(change: member.change, rank: Questions.entry, value: member.said.state.value(part))) }
            while next < ordered.count, ordered[next].part == part {
                if let last = claims.last, last.change > ordered[next].claim.change { isOrdered = false }
                claims.append(ordered[next].claim)
                next += 1
            }
            if !isOrdered || speakers.count > 1 { claims.sort { $0.change < $1.change } }
            open.append((part, claims))
        }
    }

    /// An entry rests on the decision itself; any correction of the deciding unit that saw it may change it.
    private static let entry = InstrumentRank.technical

    /// Whose states count: those of the deciding unit; the canonical record's always (M35).
    private static func speakers(_ members: Members, _ history: History, _ circumstances: Setting) -> [Members.Member] {
        members.all.filter { member in
            if member.id == members.canonical.id { return true }
            guard member.validity == members.canonical.validity else { return false }
            return members.isDeciding(history.changes[member.change].change.actor.unit, circumstances)
        }
    }

    /// Competence (P1, property 5): the deciding unit; whoever executes an instrument of R2 or above; a platform that
    /// repairs its replica with proof of the source (T6).
    private static func counts(_ said: SaidCorrection, _ held: HeldChange, _ members: Members, _ circumstances: Setting) -> Bool {
        switch said.correction.basis.rank {
        case .technical: said.correction.source != nil
        case .decidingUnit: Questions.isCompetent(held.change.actor.unit, members, circumstances)
        case .superior, .reconsideration, .court: !said.correction.basis.document.isEmpty
        }
    }

    private static func isCompetent(_ unit: String, _ members: Members, _ circumstances: Setting) -> Bool {
        #if PLANTED_BUGS
            // Anybody's correction counts.
            if plantedBug == 7 { return true }
        #endif
        return members.isDeciding(unit, circumstances)
    }

    func isCorrection(_ change: Int, _ history: History) -> Bool {
        history.changes[change].sort == .correction
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

    /// ``parts`` one by one, in their order; usually one field and nothing else.
    func eachPart(_ body: (ContentPart, ContentValue) -> Void) {
        if subject == nil, cleared.isEmpty, fields.count == 1 { return body(.field(fields[0].number), .field(fields[0].value)) }
        for (part, value) in parts { body(part, value) }
    }

    /// Whether it sets or clears any of these.
    func touches(_ number: (UInt32) -> Bool) -> Bool {
        for index in fields.indices where number(fields[index].number) { return true }
        for one in cleared where number(one) { return true }
        return subject != nil && number(0)
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
