import Foundation
import Registry
import SwiftProtobuf

extension Change {
    /// The sealed body. Deterministic for one value, but never re-made from a decoded one: the stored
    /// bytes are what is relayed.
    package func serialized() throws -> [UInt8] { try RecordWriter.bytes(self) ?? serializedGenerally() }

    /// By the general encoder, whatever the kind.
    package func serializedGenerally() throws -> [UInt8] { try wire.serializedBytes() }

    /// Reads a sealed body of at most ``SealedChangeSet/maximumBodyBytes``.
    /// - Throws: ``CodingFault`` for bytes that are no change or break an invariant of its parts.
    package init(serialized bytes: [UInt8]) throws(CodingFault) {
        var scan = PlainRecord()
        if scan.read(bytes.span, 0..<bytes.count), let plain = scan.change(bytes.span) {
            self = plain
        } else if let act = ActScan.change(bytes.span) {
            self = act
        } else {
            try self.init(generally: bytes)
        }
    }

    /// By the general decoder, whatever the form.
    package init(generally bytes: [UInt8]) throws(CodingFault) {
        try ChangeBounds.check(bytes)
        let wire: WireChange
        do { wire = try WireChange(serializedBytes: bytes) } catch { throw CodingFault("not a change: \(error)") }
        if case .reissued(let reissued)? = wire.kind {
            if let change = try Change.read(wire, reissued) { self = change } else { try self.init(wire) }
        } else {
            try self.init(wire)
        }
    }

    private var wire: WireChange {
        if let proof { return wire(reissuedWith: proof) }
        var wire = WireChange()
        if let origin { wire.origin = origin.wire }
        if let record { wire.record = record.wire }
        wire.previous = previous
        wire.context = context.wire
        wire.actor.unit = actor.unit
        wire.actor.operator = actor.operator
        if let reviewer = actor.reviewer { wire.actor.reviewer = reviewer }
        wire.capturedAt = capturedAt
        wire.editions = editions.map(\.data)
        switch kind {
        case .recordState(let state): wire.recordState = state.wire
        case .attachmentsAdded(let added): wire.attachmentsAdded = added.wire
        case .revocation(let revocation): wire.revocation = revocation.wire
        case .act(let act): act.write(&wire)
        case .affair(let affair): affair.write(&wire)
        case .federation(let act): act.write(&wire)
        case .draftStep(let step): wire.draftStep = step.wire
        case .listOpened(let opened): wire.listOpened = opened.wire
        case .listEntry(let entry): wire.listEntry = entry.wire
        case .listRemoval(let removal): wire.listRemoval = removal.wire
        case .listEdition(let edition): wire.listEdition = edition.wire
        case .listDigests(let digests): wire.listDigests = digests.wire
        case .catalogue(let catalogue): wire.catalogueEdition = catalogue.wire
        case .units(let registry): wire.unitRegistryEdition = registry.wire
        case .profile(let profile): wire.legalProfileEdition = profile.wire
        case .calendar(let calendar): wire.calendarEdition = calendar.wire
        case .itemProposal(let proposal): wire.itemProposal = proposal.wire
        case .proposalReply(let reply): wire.proposalReply = reply.wire
        case .erasure(let order): wire.erasureOrder = order.wire
        case .optOut(let wish): wire.optOutWish = wish.wire
        case .unknown: break
        }
        return wire
    }

    private init(_ wire: WireChange) throws(CodingFault) {
        guard wire.editions.count <= 16 else { throw CodingFault("more than 16 editions named") }
        var editions: [Digest] = []
        for edition in wire.editions { editions.append(try Digest(wire: edition, "an edition")) }
        let actor = wire.actor, context = wire.context
        self.init(
            origin: wire.hasOrigin ? try Dot(wire.origin) : nil,
            record: wire.hasRecord ? try Dot(wire.record) : nil,
            previous: wire.previous,
            context: context.isEmpty ? .empty : try Context(context),
            actor: Actor(unit: actor.unit, operator: actor.operator, reviewer: actor.reviewer.isEmpty ? nil : actor.reviewer),
            capturedAt: wire.capturedAt,
            editions: editions,
            kind: try ChangeKind(wire.kind))
    }
}

