/// Numbers a jurisdiction sets. Names are stable: files and the wire use them.
package enum ProfileClock: UInt8, Sendable, Hashable, CaseIterable {
    /// An objection is annotated after its acceptance.
    case annotate = 1
    /// … decided within the deciding unit's own scope.
    case decideOwn
    /// … when another unit must be asked.
    case decideOther
    /// … forwarded to the provider.
    case forward
    /// … answered by the provider, and how much longer it may take.
    case provider, providerExtension
    /// … reviewed on request (复核), and all of it together at most.
    case review, objectionMaximum
    /// Replica compared with its source (Shenzhen 51).
    case replicaCheck
    /// After the basis was annulled: provider, platform, users of measures.
    case withdrawProvider, withdrawPlatform, withdrawUser
    /// A repair application is decided.
    case repairDecision
    /// A suspension of publication is confirmed or ends (rule T15).
    case suspension
    /// Incoming data is checked by the platform (Henan 17).
    case incomingCheck
    /// Adverse data is kept after ``Retention/start``.
    case retention
    /// Look-up logs are kept: of natural persons, of others.
    case queryLogPersons, queryLogOthers
    /// A conflict of values is decided (M3, M4, M35), contradicting decisions of one instance (M16), an upheld objection is carried out (T9).
    case settleConflict, settleContradiction, correctUpheld

    package var name: String {
        switch self {
        case .annotate: "annotate"
        case .decideOwn: "decide-own"
        case .decideOther: "decide-other"
        case .forward: "forward"
        case .provider: "provider"
        case .providerExtension: "provider-extension"
        case .review: "review"
        case .objectionMaximum: "objection-maximum"
        case .replicaCheck: "replica-check"
        case .withdrawProvider: "withdraw-provider"
        case .withdrawPlatform: "withdraw-platform"
        case .withdrawUser: "withdraw-user"
        case .repairDecision: "repair-decision"
        case .suspension: "suspension"
        case .incomingCheck: "incoming-check"
        case .retention: "retention"
        case .queryLogPersons: "query-log-persons"
        case .queryLogOthers: "query-log-others"
        case .settleConflict: "settle-conflict"
        case .settleContradiction: "settle-contradiction"
        case .correctUpheld: "correct-upheld"
        }
    }

    /// What holds for a question while no profile says otherwise (rules.md 3.4); nil where only a profile sets it.
    package var ownTerm: Term? {
        switch self {
        case .settleConflict, .correctUpheld: .workingDays(3)
        case .settleContradiction: .workingDays(5)
        case .annotate, .decideOwn, .decideOther, .forward, .provider, .providerExtension, .review, .objectionMaximum, .replicaCheck, .withdrawProvider, .withdrawPlatform,
            .withdrawUser, .repairDecision, .suspension, .incomingCheck, .retention, .queryLogPersons, .queryLogOthers: nil
        }
    }

    package init?(name: String) {
        guard let found = ProfileClock.allCases.first(where: { $0.name == name }) else { return nil }
        self = found
    }
}

/// One number of a profile, and whether its text was read.
package struct ProfileTerm: Sendable, Hashable {
    package var clock: ProfileClock
    package var term: Term
    /// false: taken over from elsewhere, or chosen, until the credit office has checked the text.
    package var isVerified: Bool
    /// Article, in short: 第三十七条; empty when there is none.
    package var source: String

    package init(_ clock: ProfileClock, _ term: Term, isVerified: Bool = true, source: String = "") {
        self.clock = clock
        self.term = term
        self.isVerified = isVerified
        self.source = source
    }
}

/// What ``ProfileClock/retention`` counts from. Raw values are stable.
package enum RetentionStart: UInt32, Sendable, Hashable, CaseIterable {
    /// The end of the conduct (Shandong 38, Shanghai 38).
    case end = 1
    /// The determination (Zhejiang 20).
    case determination = 2
    /// The formation of the record (Wuhan 办法).
    case formation = 3

    package var name: String {
        switch self {
        case .end: "end"
        case .determination: "determination"
        case .formation: "formation"
        }
    }
}

/// What becomes of data when retention is over. Raw values are stable.
package enum AfterRetention: UInt32, Sendable, Hashable, CaseIterable {
    case notStated = 0
    case delete = 1
    /// Sealed archive (Henan 19).
    case archive = 2

    package var name: String {
        switch self {
        case .notStated: "not-stated"
        case .delete: "delete"
        case .archive: "archive"
        }
    }
}

/// How long adverse data is kept; the length is ``ProfileClock/retention``.
package struct Retention: Sendable, Hashable {
    package var start: RetentionStart
    /// While the subject is on a serious list it does not end (Zhejiang 20, Henan 19).
    package var extendedWhileListed: Bool
    package var afterwards: AfterRetention
    /// The start itself was read in the text.
    package var isVerified: Bool

    package init(start: RetentionStart, extendedWhileListed: Bool = false, afterwards: AfterRetention = .notStated, isVerified: Bool = true) {
        self.start = start
        self.extendedWhileListed = extendedWhileListed
        self.afterwards = afterwards
        self.isVerified = isVerified
    }
}

