/// Records one decision by itself, fields by their codes or names: a draft, or effective with a reviewer.
package struct EnterCommand: ControlCommand {
    package static let name = "enter"
    /// Code of the catalogue item.
    package var item: String
    /// By field code, name or alias.
    package var fields: [String: String]
    /// Hand the draft to the reviewer at once (T2).
    package var submit: Bool
    package var actor: ActorOptions

    package init(item: String, fields: [String: String], submit: Bool = false, actor: ActorOptions) {
        self.item = item
        self.fields = fields
        self.submit = submit
        self.actor = actor
    }

    package struct Response: Codable, Sendable {
        /// draft, submitted, effective, unchanged; refused when there are problems.
        package var fate: String
        /// The record it is now, or the one that stands in its way.
        package var record: String?
        /// What an edit of it is based on.
        package var version: String?
        package var problems: [ImportReport.Problem]
    }
}

/// Writes a draft anew: the fields given replace those that stand, the others stay.
package struct EditCommand: ControlCommand {
    package static let name = "edit"
    package var record: String
    /// The version a form was filled from; nil = the one that stands now.
    package var basedOn: String?
    package var fields: [String: String]
    /// Fields that are to be empty.
    package var cleared: [String]
    package var actor: ActorOptions

    package init(record: String, basedOn: String?, fields: [String: String], cleared: [String], actor: ActorOptions) {
        self.record = record
        self.basedOn = basedOn
        self.fields = fields
        self.cleared = cleared
        self.actor = actor
    }

    package typealias Response = EnterCommand.Response
}

/// Submits, approves, sends back or gives up drafts (T2–T4). A return of a record that is effective and of a node below
/// suspends its publication until the home has answered.
package struct DraftStepCommand: ControlCommand {
    package static let name = "draft-step"
    package enum Step: String, Codable, Sendable { case submit, approve, `return`, discard }
    package var step: Step
    package var records: [String]
    /// Every draft of the acting unit that the step fits, in place of `records`.
    package var all: Bool
    /// Of a return: why, by code, and in words.
    package var code: String?
    package var reason: String?
    package var actor: ActorOptions

    package init(step: Step, records: [String], all: Bool = false, code: String? = nil, reason: String? = nil, actor: ActorOptions) {
        self.step = step
        self.records = records
        self.all = all
        self.code = code
        self.reason = reason
        self.actor = actor
    }

    package struct Response: Codable, Sendable {
        package var step: String
        package var records: [String]
    }
}

/// What is on its way to being effective here, and who has to do something.
package struct DraftsCommand: ControlCommand {
    package static let name = "drafts"
    package var limit: Int
    package var after: String?

    package init(limit: Int = 100, after: String? = nil) { (self.limit, self.after) = (limit, after) }

    package struct Returned: Codable, Sendable {
        package var code: String
        package var reason: String
        package var by: String
    }

    package struct Line: Codable, Sendable {
        package var record: String
        package var version: String
        package var item: String
        package var document: String
        package var subject: String
        package var subjectName: String
        /// draft, submitted, returned.
        package var state: String
        package var unit: String
        package var author: String
        package var writtenAt: String
        package var submittedBy: String?
        package var submittedAt: String?
        package var returned: Returned?
        /// Who has to do something: the author's name, or `reviewer`: another person of the unit than the author.
        package var waitsFor: String
        /// ISO date; nil where the item sets none.
        package var reportBy: String?
        package var provisional: Bool
        package var overdue: Bool
    }

    package struct Response: Codable, Sendable {
        package var drafts: [Line]
        /// Pass as `after` for the next page; nil at the end.
        package var next: String?
    }
}
