import Registry

/// What a change says, by reference: a view asks many changes the same questions, and to copy a whole change costs more than
/// most answers.
enum Said: Sendable {
    case state(SaidState)
    case correction(SaidCorrection)
    case objection(SaidObjection)
    case reply(SaidReply)
    /// Asked so seldom that it is read from the change.
    case other

    init(_ kind: ChangeKind) {
        switch kind {
        case .recordState(let state): self = .state(SaidState(state))
        case .act(let act):
            switch act {
            case .correction(let correction): self = .correction(SaidCorrection(correction))
            case .objection(let objection): self = .objection(SaidObjection(objection))
            case .reply(let reply): self = .reply(SaidReply(reply))
            case .upheld, .reviewRequest, .forwarding, .repair, .publication, .litigation, .identity, .fulfilment: self = .other
            }
        case .affair, .attachmentsAdded, .federation, .draftStep, .revocation, .listOpened, .listEntry, .listRemoval, .listEdition, .listDigests, .catalogue, .units, .profile,
            .calendar, .itemProposal, .proposalReply, .erasure, .optOut, .unknown: self = .other
        }
    }
}

final class SaidState: Sendable {
    let state: RecordState
    init(_ state: RecordState) { self.state = state }
}

final class SaidCorrection: Sendable {
    let correction: Correction
    init(_ correction: Correction) { self.correction = correction }
}

final class SaidObjection: Sendable {
    let objection: Objection
    init(_ objection: Objection) { self.objection = objection }
}

final class SaidReply: Sendable {
    let reply: ObjectionReply
    init(_ reply: ObjectionReply) { self.reply = reply }
}

extension HeldChange {
    var state: SaidState? { if case .state(let one) = said { one } else { nil } }
    var correction: SaidCorrection? { if case .correction(let one) = said { one } else { nil } }
    var objection: SaidObjection? { if case .objection(let one) = said { one } else { nil } }
    var reply: SaidReply? { if case .reply(let one) = said { one } else { nil } }

    /// The document it rests on, and that which this one follows, where it claims something; a state rests on the decision itself.
    var instrument: (document: String, follows: String) {
        switch said {
        case .correction(let one): return (one.correction.basis.document, one.correction.basis.follows)
        case .reply(let one): return (one.reply.basis.document, one.reply.basis.follows)
        case .state, .objection: return ("", "")
        case .other:
            guard case .act(.fulfilment(let one)) = change.kind else { return ("", "") }
            return (one.basis.document, one.basis.follows)
        }
    }
}
