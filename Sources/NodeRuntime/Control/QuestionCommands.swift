/// Questions for people that are open here, nearest date first (rules.md 3.4).
package struct TicketsCommand: ControlCommand {
    package static let name = "tickets"
    /// At this path or below.
    package var home: String?
    package var rule: String?
    package var limit: Int
    /// After how many days without a word of its home a question comes up to this node.
    package var silentDays: Int

    package init(home: String? = nil, rule: String? = nil, limit: Int = 100, silentDays: Int = 7) {
        self.home = home
        self.rule = rule
        self.limit = limit
        self.silentDays = silentDays
    }

    /// One of the values that contradict each other, or one change a question is about.
    package struct Say: Codable, Sendable {
        package var change: String
        package var kind: String
        /// Empty where the question is not about a value.
        package var value: String
        package var basis: String
        package var unit: String
        package var author: String
        package var reviewer: String?
        package var at: String
        package var capturedAt: String
        package var acceptedAt: String
    }

    package struct Line: Codable, Sendable {
        /// The same at every node.
        package var id: String
        package var rule: String
        package var record: String
        package var item: String
        package var document: String
        package var home: String
        package var label: String
        /// deciding-unit, deciding-unit-head, legal-officer, parent, deciding-unit-and-parent, objection-officer, sender, author.
        package var reviewer: String
        package var raisedAt: String
        /// ISO date; nil where no rule sets one.
        package var due: String?
        package var provisional: Bool
        package var overdue: Bool
        /// Publication waits for the answer.
        package var suspends: Bool
        /// Field, or what the check said.
        package var detail: String
        package var says: [Say]
        /// overdue, silent: a question of a node below that has come up to this one.
        package var escalated: String?
    }

    package struct Response: Codable, Sendable {
        package var tickets: [Line]
        package var isCut: Bool
    }
}

/// Objection cases with their receipts and clocks.
package struct CasesCommand: ControlCommand {
    package static let name = "cases"
    package var record: String?
    package var home: String?
    package var limit: Int
    package var silentDays: Int

    package init(record: String? = nil, home: String? = nil, limit: Int = 100, silentDays: Int = 7) {
        self.record = record
        self.home = home
        self.limit = limit
        self.silentDays = silentDays
    }

    package struct Intake: Codable, Sendable {
        package var receipt: String
        package var at: String
        /// ISO date: the clock runs from the earliest.
        package var acceptedOn: String
        package var capturedAt: String
        package var acceptedHereAt: String
    }

    package struct Reply: Codable, Sendable {
        package var outcome: String
        package var rank: UInt32
        package var unit: String
        /// counts, opinion, ceded, overruled.
        package var weight: String
    }

    package struct Clock: Codable, Sendable {
        /// decide-own, decide-other, forward, provider, review, objection-maximum.
        package var name: String
        package var from: String
        package var due: String?
        package var provisional: Bool
        package var doneOn: String?
        package var overdue: Bool
        package var unverified: Bool
    }

    package struct Line: Codable, Sendable {
        package var id: String
        package var record: String
        package var item: String
        package var document: String
        package var home: String
        package var ground: String
        package var status: String
        package var fields: [String]
        package var claimant: String
        package var replyOwed: Bool
        package var receipts: [Intake]
        package var replies: [Reply]
        package var clocks: [Clock]
        package var escalated: String?
    }

    package struct Response: Codable, Sendable {
        package var cases: [Line]
        package var isCut: Bool
    }
}

/// Everything with a date that is not done, nearest first: to be printed where the line is down.
package struct DeadlinesCommand: ControlCommand {
    package static let name = "deadlines"
    package var limit: Int

    package init(limit: Int = 200) { self.limit = limit }

    package struct Line: Codable, Sendable {
        /// ticket, objection, report, notice.
        package var kind: String
        package var what: String
        package var record: String?
        package var home: String
        package var item: String
        package var document: String
        package var receipt: String
        package var due: String
        package var provisional: Bool
        package var overdue: Bool
        package var who: String
        /// Publication waits meanwhile.
        package var suspends: Bool? = nil
    }

    package struct Response: Codable, Sendable {
        package var node: String
        package var asOf: String
        package var lastContact: String?
        package var lines: [Line]
        package var isCut: Bool
    }
}

/// Look-ups whose users must be told that the answer has changed in the subject's favour (M45).
package struct NotifyCommand: ControlCommand {
    package static let name = "notify"
    package enum Action: String, Codable, Sendable { case list, done }
    package var action: Action
    package var notice: Int64?
    package var how: String?
    package var includingDone: Bool
    package var limit: Int
    package var actor: ActorOptions?

    package init(action: Action, notice: Int64? = nil, how: String? = nil, includingDone: Bool = false, limit: Int = 200, actor: ActorOptions? = nil) {
        self.action = action
        self.notice = notice
        self.how = how
        self.includingDone = includingDone
        self.limit = limit
        self.actor = actor
    }

    package struct Line: Codable, Sendable {
        package var notice: Int64
        /// Of the look-up, with who asked, when and why.
        package var receipt: String
        package var answeredAt: String
        package var unit: String
        package var `operator`: String
        package var purpose: String
        package var caseNumber: String
        package var subject: String
        /// revoked, corrected, upheld, repaired, suspended, stopped, separated, removed.
        package var what: String
        /// Code of the list, where it is about one.
        package var list: String?
        package var record: String?
        package var document: String
        package var arrivedAt: String
        package var due: String
        package var provisional: Bool
        package var overdue: Bool
        package var done: Bool
    }

    package struct Response: Codable, Sendable { package var notices: [Line] }
}

/// A person of this node takes note of what became of its changes on a record: the question about them ends (M6, M33).
package struct NotedCommand: ControlCommand {
    package static let name = "noted"
    package var record: String
    package var actor: ActorOptions

    package init(record: String, actor: ActorOptions) { (self.record, self.actor) = (record, actor) }

    package struct Response: Codable, Sendable {
        package var record: String
        /// Changes, and blocked records, of which note was taken.
        package var changes: [String]
    }
}