/// Whether records of natural persons are published. Raw values are stable.
package enum PersonPublication: UInt32, Sendable, Hashable, CaseIterable {
    /// The text says nothing: they are not (PIPL 25).
    case notStated = 0
    case notPublished = 1
    /// Published without what identifies (Shenzhen).
    case deidentified = 2

    package var name: String {
        switch self {
        case .notStated: "not-stated"
        case .notPublished: "not-published"
        case .deidentified: "deidentified"
        }
    }
}

/// The law of one jurisdiction as numbers. Travels down in editions; every deadline names the edition it was computed
/// with. Texts not read are marked, number by number.
package struct LegalProfile: Sendable, Hashable {
    /// `hubei`; stable.
    package var code: String
    /// Edition, ascending from 1.
    package var number: UInt64
    package var titleZh: String
    package var titleEn: String
    /// Division it is the law of, 6 digits.
    package var division: String
    package var sources: [LegalBasis]
    /// Ascending by clock, each at most once.
    package var terms: [ProfileTerm]
    package var retention: Retention
    package var persons: PersonPublication
    package var personsVerified: Bool
    /// Tests by experts do not count into objection clocks (Henan 42).
    package var expertTestsCounted: Bool
    /// Free reports a year for the subject; nil when not stated.
    package var freeReports: UInt32?
    package var publication: [PublicationScheme]

    package init(code: String, number: UInt64, titleZh: String, titleEn: String, division: String, sources: [LegalBasis], terms: [ProfileTerm],
                 retention: Retention, persons: PersonPublication, personsVerified: Bool = true, expertTestsCounted: Bool = true,
                 freeReports: UInt32? = nil, publication: [PublicationScheme]) {
        self.code = code
        self.number = number
        self.titleZh = titleZh
        self.titleEn = titleEn
        self.division = division
        self.sources = sources
        self.terms = terms.sorted { $0.clock.rawValue < $1.clock.rawValue }
        self.retention = retention
        self.persons = persons
        self.personsVerified = personsVerified
        self.expertTestsCounted = expertTestsCounted
        self.freeReports = freeReports
        self.publication = publication
    }

    /// Some number of it waits for a person who has read the text.
    package var isUnverified: Bool { !unverified.isEmpty }

    /// Names of what was not read, in the order of the profile.
    package var unverified: [String] {
        terms.filter { !$0.isVerified }.map(\.clock.name) + (retention.isVerified ? [] : ["retention-start"]) + (personsVerified ? [] : ["persons"])
            + publication.filter { !$0.isVerified }.map { "publication/\($0.code)" }
    }

    /// - Returns: nil when the jurisdiction sets no such time.
    package func term(_ clock: ProfileClock) -> Term? { terms.first { $0.clock == clock }?.term }

    /// The last day of a clock that started on `date`; nil when the jurisdiction sets no such time.
    package func due(_ clock: ProfileClock, from date: CivilDate, _ calendar: WorkCalendar) -> DueDate? {
        term(clock).map { calendar.due($0, from: date) }
    }

    /// True when a record about such a subject may be published, in whatever form.
    package func mayPublish(_ subject: SubjectKind) -> Bool {
        switch subject {
        case .organisation, .unregistered: true
        case .person: persons == .deidentified
        }
    }

    /// The last day adverse data is kept; nil while it cannot be said: no term, the start not known, or still on a
    /// serious list.
    /// - Parameter listedUntil: last day on serious lists; nil when never on one.
    package func retentionEnd(_ dates: RetentionDates, isListed: Bool = false, listedUntil: CivilDate? = nil) -> CivilDate? {
        if retention.extendedWhileListed, isListed { return nil }
        let start = switch retention.start {
        case .end: dates.ended
        case .determination: dates.determined
        case .formation: dates.formed
        }
        guard let start, let end = term(.retention).flatMap({ start.adding($0) }) else { return nil }
        guard retention.extendedWhileListed, let listedUntil else { return end }
        return max(end, listedUntil)
    }

    /// The last day a line of the look-up log is kept; never under six months (网络安全法 21).
    package func queryLogEnd(ofPerson: Bool, on date: CivilDate) -> CivilDate {
        let least = date.adding(months: 6)
        return max(least, term(ofPerson ? .queryLogPersons : .queryLogOthers).flatMap { date.adding($0) } ?? least)
    }
}

/// The days of one record from which retention may count.
package struct RetentionDates: Sendable, Hashable {
    package var formed: CivilDate?
    package var determined: CivilDate?
    /// End of the conduct; of the period of a sanction where that is what the text means.
    package var ended: CivilDate?

    package init(formed: CivilDate? = nil, determined: CivilDate? = nil, ended: CivilDate? = nil) {
        self.formed = formed
        self.determined = determined
        self.ended = ended
    }
}
