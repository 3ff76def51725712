import Registry

extension Objection {
    var wire: WireObjection {
        var wire = WireObjection()
        wire.ground = ground.rawValue
        wire.fields = fields
        wire.claimed = claimed.map(\.wire)
        wire.receipt = receipt
        wire.acceptedOn = acceptedOn.daysSinceEpoch
        wire.claimant = claimant
        wire.statement = statement
        wire.target = target.wire
        return wire
    }

    init(_ wire: WireObjection) throws(CodingFault) {
        guard let ground = ObjectionGround(rawValue: wire.ground) else { throw CodingFault("unknown ground of an objection: \(wire.ground)") }
        self.init(
            ground: ground, fields: try ascending(wire.fields), claimed: try [RecordField](wire.claimed), receipt: wire.receipt,
            acceptedOn: try CivilDate(wire: wire.acceptedOn), claimant: wire.claimant, statement: wire.statement, target: try ReliefTarget(wire.target))
    }
}

extension ObjectionReply {
    var wire: WireObjectionReply {
        var wire = WireObjectionReply()
        wire.objection = objection.wire
        wire.outcome = outcome.rawValue
        wire.basis = basis.wire
        wire.repliedOn = repliedOn.daysSinceEpoch
        return wire
    }

    init(_ wire: WireObjectionReply) throws(CodingFault) {
        guard let outcome = ObjectionOutcome(rawValue: wire.outcome) else { throw CodingFault("unknown outcome of an objection: \(wire.outcome)") }
        self.init(objection: try Dot(wire.objection), outcome: outcome, basis: try Basis(wire.basis), repliedOn: try CivilDate(wire: wire.repliedOn))
    }
}

extension ReviewRequest {
    var wire: WireReviewRequest {
        var wire = WireReviewRequest()
        wire.objection = objection.wire
        wire.receipt = receipt
        wire.requestedOn = requestedOn.daysSinceEpoch
        wire.statement = statement
        return wire
    }

    init(_ wire: WireReviewRequest) throws(CodingFault) {
        self.init(objection: try Dot(wire.objection), receipt: wire.receipt, requestedOn: try CivilDate(wire: wire.requestedOn), statement: wire.statement)
    }
}

extension Forwarding {
    var wire: WireForwarding {
        var wire = WireForwarding()
        wire.objection = objection.wire
        wire.unit = unit
        wire.forwardedOn = forwardedOn.daysSinceEpoch
        wire.reason = reason
        return wire
    }

    init(_ wire: WireForwarding) throws(CodingFault) {
        self.init(objection: try Dot(wire.objection), unit: wire.unit, forwardedOn: try CivilDate(wire: wire.forwardedOn), reason: wire.reason)
    }
}
