import Foundation

/// What a look-up client sends to `POST /v1/lookup`: one subject, or several for the same purpose.
package struct LookupRequest: Codable, Sendable {
    /// Most subjects of one request, and most bytes of it.
    package static let maximumSubjects = 100
    package static let maximumBytes = 64 << 10
    package static let path = "/v1/lookup"

    /// The answer is then one ``LookupCommand/Response``.
    package var subject: String?
    /// The answer is then a ``LookupBatchResponse``, in this order.
    package var subjects: [String]?
    /// Of persons: the kind of identity document, by its name; subjects are the numbers then.
    package var person: String?
    package var purpose: String
    package var caseNumber: String?
    package var `operator`: String
    /// Not needed, for the enrolment says it; another one than that is refused.
    package var unit: String?

    package init(
        subject: String? = nil, subjects: [String]? = nil, person: String? = nil, purpose: String, caseNumber: String? = nil, operator: String, unit: String? = nil
    ) {
        self.subject = subject
        self.subjects = subjects
        self.person = person
        self.purpose = purpose
        self.caseNumber = caseNumber
        self.operator = `operator`
        self.unit = unit
    }

    init(json: [UInt8]) throws(ControlFault) {
        do { self = try JSONDecoder().decode(LookupRequest.self, from: Data(json)) } catch {
            throw ControlFault(
                "bad-json", zh: "请求内容有误", en: "the request is no look-up's",
                hint: #"{"subject":"CODE","purpose":"…","operator":"…"}"#, exit: .usage)
        }
        guard (subject == nil) != (subjects == nil), (1...Self.maximumSubjects).contains(subjects?.count ?? 1) else {
            throw ControlFault(
                "lookup-subjects", zh: "须有 subject，或 1 至 \(Self.maximumSubjects) 个 subjects", en: "either subject, or 1…\(Self.maximumSubjects) subjects", hint: "", exit: .badInput)
        }
    }
}

/// Answers to a request with several subjects, each with its line in the log; a subject that is refused refuses no other.
package struct LookupBatchResponse: Codable, Sendable {
    package struct One: Codable, Sendable {
        package var answer: LookupCommand.Response?
        package var fault: ControlFault?
    }
    package var answers: [One]
}
