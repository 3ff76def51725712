import Replication

/// This side ended the link.
struct OwnEnd: Error, CustomStringConvertible {
    /// Stable name.
    let reason: String
    let detail: String
    var description: String { "\(reason): \(detail)" }

    /// The last word to a peer; nil for what needs none.
    static func farewell(for reason: any Error) -> Frame? {
        switch reason {
        case let own as OwnEnd: return .farewell(reason: own.reason, detail: own.detail)
        case let fault as ChangeSetFault: return .farewell(reason: fault.rule.rawValue, detail: fault.description)
        case let end as Conversation.EndReason:
            if case .farewell = end { return nil }
            return .farewell(reason: "ended", detail: end.description)
        default: return nil
        }
    }
}

/// Name and version of this software, as greetings and status show it.
package enum Software {
    package static let version = "creditnode 0.1.0"
}
