import Foundation
import Registry

extension DraftStep {
    var wire: WireDraftStep {
        var wire = WireDraftStep()
        wire.kind = kind.rawValue
        wire.version = version.wire
        wire.code = code
        wire.reason = reason
        if let target { wire.target = target.wire }
        return wire
    }

    init(_ wire: WireDraftStep) throws(CodingFault) {
        guard let kind = DraftStepKind(rawValue: wire.kind) else { throw CodingFault("unknown step of a draft: \(wire.kind)") }
        self.init(
            kind: kind, version: try Dot(wire.version), code: wire.code, reason: wire.reason, target: wire.hasTarget ? try ReliefTarget(wire.target) : nil)
    }
}
