/// Quarantined changes, and what a person decides about one.
package struct QuarantineCommand: ControlCommand {
    package static let name = "quarantine"
    package enum Action: Codable, Sendable {
        case list(limit: Int)
        case show(String)
        case release(change: String, reason: String, actor: ActorOptions)
        case reject(change: String, reason: String, actor: ActorOptions)
    }
    package var action: Action
    package init(_ action: Action) { self.action = action }

    package struct Said: Codable, Sendable {
        /// Path of the node that quarantined it.
        package var by: String
        package var rule: String
        package var zh: String
        package var en: String
        package var remedyZh: String
        package var remedyEn: String
        package var detail: String
    }

    package struct Ruling: Codable, Sendable {
        package var by: String
        package var rule: String
        /// `released` or `rejected`.
        package var outcome: String
        package var reason: String
    }

    package struct Line: Codable, Sendable {
        package var change: String
        package var kind: String?
        package var record: String?
        package var unit: String?
        package var `operator`: String?
        /// Why it does not count, at this node first; then what nodes above say.
        package var said: [Said]
        package var rulings: [Ruling]
        /// Whether this node may release it.
        package var releasable: Bool
    }
    package struct Response: Codable, Sendable { package var changes: [Line] }
}

/// Replicas whose past was written twice (a cloned or restored disk), and what a person decides about one.
package struct ForksCommand: ControlCommand {
    package static let name = "forks"
    package enum Action: Codable, Sendable {
        case list
        /// Lets the receipted branch go on. `replica`: `PATH#INCARNATION`, whole or its first digits.
        case goOn(replica: String, reason: String, actor: ActorOptions)
    }
    package var action: Action
    package init(_ action: Action) { self.action = action }

    package struct Line: Codable, Sendable {
        package var replica: String
        /// `held-back` until a person rules, then `goes-on`; `reported` while nobody above ruled anything.
        package var state: String
        /// Counters up to here keep their effect.
        package var through: UInt64?
        /// Changes here that wait for a ruling.
        package var waiting: Int
        /// Changes of the branch that nobody took, kept at the node that wrote them.
        package var kept: UInt64
        package var rulings: [String]
    }
    package struct Response: Codable, Sendable { package var forks: [Line] }
}
