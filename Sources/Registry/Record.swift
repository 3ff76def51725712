/// The value of one field, normalised.
package enum FieldValue: Sendable, Hashable {
    case text(String)
    case date(CivilDate)
    case amount(Amount)

    package var type: FieldType {
        switch self {
        case .text: .text
        case .date: .date
        case .amount: .amount
        }
    }

    /// As the publicity tables write it: dates `YYYY/MM/DD`, amounts in 万元.
    package var tableText: String {
        switch self {
        case .text(let text): text
        case .date(let date): date.tableText
        case .amount(let amount): amount.description
        }
    }
}

/// Which kind of subject a record is about. Raw values are stable.
package enum SubjectKind: UInt32, Sendable, Hashable, CaseIterable {
    case organisation = 1
    case unregistered = 2
    case person = 3
}

/// Whom a record is about. Printing never gives a person's number.
package enum Subject: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// An organisation or a sole trader with a code.
    case organisation(CreditCode)
    /// A sole trader without a code (placeholder in the row). The name is no key for merging (rule 3.2).
    case unregistered(name: String)
    /// `number` normalised and in clear: for the keyed digest and encryption only.
    case person(IdentityDocument, number: String)

    package var kind: SubjectKind {
        switch self {
        case .organisation: .organisation
        case .unregistered: .unregistered
        case .person: .person
        }
    }

    package var description: String {
        switch self {
        case .organisation(let code): code.text
        case .unregistered(let name): name
        case .person(let document, let number): "\(document.name) \(PersonalText.hidden(number))"
        }
    }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["subject": description]) }
}

/// The three values of 行政相对人类别 (424号).
package enum SubjectClassWord: UInt32, Sendable, Hashable, CaseIterable {
    case organisation = 1
    case naturalPerson = 2
    case soleTrader = 3

    package var text: String {
        switch self {
        case .organisation: "法人及非法人组织"
        case .naturalPerson: "自然人"
        case .soleTrader: "个体工商户"
        }
    }

    package init?(text: String) {
        switch text {
        case "法人及非法人组织": self = .organisation
        case "自然人": self = .naturalPerson
        case "个体工商户": self = .soleTrader
        default: return nil
        }
    }
}
