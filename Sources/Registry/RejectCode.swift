/// Why an entry is sent back (退回, rules.md T4; Henan 17 asks that the sender is told). Names are stable: files, commands and
/// sealed changes use them; one that is not listed here may stand in a change of a newer node.
package enum RejectCode: String, Sendable, Hashable, CaseIterable {
    case incomplete
    case wrongSubject = "wrong-subject"
    case wrongField = "wrong-field"
    case noBasis = "no-basis"
    case notInForce = "not-in-force"
    case duplicate
    case attachment
    case outOfScope = "out-of-scope"
    case other

    package var words: (zh: String, en: String) {
        switch self {
        case .incomplete: ("要素不全", "something is missing")
        case .wrongSubject: ("主体有误", "wrong subject")
        case .wrongField: ("内容与文书不符", "differs from the document")
        case .noBasis: ("缺少依据", "no basis")
        case .notInForce: ("决定尚未生效", "the decision is not in force")
        case .duplicate: ("重复报送", "entered before")
        case .attachment: ("附件缺失或不清", "attachments missing or unreadable")
        case .outOfScope: ("不在目录范围", "not in the catalogue's scope")
        case .other: ("其他", "other")
        }
    }

    /// A code as it may be sealed: 1…40 of a-z, 0-9, -.
    package static func isWellFormed(_ code: String) -> Bool {
        (1...40).contains(code.utf8.count)
            && code.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-") }
    }
}
