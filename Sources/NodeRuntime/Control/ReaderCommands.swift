/// Makes a one-time invitation for a department's look-up client.
package struct ReaderInviteCommand: ControlCommand {
    package static let name = "readers-invite"
    /// Short name of the client: letters a–z, digits, hyphens.
    package var reader: String
    /// Credit code of the department; its look-ups are logged under it.
    package var unit: String
    /// Hours until the token expires, 1…720.
    package var validHours: Int
    /// `host:port` the client shall dial; nil = what `serve` listens on or the configuration advertises.
    package var address: String?

    package init(reader: String, unit: String, validHours: Int = 72, address: String? = nil) {
        self.reader = reader
        self.unit = unit
        self.validHours = validHours
        self.address = address
    }

    package struct Response: Codable, Sendable {
        package var token: String
        package var reader: String
        package var unit: String
        package var address: String
        /// SHA-256 of this node's TLS root certificate, hexadecimal.
        package var caFingerprint: String
        /// ISO 8601, UTC+8.
        package var expiresAt: String
    }
}

/// Lists, suspends or resumes enrolled look-up clients.
package struct ReadersCommand: ControlCommand {
    package static let name = "readers"
    package enum Action: String, Codable, Sendable { case list, suspend, resume }
    package var action: Action
    /// Of the client to suspend or resume.
    package var reader: String?

    package init(action: Action, reader: String? = nil) {
        self.action = action
        self.reader = reader
    }

    package struct Reader: Codable, Sendable {
        package var name: String
        package var unit: String
        /// enrolled, suspended.
        package var state: String
        package var enrolledAt: String
        /// End of its certificate.
        package var validUntil: String
    }
    package struct Response: Codable, Sendable { package var readers: [Reader] }
}
