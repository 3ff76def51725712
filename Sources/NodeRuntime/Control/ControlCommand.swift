/// One operation of a node as the CLI, the local API and the pages ask for it: a Codable request with a
/// Codable response. The same value runs over the Unix socket of a serving node or, when none serves,
/// in the caller's process under the database lock.
package protocol ControlCommand: Codable, Sendable {
    associatedtype Response: Codable & Sendable
    /// Last path component of `POST /v1/control/NAME`; stable.
    static var name: String { get }
}

/// Why an operation was refused or failed, bilingual, with a remedy and an exit code.
package struct ControlFault: Error, Codable, Sendable, Hashable, CustomStringConvertible {
    /// The documented exit codes of every command.
    package enum Exit: Int32, Codable, Sendable, Hashable {
        case success = 0
        /// Something failed that should not: a bug, or a damaged replica.
        case failure = 1
        /// The command line itself is wrong.
        case usage = 64
        /// The input (file, code, path) is bad; nothing or only the good rows were taken.
        case badInput = 65
        /// What was asked for is not held here.
        case notFound = 66
        /// Another process holds the node, or no node serves.
        case unavailable = 69
        /// Verification found a difference.
        case verification = 70
        /// Disk, network or permission.
        case system = 74
        /// The node's rules refuse it.
        case refused = 77
    }

    /// Stable name.
    package var code: String
    package var messageZh: String
    package var messageEn: String
    package var hint: String
    package var exit: Exit

    package init(_ code: String, zh: String, en: String, hint: String, exit: Exit) {
        self.code = code
        messageZh = zh
        messageEn = en
        self.hint = hint
        self.exit = exit
    }

    package var description: String { "\(messageZh)\n\(messageEn)" + (hint.isEmpty ? "" : "\n→ \(hint)") }
}

/// On whose behalf and by whom: every operation that writes names it.
package struct ActorOptions: Codable, Sendable, Hashable {
    /// Unified social credit code of the acting unit.
    package var unit: String
    package var `operator`: String
    /// Another person; without one nothing becomes effective.
    package var reviewer: String?

    package init(unit: String, operator: String, reviewer: String?) {
        self.unit = unit
        self.operator = `operator`
        self.reviewer = reviewer
    }
}
