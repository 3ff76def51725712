import Foundation
import Registry

extension FederationAct {
    func write(_ wire: inout WireChange) {
        switch self {
        case .filing(let filing): wire.filing = filing.wire
        case .answer(let answer): wire.filingAnswer = answer.wire
        case .quarantine(.notice(let notice)): wire.quarantine.notice = notice.wire
        case .quarantine(.ruling(let ruling)): wire.quarantine.ruling = ruling.wire
        case .forkReport(let report): wire.forkReport = report.wire
        case .forkRuling(let ruling): wire.forkRuling = ruling.wire
        case .kinship(let kinship): wire.kinship = kinship.wire
        case .noted(let noted): wire.noted = noted.wire
        }
    }
}

extension Filing {
    var wire: WireFiling {
        var wire = WireFiling()
        wire.target = target.wire
        if let home { wire.home = home.description }
        switch act {
        case .objection(let objection): wire.objection = objection.wire
        case .reviewRequest(let request): wire.reviewRequest = request.wire
        case .repair(let repair): wire.repair = repair.wire
        case .litigation(let mark): wire.litigation = mark.wire
        case .correction, .upheld, .reply, .forwarding, .publication, .identity, .fulfilment: preconditionFailure("not taken off a record's path")
        }
        return wire
    }

    /// - Returns: nil for an act that only a newer node knows.
    static func read(_ wire: WireFiling) throws(CodingFault) -> Filing? {
        let act: RecordAct
        switch wire.act {
        case .objection(let objection): act = .objection(try Objection(objection))
        case .reviewRequest(let request): act = .reviewRequest(try ReviewRequest(request))
        case .repair(let repair): act = .repair(try RepairAct(repair))
        case .litigation(let mark): act = .litigation(LitigationMark(mark))
        case nil: return nil
        }
        guard let filing = Filing(target: try ReliefTarget(wire.target), home: try NodePath(wire: wire.home), act: act) else {
            throw CodingFault("only an application for repair is filed")
        }
        return filing
    }
}

extension NodePath {
    /// Empty = none.
    init?(wire text: String) throws(CodingFault) {
        guard !text.isEmpty else { return nil }
        guard let path = NodePath(text) else { throw CodingFault("not a node path: \(text.prefix(80))") }
        self = path
    }
}

extension FilingAnswer {
    var wire: WireFilingAnswer {
        var wire = WireFilingAnswer()
        wire.filing = filing.wire
        wire.number = number
        wire.state = state.rawValue
        if let home { wire.home = home.description }
        if let reply {
            wire.reply = reply.change.wire
            wire.unit = reply.unit
            wire.basis = reply.basis.wire
            wire.repliedOn = reply.repliedOn.daysSinceEpoch
        }
        return wire
    }

    init(_ wire: WireFilingAnswer) throws(CodingFault) {
        guard let state = FilingState(rawValue: wire.state) else { throw CodingFault("unknown state of a filing: \(wire.state)") }
        guard wire.number > 0, wire.number < 1 << 62 else { throw CodingFault("answers count from 1") }
        var reply: Reply?
        if wire.hasReply {
            reply = Reply(change: try Dot(wire.reply), unit: wire.unit, basis: try Basis(wire.basis), repliedOn: try CivilDate(wire: wire.repliedOn))
        }
        self.init(filing: try Dot(wire.filing), number: wire.number, state: state, home: try NodePath(wire: wire.home), reply: reply)
    }
}

extension QuarantineNotice {
    var wire: WireQuarantineNotice {
        var wire = WireQuarantineNotice()
        wire.rule = rule
        wire.detail = detail
        wire.replica = replica.wire
        wire.counters = counters
        return wire
    }

    init(_ wire: WireQuarantineNotice) throws(CodingFault) {
        guard (1...Self.maximumChanges).contains(wire.counters.count), wire.rule.utf8.count <= 100, wire.detail.utf8.count <= 2000 else {
            throw CodingFault("a notice of quarantine out of bounds")
        }
        var last: UInt64 = 0
        for counter in wire.counters {
            guard counter > last, counter < 1 << 62 else { throw CodingFault("counters do not ascend at \(counter)") }
            last = counter
        }
        self.init(rule: wire.rule, detail: wire.detail, replica: try ReplicaID(wire.replica), counters: wire.counters)
    }
}

extension QuarantineRuling {
    var wire: WireQuarantineRuling {
        var wire = WireQuarantineRuling()
        wire.change = change.wire
        wire.rule = rule
        wire.outcome = outcome.rawValue
        wire.reason = reason
        return wire
    }

    init(_ wire: WireQuarantineRuling) throws(CodingFault) {
        guard let outcome = Outcome(rawValue: wire.outcome) else { throw CodingFault("unknown ruling on a quarantined change: \(wire.outcome)") }
        self.init(change: try Dot(wire.change), rule: wire.rule, outcome: outcome, reason: wire.reason)
    }
}

extension ForkEvidence {
    var wire: WireForkEvidence {
        var wire = WireForkEvidence()
        wire.header = Data(headerBytes)
        wire.signature = Data(signature)
        wire.digests = Data(digests)
        return wire
    }

    init(_ wire: WireForkEvidence) throws(CodingFault) {
        do {
            try self.init(headerBytes: Array(wire.header), signature: Array(wire.signature), digests: Array(wire.digests))
        } catch { throw CodingFault("no evidence of a fork: \(error)") }
    }
}

extension ForkReport {
    var wire: WireForkReport {
        var wire = WireForkReport()
        wire.entry = entry.wire
        wire.changes = changes
        wire.suspends = suspends.map(\.data)
        return wire
    }

    init(_ wire: WireForkReport) throws(CodingFault) {
        guard wire.suspends.count <= 1000 else { throw CodingFault("more than 1000 natural keys") }
        var suspends: [Digest] = []
        for key in wire.suspends { suspends.append(try Digest(wire: key, "a natural key")) }
        self.init(entry: try ForkEvidence(wire.entry), changes: wire.changes, suspends: suspends)
    }
}

extension ForkRuling {
    var wire: WireForkRuling {
        var wire = WireForkRuling()
        wire.replica = replica.wire
        wire.held = held.wire
        wire.other = other.wire
        wire.through = through
        wire.goesOn = goesOn
        wire.reason = reason
        return wire
    }

    init(_ wire: WireForkRuling) throws(CodingFault) {
        guard wire.through < 1 << 62 else { throw CodingFault("a counter is below 2^62") }
        self.init(
            replica: try ReplicaID(wire.replica), held: try ForkEvidence(wire.held), other: try ForkEvidence(wire.other), through: wire.through,
            goesOn: wire.goesOn, reason: wire.reason)
    }
}
