/// Options of an import; the file's bytes follow as the request body.
package struct ImportOptions: Codable, Sendable, Hashable {
    /// Item code: permit or penalty.
    package var item: String
    package var fileName: String
    package var actor: ActorOptions
    /// Problems reported in full; the rest are counted.
    package var maximumProblems: Int
    package var fileBytes: Int?

    package init(item: String, fileName: String, actor: ActorOptions, maximumProblems: Int = 1000, fileBytes: Int? = nil) {
        self.item = item
        self.fileName = fileName
        self.actor = actor
        self.maximumProblems = maximumProblems
        self.fileBytes = fileBytes
    }
}

package struct ImportProgress: Codable, Sendable {
    package var rows: Int
    package var bytes: Int
    package var effective: Int
    package var drafts: Int
    package var unchanged: Int
    package var refused: Int
}

package struct ImportReport: Codable, Sendable {
    package struct Problem: Codable, Sendable {
        package var row: Int
        package var column: String
        package var rule: String
        package var value: String
        /// error, warning, note.
        package var severity: String
        package var zh: String
        package var en: String
        package var remedyZh: String
        package var remedyEn: String
    }
    package var fileName: String
    package var item: String
    package var rows: Int
    /// New effective records.
    package var effective: Int
    /// New local drafts (no reviewer was named).
    package var drafts: Int
    /// Rows already recorded, exactly as they stand.
    package var unchanged: Int
    /// Rows refused; each has at least one problem of severity error.
    package var refused: Int
    package var warnings: Int
    package var problems: [Problem]
    package var problemsOmitted: Int
    package var milliseconds: Int
}

/// One line of the NDJSON answer to an import.
package enum ImportEvent: Codable, Sendable {
    case progress(ImportProgress)
    case finished(ImportReport)
    case failed(ControlFault)
}
