import Foundation
import Registry

extension Revocation {
    var wire: WireRevocation {
        var wire = WireRevocation()
        wire.naturalKey = naturalKey.data
        wire.authority = authority
        wire.document = document
        wire.reason = reason
        wire.rank = rank.rawValue
        if let effectiveOn { wire.effectiveOn = effectiveOn.daysSinceEpoch }
        return wire
    }

    init(_ wire: WireRevocation) throws(CodingFault) {
        guard let rank = InstrumentRank(rawValue: wire.rank) else { throw CodingFault("unknown rank of an instrument: \(wire.rank)") }
        self.init(
            naturalKey: try Digest(wire: wire.naturalKey, "a natural key"), authority: wire.authority, document: wire.document,
            reason: wire.reason, rank: rank, effectiveOn: wire.hasEffectiveOn ? try CivilDate(wire: wire.effectiveOn) : nil)
    }
}