extension ChangeKind {
    fileprivate init(_ wire: WireChange.OneOf_Kind?) throws(CodingFault) {
        switch wire {
        case .recordState(let state): self = .recordState(try RecordState(state))
        case .attachmentsAdded(let added): self = .attachmentsAdded(try AttachmentsAdded(added))
        case .revocation(let revocation): self = .revocation(try Revocation(revocation))
        case .correction(let correction): self = .act(.correction(try Correction(correction)))
        case .upheld(let upheld): self = .act(.upheld(InstrumentUpheld(basis: try Basis(upheld.basis))))
        case .objection(let objection): self = .act(.objection(try Objection(objection)))
        case .reply(let reply): self = .act(.reply(try ObjectionReply(reply)))
        case .reviewRequest(let request): self = .act(.reviewRequest(try ReviewRequest(request)))
        case .forwarding(let forwarding): self = .act(.forwarding(try Forwarding(forwarding)))
        case .repair(let act): self = .act(.repair(try RepairAct(act)))
        case .publication(let mark): self = .act(.publication(try PublicationMark(mark)))
        case .litigation(let mark): self = .act(.litigation(LitigationMark(mark)))
        case .identity(let link): self = .act(.identity(try IdentityLink(link)))
        case .fulfilment(let one): self = .act(.fulfilment(try Fulfilment(one)))
        case .draftStep(let step): self = .draftStep(try DraftStep(step))
        case .listOpened(let opened): self = .listOpened(try ListOpened(opened))
        case .listEntry(let entry): self = .listEntry(try ListEntry(entry))
        case .listRemoval(let removal): self = .listRemoval(try ListRemoval(removal))
        case .listEdition(let edition): self = .listEdition(try ListEdition(edition))
        case .listDigests(let digests): self = .listDigests(try ListDigests(digests))
        case .listProposal(let proposal): self = .affair(.listProposal(try ListProposal(proposal)))
        case .listReply(let reply): self = .affair(.listReply(try ListReply(reply)))
        case .subjectAlias(let alias): self = .affair(.alias(try SubjectAlias(alias)))
        case .measureOpened(let measure): self = .affair(.measureOpened(try MeasureOpened(measure)))
        case .measureClosed(let closed): self = .affair(.measureClosed(try MeasureClosed(closed)))
        case .disclosureNarrowed(let narrowed): self = .affair(.disclosure(try DisclosureNarrowed(narrowed)))
        case .catalogueEdition(let catalogue): self = .catalogue(try Catalogue(catalogue))
        case .unitRegistryEdition(let registry): self = .units(try UnitRegistry(registry))
        case .legalProfileEdition(let profile): self = .profile(try LegalProfile(profile))
        case .calendarEdition(let calendar): self = .calendar(try WorkCalendar(calendar))
        case .itemProposal(let proposal): self = .itemProposal(try ItemProposal(proposal))
        case .proposalReply(let reply): self = .proposalReply(try ProposalReply(reply))
        case .erasureOrder(let order): self = .erasure(try ErasureOrder(order))
        case .optOutWish(let wish): self = .optOut(try OptOutWish(wish))
        case .filing(let filing): self = try Filing.read(filing).map { .federation(.filing($0)) } ?? .unknown
        case .filingAnswer(let answer): self = .federation(.answer(try FilingAnswer(answer)))
        case .quarantine(let quarantine):
            switch quarantine.what {
            case .notice(let notice): self = .federation(.quarantine(.notice(try QuarantineNotice(notice))))
            case .ruling(let ruling): self = .federation(.quarantine(.ruling(try QuarantineRuling(ruling))))
            case nil: self = .unknown
            }
        case .forkReport(let report): self = .federation(.forkReport(try ForkReport(report)))
        case .forkRuling(let ruling): self = .federation(.forkRuling(try ForkRuling(ruling)))
        case .kinship(let kinship): self = .federation(.kinship(try Kinship(kinship)))
        case .noted(let noted): self = .federation(.noted(try Noted(noted)))
        // Read before this, as the act that it holds.
        case .reissued, nil: self = .unknown
        }
    }
}

extension SubjectKey {
    package var wire: WireSubject {
        var wire = WireSubject()
        switch self {
        case .organisation(let code): wire.organisation = code.text
        case .unregistered(let name): wire.unregistered = name
        case .person(let number):
            wire.person.document = number.document.rawValue
            wire.person.digest = number.digest.data
            wire.person.ciphertext = Data(number.ciphertext)
            wire.person.sealedAt = number.sealedAt.description
            wire.person.keyEpoch = number.keyEpoch
        case .listed(let listed):
            wire.listed.epoch = listed.epoch
            wire.listed.digest = listed.digest.data
        }
        return wire
    }

    package init(_ wire: WireSubject) throws(CodingFault) {
        switch wire.kind {
        case .organisation(let text):
            guard case .valid(let code, _) = CreditCode.parse(text), code.text == text else {
                throw CodingFault("not a unified social credit code: \(text.prefix(40))")
            }
            self = .organisation(code)
        case .unregistered(let name): self = .unregistered(name)
        case .person(let person):
            guard let document = IdentityDocument(rawValue: person.document) else { throw CodingFault("unknown identity document \(person.document)") }
            guard let path = NodePath(person.sealedAt) else { throw CodingFault("a person's number sealed at no node") }
            guard person.ciphertext.count <= 256 else { throw CodingFault("a person's number of \(person.ciphertext.count) bytes") }
            self = .person(
                PersonNumber(
                    document: document, digest: try Digest(wire: person.digest, "a person's digest"),
                    ciphertext: Array(person.ciphertext), sealedAt: path, keyEpoch: person.keyEpoch))
        case .listed(let listed):
            guard listed.epoch > 0 else { throw CodingFault("list keys count from 1") }
            self = .listed(ListedPerson(epoch: listed.epoch, digest: try Digest(wire: listed.digest, "a listed person's digest")))
        case nil: throw CodingFault("a subject without a kind")
        }
    }
}

extension RecordState {
    fileprivate var wire: WireRecordState {
        var wire = WireRecordState()
        wire.item = item
        if let home { wire.home = home.description }
        switch validity {
        case .draft: wire.validity = .draft
        case .submitted: wire.validity = .submitted
        case .effective: wire.validity = .effective
        case .revoked: preconditionFailure("revoked is a state of views, not of sealed records")
        }
        wire.subject = subject.wire
        wire.fields = fields.map(\.wire)
        return wire
    }

    fileprivate init(_ wire: WireRecordState) throws(CodingFault) {
        let validity: Validity
        switch wire.validity {
        case .draft: validity = .draft
        case .submitted: validity = .submitted
        case .effective: validity = .effective
        case .unspecified, .UNRECOGNIZED: throw CodingFault("unknown validity \(wire.validity.rawValue)")
        }
        let fields = try [RecordField](wire.fields)
        var home: NodePath?
        if !wire.home.isEmpty {
            guard let path = NodePath(wire.home) else { throw CodingFault("home is no node path") }
            home = path
        }
        self.init(item: wire.item, home: home, validity: validity, subject: try SubjectKey(wire.subject), fields: fields)
    }
}
