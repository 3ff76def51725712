import Registry

/// A step of a record on its way to being effective (T2, T4). Of drafts it stays at the node as they do; a return by a tier
/// above goes where the record went. Raw values are sealed.
package enum DraftStepKind: UInt32, Sendable, Hashable, CaseIterable {
    /// Handed to the reviewer (T2).
    case submitted = 1
    /// Sent back with a code and a reason (T4).
    case returned = 2
    /// Given up by its unit: nobody waits for it any more. An edit takes it up again.
    case discarded = 3

    package var name: String {
        switch self {
        case .submitted: "submitted"
        case .returned: "returned"
        case .discarded: "discarded"
        }
    }
}

package struct DraftStep: Sendable, Hashable {
    package var kind: DraftStepKind
    /// Origin of the change whose state the step is about: an edit after it is not meant.
    package var version: Dot
    /// ``RejectCode``; of a return.
    package var code: String
    package var reason: String
    /// Of a return by a tier above: then it is relief, for publication waits until the home has answered.
    package var target: ReliefTarget?

    package init(kind: DraftStepKind, version: Dot, code: String = "", reason: String = "", target: ReliefTarget? = nil) {
        self.kind = kind
        self.version = version
        self.code = code
        self.reason = reason
        self.target = target
    }

    package var lane: Lane { target == nil ? .ordinary : .relief }
}
