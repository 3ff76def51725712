import Registry

/// What the root issues in editions. Raw values stand in databases and commands.
package enum EditionKind: String, Sendable, Hashable, CaseIterable {
    case catalogue
    case units
    case profile
    case calendar
}

/// One edition of an issued object: travels down, and is named by its digest.
package enum IssuedObject: Sendable, Hashable {
    case catalogue(Catalogue)
    case units(UnitRegistry)
    case profile(LegalProfile)
    case calendar(WorkCalendar)

    package var kind: EditionKind {
        switch self {
        case .catalogue: .catalogue
        case .units: .units
        case .profile: .profile
        case .calendar: .calendar
        }
    }

    /// Which profile or calendar; empty where there is one of the kind.
    package var code: String {
        switch self {
        case .catalogue, .units: ""
        case .profile(let profile): profile.code
        case .calendar(let calendar): calendar.code
        }
    }

    package var number: UInt64 {
        switch self {
        case .catalogue(let catalogue): catalogue.number
        case .units(let registry): registry.number
        case .profile(let profile): profile.number
        case .calendar(let calendar): calendar.number
        }
    }

    package var title: String {
        switch self {
        case .catalogue(let catalogue): catalogue.title
        case .units(let registry): registry.title
        case .profile(let profile): profile.titleZh
        case .calendar(let calendar): calendar.title
        }
    }

    /// Everything wrong with it; empty when it may be issued.
    package var faults: [String] {
        switch self {
        case .catalogue(let catalogue): catalogue.faults()
        case .units(let registry): registry.faults()
        case .profile(let profile): profile.faults()
        case .calendar(let calendar): calendar.faults()
        }
    }

    package var change: ChangeKind {
        switch self {
        case .catalogue(let catalogue): .catalogue(catalogue)
        case .units(let registry): .units(registry)
        case .profile(let profile): .profile(profile)
        case .calendar(let calendar): .calendar(calendar)
        }
    }

    /// - Returns: nil for a change that issues nothing of the kind.
    package init?(_ change: ChangeKind) {
        switch change {
        case .catalogue(let catalogue): self = .catalogue(catalogue)
        case .units(let registry): self = .units(registry)
        case .profile(let profile): self = .profile(profile)
        case .calendar(let calendar): self = .calendar(calendar)
        case .recordState, .attachmentsAdded, .revocation, .act, .affair, .federation, .draftStep, .listOpened, .listEntry, .listRemoval, .listEdition, .listDigests, .itemProposal, .proposalReply,
            .erasure, .optOut, .unknown: return nil
        }
    }
}
