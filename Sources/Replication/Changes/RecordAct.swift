import Registry

/// What people do to an existing record: correct it, object, decide, repair, mark (rules.md 3.3). Which of it counts is
/// decided where all changes of the decision are seen.
package enum RecordAct: Sendable, Hashable {
    case correction(Correction)
    case upheld(InstrumentUpheld)
    case objection(Objection)
    case reply(ObjectionReply)
    case reviewRequest(ReviewRequest)
    case forwarding(Forwarding)
    case repair(RepairAct)
    case publication(PublicationMark)
    case litigation(LitigationMark)
    case identity(IdentityLink)
    case fulfilment(Fulfilment)

    /// Whatever spares the subject is relief (P7).
    package var lane: Lane {
        switch self {
        case .objection, .reviewRequest: .relief
        case .correction(let correction): correction.objection == nil ? .ordinary : .relief
        case .reply(let reply): reply.outcome == .upheld ? .relief : .ordinary
        case .repair(let act): act.step.isRelief ? .relief : .ordinary
        case .publication(let mark): mark.step == .resumed ? .ordinary : .relief
        case .litigation(let mark): mark.isClosed ? .ordinary : .relief
        case .identity(let link): link.isSame ? .ordinary : .relief
        case .upheld, .forwarding, .fulfilment: .ordinary
        }
    }

    /// Stable, for people and exports.
    package var name: String {
        switch self {
        case .correction: "correction"
        case .upheld: "instrument-upheld"
        case .objection: "objection"
        case .reply: "objection-reply"
        case .reviewRequest: "review-request"
        case .forwarding: "forwarding"
        case .repair: "repair"
        case .publication: "publication-mark"
        case .litigation: "litigation-mark"
        case .identity: "identity-link"
        case .fulfilment: "fulfilment"
        }
    }

    /// What relief names by itself.
    package var target: ReliefTarget? {
        switch self {
        case .correction(let correction): correction.target
        case .objection(let objection): objection.target
        case .repair(let act): act.target
        case .publication(let mark): mark.target
        case .upheld, .reply, .reviewRequest, .forwarding, .litigation, .identity, .fulfilment: nil
        }
    }

    /// Decisions need two persons (T3, T5, T9, T12–T14); taking something in does not.
    package var needsReviewer: Bool {
        switch self {
        case .correction, .upheld, .reply, .identity, .fulfilment: true
        case .repair(let act): act.step != .applied
        case .publication(let mark): mark.step == .resumed
        case .objection, .reviewRequest, .forwarding, .litigation: false
        }
    }
}

extension ChangeKind {
    /// The natural key that relief names by itself, so that it acts before its record has come; nil for all else.
    package var relievedKey: Digest? {
        switch self {
        case .revocation(let revocation): revocation.naturalKey
        case .act(let act): act.lane == .relief ? act.target?.naturalKey : nil
        case .federation(let act): act.relievedKey
        case .draftStep(let step): step.target?.naturalKey
        case .recordState, .affair, .attachmentsAdded, .listOpened, .listEntry, .listRemoval, .listEdition, .listDigests, .catalogue, .units, .profile, .calendar,
            .itemProposal, .proposalReply, .erasure, .optOut, .unknown: nil
        }
    }
}
