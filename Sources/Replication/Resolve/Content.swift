import Registry

/// A question content answers: who the subject is, or what a field says.
package enum ContentPart: Sendable, Hashable, Comparable {
    case subject
    case field(UInt32)

    /// For people, files and canonical bytes: 0 is the subject.
    package var number: UInt32 {
        switch self {
        case .subject: 0
        case .field(let number): number
        }
    }

    package static func < (a: ContentPart, b: ContentPart) -> Bool { a.number < b.number }

    /// Total, where a liar's field 0 would stand beside the subject.
    var order: UInt64 {
        switch self {
        case .subject: 0
        case .field(let number): UInt64(number) + 1
        }
    }
}

/// An answer to it. Persons compare by their keyed digest: the ciphertext differs each time.
package enum ContentValue: Sendable, Hashable {
    case subject(String)
    case field(FieldValue)
    case empty
}

/// One value somebody stands by.
package struct ContentSay: Sendable, Hashable {
    package let change: Dot
    package let unit: String
    package let rank: InstrumentRank
    package let document: String
    package let value: ContentValue
}

/// Values of equal rank, none of whose authors knew of the other: visible until a named person decides (M3, M4).
package struct ContentConflict: Sendable, Hashable {
    package let part: ContentPart
    package let says: [ContentSay]
    /// What all of them had seen; nil when they agree on nothing before.
    package let lastAgreed: ContentValue?
    package let isMaterial: Bool
}

/// A value that does not count, kept with the reason.
package struct ContentProposal: Sendable, Hashable {
    package enum Reason: String, Sendable, Hashable {
        /// Of another unit than the deciding one (M2).
        case notCompetent = "not-competent"
        /// Its author knew of a superior instrument (M17).
        case ceded
        /// Concurrent with one of a higher rank, or an earlier stage of its procedure (M3).
        case outranked
    }
    package let part: ContentPart
    package let say: ContentSay
    package let reason: Reason
}

/// The fields of a decision, folded from its states and corrections (M1–M5).
struct Content {
    private(set) var subject: SubjectKey
    private(set) var fields: [RecordField]
    private(set) var conflicts: [ContentConflict] = []
    private(set) var proposals: [ContentProposal] = []
    /// Corrections whose value counts, ascending by origin.
    private(set) var corrections: [Dot] = []
    /// Their places in the history.
    private(set) var effective: [Int] = []

    init(_ members: Members, _ history: History, _ circumstances: Setting) {
        let base = members.canonical.said
        (subject, fields) = (base.state.subject, base.state.fields)
        let questions = Questions(members, history, circumstances)
        proposals = questions.proposals
        guard !questions.isPlain else { return }
        for (part, claims) in questions.open { settle(part, claims, history, circumstances.placed, questions) }
        if questions.open.count > 1 { effective = Set(effective).sorted() }
        corrections.reserveCapacity(effective.count)
        for index in effective { corrections.append(history.changes[index].origin) }
        if proposals.count > 1 { proposals.sort { ($0.part, $0.say.change) < ($1.part, $1.say.change) } }
    }

    private mutating func settle(
        _ part: ContentPart, _ claims: [Claim<ContentValue>], _ history: History, _ placed: PlacedItem?, _ questions: Questions
    ) {
        let settled = Settlement(claims, in: history)
        for claim in settled.ceded where questions.isCorrection(claim.change, history) {
            proposals.append(ContentProposal(part: part, say: history.say(claim), reason: .ceded))
        }
        for claim in settled.outranked where questions.isCorrection(claim.change, history) {
            proposals.append(ContentProposal(part: part, say: history.say(claim), reason: .outranked))
        }
        if let value = settled.agreed {
            set(part, value, of: settled.standing[0].change, history)
            for claim in settled.standing where questions.isCorrection(claim.change, history) { effective.append(claim.change) }
            return
        }
        let agreed = Content.lastAgreed(before: settled.standing, claims, history)
        if let agreed { set(part, agreed.value, of: agreed.change, history) } else if case .field = part { set(part, .empty, of: 0, history) }
        conflicts.append(
            ContentConflict(
                part: part, says: settled.standing.map { history.say($0) }, lastAgreed: agreed?.value,
                isMaterial: part == .subject || (placed?.item.isMaterial(part.number) ?? true)))
    }

    /// What every one of the conflicting authors had seen, settled among itself; a step further back while that is split.
    private static func lastAgreed(
        before standing: [Claim<ContentValue>], _ claims: [Claim<ContentValue>], _ history: History
    ) -> (value: ContentValue, change: Int)? {
        var above = standing, rest = claims
        for _ in 0..<8 {
            rest = rest.filter { old in above.allSatisfy { $0.change != old.change && history.saw($0.change, old.change) } }
            let settled = Settlement(rest, in: history)
            if let value = settled.agreed { return (value, settled.standing[0].change) }
            if settled.standing.isEmpty { return nil }
            above = settled.standing
        }
        return nil
    }

    private mutating func set(_ part: ContentPart, _ value: ContentValue, of change: Int, _ history: History) {
        switch part {
        case .subject: if let named = history.changes[change].change.kind.subject { subject = named }
        case .field(let number):
            var slot = 0
            while slot < fields.count, fields[slot].number < number { slot += 1 }
            let held = slot < fields.count && fields[slot].number == number
            switch value {
            case .field(let value):
                let field = RecordField(number: number, value: value)
                if held { fields[slot] = field } else { fields.insert(field, at: slot) }
            case .empty: if held { fields.remove(at: slot) }
            case .subject: break
            }
        }
    }
}

extension ChangeKind {
    /// The subject it names, where it is content.
    var subject: SubjectKey? {
        switch self {
        case .recordState(let state): state.subject
        case .act(.correction(let correction)): correction.subject
        case .act, .affair, .federation, .draftStep, .attachmentsAdded, .revocation, .listOpened, .listEntry, .listRemoval, .listEdition, .listDigests, .catalogue, .units, .profile,
            .calendar, .itemProposal, .proposalReply, .erasure, .optOut, .unknown: nil
        }
    }
}

extension History {
    func say(_ claim: Claim<ContentValue>) -> ContentSay {
        let held = changes[claim.change]
        return ContentSay(
            change: held.origin, unit: held.change.actor.unit, rank: claim.rank, document: held.instrument.document, value: claim.value)
    }
}
