/// How a record is named at a window whose node may not hold it.
package struct AddressOptions: Codable, Sendable {
    /// Code of the catalogue item.
    package var item: String
    /// Code of the deciding unit.
    package var authority: String
    /// Unified social credit code, or a number of the identity document that `person` names.
    package var subject: String
    package var person: String?
    package var itemNumber: String
    package var keys: [String]
    /// Path of the deciding unit's node, where it is known.
    package var home: String?

    package init(item: String, authority: String, subject: String, person: String? = nil, itemNumber: String = "", keys: [String] = [], home: String? = nil) {
        self.item = item
        self.authority = authority
        self.subject = subject
        self.person = person
        self.itemNumber = itemNumber
        self.keys = keys
        self.home = home
    }
}

/// Filings taken here or passing here; with `assign`, puts one on a record by hand.
package struct FilingsCommand: ControlCommand {
    package static let name = "filings"
    package enum Action: Codable, Sendable {
        /// `open`: only those that have reached no record.
        case list(open: Bool)
        /// By id or receipt.
        case show(String)
        case assign(filing: String, record: String, actor: ActorOptions)
    }
    package var action: Action
    package init(_ action: Action) { self.action = action }

    package struct Answer: Codable, Sendable {
        package var by: String
        package var state: String
        package var home: String?
        /// Who replied, on what day, by which document and why; nil = no reply yet.
        package var unit: String?
        package var repliedOn: String?
        package var document: String?
        package var reason: String?
    }

    package struct Line: Codable, Sendable {
        package var filing: String
        package var act: String
        package var receipt: String
        package var takenAt: String
        package var capturedAt: String
        package var authority: String
        /// First digits of the natural key's digest.
        package var naturalKey: String
        /// `sent` while nobody above said anything; else as ``FilingState/name``.
        package var state: String
        package var waitsFor: String?
        /// Records it stands on, as far as they are held here.
        package var records: [String]
        package var answers: [Answer]
    }
    package struct Response: Codable, Sendable { package var filings: [Line] }
}
