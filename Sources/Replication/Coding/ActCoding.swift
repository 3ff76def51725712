import Foundation
import Registry

extension RecordAct {
    func write(_ wire: inout WireChange) {
        switch self {
        case .correction(let correction): wire.correction = correction.wire
        case .upheld(let upheld): wire.upheld.basis = upheld.basis.wire
        case .objection(let objection): wire.objection = objection.wire
        case .reply(let reply): wire.reply = reply.wire
        case .reviewRequest(let request): wire.reviewRequest = request.wire
        case .forwarding(let forwarding): wire.forwarding = forwarding.wire
        case .repair(let act): wire.repair = act.wire
        case .publication(let mark): wire.publication = mark.wire
        case .litigation(let mark): wire.litigation = mark.wire
        case .identity(let link): wire.identity = link.wire
        case .fulfilment(let one): wire.fulfilment = one.wire
        }
    }
}

extension Basis {
    var wire: WireBasis {
        var wire = WireBasis()
        wire.rank = rank.rawValue
        wire.document = document
        if let digest { wire.digest = digest.data }
        wire.follows = follows
        wire.reason = reason
        return wire
    }

    init(_ wire: WireBasis) throws(CodingFault) {
        guard let rank = InstrumentRank(rawValue: wire.rank) else { throw CodingFault("unknown rank of an instrument: \(wire.rank)") }
        self.init(
            rank: rank, document: wire.document, digest: wire.digest.isEmpty ? nil : try Digest(wire: wire.digest, "a document"), follows: wire.follows,
            reason: wire.reason)
    }
}

extension ReliefTarget {
    var wire: WireReliefTarget {
        var wire = WireReliefTarget()
        wire.naturalKey = naturalKey.data
        wire.authority = authority
        return wire
    }

    init(_ wire: WireReliefTarget) throws(CodingFault) {
        self.init(naturalKey: try Digest(wire: wire.naturalKey, "a natural key"), authority: wire.authority)
    }
}

extension Correction {
    var wire: WireCorrection {
        var wire = WireCorrection()
        if let subject { wire.subject = subject.wire }
        wire.fields = fields.map(\.wire)
        wire.cleared = cleared
        wire.basis = basis.wire
        if let source { wire.source = source.data }
        if let objection { wire.objection = objection.wire }
        if let target { wire.target = target.wire }
        return wire
    }

    init(_ wire: WireCorrection) throws(CodingFault) {
        self.init(
            subject: wire.hasSubject ? try SubjectKey(wire.subject) : nil, fields: try [RecordField](wire.fields), cleared: try ascending(wire.cleared),
            basis: try Basis(wire.basis), source: wire.source.isEmpty ? nil : try Digest(wire: wire.source, "a source"),
            objection: wire.hasObjection ? try Dot(wire.objection) : nil, target: wire.hasTarget ? try ReliefTarget(wire.target) : nil)
    }
}

extension RepairAct {
    var wire: WireRepairAct {
        var wire = WireRepairAct()
        wire.step = step.rawValue
        wire.receipt = receipt
        wire.on = on.daysSinceEpoch
        wire.basis = basis.wire
        wire.noRepeat = noRepeat
        if let target { wire.target = target.wire }
        return wire
    }

    init(_ wire: WireRepairAct) throws(CodingFault) {
        guard let step = RepairStep(rawValue: wire.step) else { throw CodingFault("unknown step of a repair: \(wire.step)") }
        self.init(
            step: step, receipt: wire.receipt, on: try CivilDate(wire: wire.on), basis: try Basis(wire.basis), noRepeat: wire.noRepeat,
            target: wire.hasTarget ? try ReliefTarget(wire.target) : nil)
    }
}

extension PublicationMark {
    var wire: WirePublicationMark {
        var wire = WirePublicationMark()
        wire.step = step.rawValue
        wire.reason = reason
        wire.on = on.daysSinceEpoch
        wire.confirmed = confirmed
        if let target { wire.target = target.wire }
        return wire
    }

    init(_ wire: WirePublicationMark) throws(CodingFault) {
        guard let step = PublicationStep(rawValue: wire.step) else { throw CodingFault("unknown mark of publication: \(wire.step)") }
        self.init(
            step: step, reason: wire.reason, on: try CivilDate(wire: wire.on), confirmed: wire.confirmed,
            target: wire.hasTarget ? try ReliefTarget(wire.target) : nil)
    }
}

extension LitigationMark {
    var wire: WireLitigationMark {
        var wire = WireLitigationMark()
        wire.caseNumber = caseNumber
        wire.isClosed = isClosed
        wire.note = note
        return wire
    }

    init(_ wire: WireLitigationMark) { self.init(caseNumber: wire.caseNumber, isClosed: wire.isClosed, note: wire.note) }
}

extension IdentityLink {
    var wire: WireIdentityLink {
        var wire = WireIdentityLink()
        wire.other = other.wire
        wire.isSame = isSame
        wire.reason = reason
        return wire
    }

    init(_ wire: WireIdentityLink) throws(CodingFault) { self.init(other: try Dot(wire.other), isSame: wire.isSame, reason: wire.reason) }
}

extension Fulfilment {
    var wire: WireFulfilment {
        var wire = WireFulfilment()
        wire.isFulfilled = isFulfilled
        wire.basis = basis.wire
        return wire
    }

    init(_ wire: WireFulfilment) throws(CodingFault) { self.init(isFulfilled: wire.isFulfilled, basis: try Basis(wire.basis)) }
}
