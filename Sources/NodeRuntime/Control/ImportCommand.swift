/// Options of an import; the file's bytes follow as the request body: text in any encoding. Spreadsheets are read by the
/// command and come as text (docs/decisions/0015-spreadsheets-are-read-by-the-command.md).
package struct ImportOptions: Codable, Sendable, Hashable {
    /// A value for every row whose cell is empty or whose column is absent.
    package struct Supplied: Codable, Sendable, Hashable {
        /// Field code or Chinese name.
        package var field: String
        package var value: String

        package init(field: String, value: String) {
            self.field = field
            self.value = value
        }
    }

    /// Item code: permit or penalty.
    package var item: String
    /// Code of a list: the file holds entries to stage, and ``item`` is `list-entry`.
    package var list: String?
    package var fileName: String
    package var actor: ActorOptions
    /// Problems reported in full, at most 10,000; the rest are counted.
    package var maximumProblems: Int
    package var fileBytes: Int?
    /// Name of an encoding; nil finds out.
    package var encoding: String?
    /// comma, tab, semicolon; nil finds out.
    package var delimiter: String?
    /// What the command read before it sent text: xlsx or xls.
    package var form: String?
    package var sheet: String?
    package var supplied: [Supplied]?
    /// Validate everything and record nothing.
    package var checkOnly: Bool?
    /// Send refused rows with their cells as they are met.
    package var wantsRows: Bool?

    package init(item: String, list: String? = nil, fileName: String, actor: ActorOptions, maximumProblems: Int = 1000, fileBytes: Int? = nil) {
        self.item = item
        self.list = list
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

/// How the file turned out to be written.
package struct ImportForm: Codable, Sendable, Hashable {
    /// text, xlsx, xls.
    package var form = "text"
    package var sheet: String?
    package var encoding = ""
    /// comma, tab, semicolon.
    package var delimiter = ""
    /// Which table the columns are of: 2018 or 2016.
    package var fieldSet = ""
    /// Line of the headings in the file; 0 when there are none.
    package var headerLine = 0

    package init() {}
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
    /// New effective records; of a check, those that would be.
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
    package var form = ImportForm()
    /// Nothing was recorded: it was a check.
    package var checkOnly = false
    /// Where the command wrote the refused rows.
    package var problemsFile: String?
}

/// A refused row as it came.
package struct ImportRow: Codable, Sendable {
    /// Data row, from 1.
    package var row: Int
    package var cells: [String]
    package var problems: [ImportReport.Problem]
}

/// What an import tells while it runs and when it ends: one line each of the NDJSON answer.
package enum ImportEvent: Codable, Sendable {
    case progress(ImportProgress)
    /// The headings of the file, before the first refused row. Only when rows are wanted.
    case headings([String])
    /// Refused rows, ascending. Only when rows are wanted.
    case refused([ImportRow])
    case finished(ImportReport)
    case failed(ControlFault)
}
