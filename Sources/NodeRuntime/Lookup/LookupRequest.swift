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
        if let plain = PlainJSON.object(json), let request = LookupRequest(plain) {
            self = request
        } else {
            do { self = try JSONDecoder().decode(LookupRequest.self, from: Data(json)) } catch {
                throw ControlFault(
                    "bad-json", zh: "请求内容有误", en: "the request is no look-up's",
                    hint: #"{"subject":"CODE","purpose":"…","operator":"…"}"#, exit: .usage)
            }
        }
        guard (subject == nil) != (subjects == nil), (1...Self.maximumSubjects).contains(subjects?.count ?? 1) else {
            throw ControlFault(
                "lookup-subjects", zh: "须有 subject，或 1 至 \(Self.maximumSubjects) 个 subjects", en: "either subject, or 1…\(Self.maximumSubjects) subjects", hint: "", exit: .badInput)
        }
    }

    /// nil when the members are not exactly those of a plain request; the general decoder then has the word.
    private init?(_ members: [(name: String, value: PlainJSON.Value)]) {
        self.init(purpose: "", operator: "")
        var names: Set<String> = []
        for (name, value) in members {
            guard names.insert(name).inserted else { return nil }
            switch (name, value) {
            case ("subject", .text(let text)): subject = text
            case ("subjects", .texts(let texts)): subjects = texts
            case ("person", .text(let text)): person = text
            case ("purpose", .text(let text)): purpose = text
            case ("caseNumber", .text(let text)): caseNumber = text
            case ("operator", .text(let text)): `operator` = text
            case ("unit", .text(let text)): unit = text
            case (_, .text), (_, .texts): return nil
            }
        }
        guard names.isSuperset(of: ["purpose", "operator"]) else { return nil }
    }
}

/// The plain part of JSON, quickly: one object whose values are strings, or lists of strings, without a backslash. Whatever
/// else may be JSON is for a general decoder.
enum PlainJSON {
    enum Value: Hashable {
        case text(String)
        case texts([String])
    }

    /// - Returns: members in order; nil for anything but plain JSON.
    static func object(_ bytes: [UInt8]) -> [(name: String, value: Value)]? {
        var reader = Reader(rest: bytes[...])
        guard reader.take("{") else { return nil }
        var members: [(name: String, value: Value)] = []
        repeat {
            guard let name = reader.text(), reader.take(":"), let value = reader.value() else { return nil }
            members.append((name, value))
        } while reader.take(",")
        guard reader.take("}"), reader.isAtEnd else { return nil }
        return members
    }

    private struct Reader {
        var rest: ArraySlice<UInt8>

        private mutating func skipSpace() { rest = rest.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 } }

        var isAtEnd: Bool {
            mutating get {
                skipSpace()
                return rest.isEmpty
            }
        }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            skipSpace()
            guard let first = rest.first, first == UInt8(ascii: character) else { return false }
            rest = rest.dropFirst()
            return true
        }

        mutating func text() -> String? {
            guard take("\"") else { return nil }
            guard let end = rest.firstIndex(where: { $0 < 0x20 || $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") }), rest[end] == UInt8(ascii: "\"") else { return nil }
            defer { rest = rest[(end + 1)...] }
            return String(validating: rest[..<end], as: UTF8.self)
        }

        mutating func value() -> Value? {
            guard take("[") else { return text().map { .text($0) } }
            var texts: [String] = []
            repeat {
                guard let next = text() else { return nil }
                texts.append(next)
            } while take(",")
            return take("]") ? .texts(texts) : nil
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
