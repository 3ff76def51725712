import Registry

extension Kinship {
    var wire: WireKinship {
        var wire = WireKinship()
        wire.number = number
        wire.others = others.map(\.wire)
        wire.home = home.description
        wire.revocations = revocations.map { one in
            var withdrawn = WireKinRevocation()
            withdrawn.change = one.change.wire
            withdrawn.revocation = one.revocation.wire
            return withdrawn
        }
        wire.repair = repair?.kinNumber ?? 0
        wire.holds = holds.map(\.rawValue)
        return wire
    }

    init(_ wire: WireKinship) throws(CodingFault) {
        guard wire.number > 0, wire.number < 1 << 62 else { throw CodingFault("words of kinship count from 1") }
        guard (1...Self.maximumOthers).contains(wire.others.count), wire.revocations.count <= Self.maximumRevocations, wire.holds.count <= KinHold.allCases.count else {
            throw CodingFault("kinship out of bounds")
        }
        guard let home = try NodePath(wire: wire.home) else { throw CodingFault("kinship names where the canonical record stands") }
        guard wire.repair == 0 || RepairState(kinNumber: wire.repair) != nil else { throw CodingFault("unknown state of a repair: \(wire.repair)") }
        var others: [Dot] = [], revocations: [Withdrawn] = [], holds: [KinHold] = []
        for one in wire.others { others.append(try Dot(one)) }
        for one in wire.revocations { revocations.append(Withdrawn(change: try Dot(one.change), revocation: try Revocation(one.revocation))) }
        for one in wire.holds {
            guard let hold = KinHold(rawValue: one) else { throw CodingFault("unknown reason of kinship: \(one)") }
            holds.append(hold)
        }
        guard Self.ascends(others), Self.ascends(revocations.map(\.change)), Self.ascends(holds.map(\.rawValue)) else { throw CodingFault("kinship does not ascend") }
        self.init(number: wire.number, others: others, home: home, revocations: revocations, repair: RepairState(kinNumber: wire.repair), holds: holds)
    }

    private static func ascends<T: Comparable>(_ all: [T]) -> Bool { zip(all, all.dropFirst()).allSatisfy { $0 < $1 } }
}

extension RepairState {
    /// Sealed; 0 = none.
    fileprivate var kinNumber: UInt32 {
        switch self {
        case .none, .applied, .refused, .withdrawn: 0
        case .repaired: 1
        case .provisional: 2
        case .unnecessary: 3
        }
    }

    fileprivate init?(kinNumber: UInt32) {
        switch kinNumber {
        case 1: self = .repaired
        case 2: self = .provisional
        case 3: self = .unnecessary
        default: return nil
        }
    }
}

extension Noted {
    var wire: WireNoted {
        var wire = WireNoted()
        wire.changes = changes.map(\.wire)
        return wire
    }

    init(_ wire: WireNoted) throws(CodingFault) {
        guard (1...Self.maximumChanges).contains(wire.changes.count) else { throw CodingFault("1…\(Self.maximumChanges) changes are taken note of at once") }
        var changes: [Dot] = []
        for one in wire.changes { changes.append(try Dot(one)) }
        guard zip(changes, changes.dropFirst()).allSatisfy({ $0 < $1 }) else { throw CodingFault("changes do not ascend") }
        self.init(changes: changes)
    }
}
