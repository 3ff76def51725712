import Foundation
import Registry

extension Affair {
    func write(_ wire: inout WireChange) {
        switch self {
        case .listProposal(let proposal): wire.listProposal = proposal.wire
        case .listReply(let reply): wire.listReply = reply.wire
        case .alias(let alias): wire.subjectAlias = alias.wire
        case .measureOpened(let measure): wire.measureOpened = measure.wire
        case .measureClosed(let closed): wire.measureClosed = closed.wire
        case .disclosure(let narrowed): wire.disclosureNarrowed = narrowed.wire
        }
    }
}

extension ListNotice {
    var wire: WireListNotice {
        var wire = WireListNotice()
        wire.document = document
        wire.servedOn = servedOn.daysSinceEpoch
        return wire
    }

    init(_ wire: WireListNotice) throws(CodingFault) {
        if wire.document.isEmpty { throw CodingFault("a notice without a number") }
        self.init(document: wire.document, servedOn: try IssuedCoding.date(wire.servedOn))
    }
}

extension ListProposal {
    var wire: WireListProposal {
        var wire = WireListProposal()
        wire.list = list.wire
        wire.intent = intent.rawValue
        wire.subject = subject.wire
        wire.name = name
        wire.document = document
        wire.authority = authority
        wire.since = since.daysSinceEpoch
        if let until { wire.until = until.daysSinceEpoch }
        wire.reason = reason
        if let notice { wire.notice = notice.wire }
        return wire
    }

    init(_ wire: WireListProposal) throws(CodingFault) {
        guard let intent = ListIntent(rawValue: wire.intent) else { throw CodingFault("unknown intent of a proposal: \(wire.intent)") }
        self.init(
            list: try Dot(wire.list), intent: intent, subject: try SubjectKey(wire.subject), name: wire.name, document: wire.document,
            authority: wire.authority, since: try IssuedCoding.date(wire.since), until: wire.until == 0 ? nil : try IssuedCoding.date(wire.until),
            reason: wire.reason, notice: wire.hasNotice ? try ListNotice(wire.notice) : nil)
    }
}

extension ListReply {
    var wire: WireListReply {
        var wire = WireListReply()
        wire.proposal = proposal.wire
        wire.list = list.wire
        wire.outcome = outcome.rawValue
        wire.reason = reason
        if let result { wire.result = result.wire }
        return wire
    }

    init(_ wire: WireListReply) throws(CodingFault) {
        guard let outcome = ProposalReply.Outcome(rawValue: wire.outcome) else { throw CodingFault("unknown outcome of a proposal: \(wire.outcome)") }
        self.init(
            proposal: try Dot(wire.proposal), list: try Dot(wire.list), outcome: outcome, reason: wire.reason, result: wire.hasResult ? try Dot(wire.result) : nil)
    }
}

extension SubjectAlias {
    var wire: WireSubjectAlias {
        var wire = WireSubjectAlias()
        wire.oldCode = oldCode.text
        wire.newCode = newCode.text
        wire.document = document
        wire.name = name
        wire.on = on.daysSinceEpoch
        wire.withdrawn = isWithdrawn
        return wire
    }

    init(_ wire: WireSubjectAlias) throws(CodingFault) {
        self.init(
            oldCode: try IssuedCoding.code(wire.oldCode), newCode: try IssuedCoding.code(wire.newCode), document: wire.document, name: wire.name,
            on: try IssuedCoding.date(wire.on), isWithdrawn: wire.withdrawn)
    }
}

extension MeasureOpened {
    var wire: WireMeasureOpened {
        var wire = WireMeasureOpened()
        wire.basis = basis.wire
        wire.subject = subject.wire
        wire.name = name
        wire.receipt = receipt
        wire.purpose = purpose
        wire.measure = measure
        wire.applied = isApplied
        wire.reason = reason
        wire.on = on.daysSinceEpoch
        wire.effect = effect
        wire.caseNumber = caseNumber
        return wire
    }

    init(_ wire: WireMeasureOpened) throws(CodingFault) {
        self.init(
            basis: try Dot(wire.basis), subject: try SubjectKey(wire.subject), name: wire.name, receipt: wire.receipt, purpose: wire.purpose,
            measure: wire.measure, isApplied: wire.applied, reason: wire.reason, on: try IssuedCoding.date(wire.on), effect: wire.effect,
            caseNumber: wire.caseNumber)
    }
}

extension MeasureClosed {
    var wire: WireMeasureClosed {
        var wire = WireMeasureClosed()
        wire.opened = opened.wire
        wire.reason = reason
        wire.feedback = feedback
        wire.on = on.daysSinceEpoch
        return wire
    }

    init(_ wire: WireMeasureClosed) throws(CodingFault) {
        self.init(opened: try Dot(wire.opened), reason: wire.reason, feedback: wire.feedback, on: try IssuedCoding.date(wire.on))
    }
}

extension DisclosureNarrowed {
    var wire: WireDisclosureNarrowed {
        var wire = WireDisclosureNarrowed()
        wire.edition = edition.data
        wire.item = item
        wire.disclosure = disclosure.rawValue
        wire.reason = reason
        return wire
    }

    init(_ wire: WireDisclosureNarrowed) throws(CodingFault) {
        guard let disclosure = Disclosure(rawValue: wire.disclosure) else { throw CodingFault("unknown disclosure \(wire.disclosure)") }
        self.init(edition: try Digest(wire: wire.edition, "an edition"), item: wire.item, disclosure: disclosure, reason: wire.reason)
    }
}
