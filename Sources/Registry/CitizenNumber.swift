/// A citizen's identity number (公民身份号码, GB 11643-1999): 6 digits of address, 8 of birth date,
/// 3 of sequence and an ISO 7064 MOD 11-2 check.
///
/// Personal information (PIPL 28, 居民身份证法 19): printing, dumping and interpolating give the mask.
/// Invariant: 18 characters, a real birth date not after `today` of parsing, check holds, `X` upper-case.
package struct CitizenNumber: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// In clear. For digests and encryption only; never for messages or logs.
    package let clearText: String
    package let birthDate: CivilDate

    fileprivate init(clearText: String, birthDate: CivilDate) {
        self.clearText = clearText
        self.birthDate = birthDate
    }

    /// `420***********123X`: three characters, eleven stars, four characters.
    package var masked: String { String(clearText.prefix(3)) + "***********" + String(clearText.suffix(4)) }
    package var description: String { masked }
    package var debugDescription: String { masked }
    package var customMirror: Mirror { Mirror(self, children: ["masked": masked]) }

    /// Whole years completed on `date`, never below 0.
    package func age(on date: CivilDate) -> Int { birthDate.age(on: date) }

    /// Why a text is no citizen's number. Carries no part of the text.
    package enum Fault: UInt32, Error, Hashable, Sendable, CaseIterable {
        case length = 1
        /// The 15-digit form, not valid since 2013.
        case oldForm = 2
        case character = 3
        case birthDate = 4
        case birthDateInFuture = 5
        case check = 6
    }

    /// Normalises (``Normalisation/code(_:)``) and checks; membership of the address in any division table
    /// is not asked, abolished codes are lawful.
    package static func parse(_ raw: String, today: CivilDate) -> Result<CitizenNumber, Fault> {
        let text = Normalisation.code(raw)
        let b = text.utf8.span
        guard b.count == 18 else { return .failure(b.count == 15 && digits(b, 0, 15) ? .oldForm : .length) }
        guard digits(b, 0, 17), b[17] == UInt8(ascii: "X") || (b[17] >= 48 && b[17] <= 57) else { return .failure(.character) }
        guard let born = birthDate(b, at: 0) else { return .failure(.birthDate) }
        guard born <= today else { return .failure(.birthDateInFuture) }
        guard checkHolds(b, at: 0) else { return .failure(.check) }
        return .success(CitizenNumber(clearText: text, birthDate: born))
    }

    /// The shape alone, at byte `start` of a longer text: 17 digits and a digit or X (either case), a real date of
    /// 1900…2099, a check that holds; no clock, so that every node judges a sealed body alike. The caller knows that 18 bytes are there and the first 17 are digits.
    static func isWellFormed(_ b: Span<UInt8>, at start: Int) -> Bool {
        // The century settles most runs of digits at once.
        let first = b[start + 6], second = b[start + 7]
        guard (first == UInt8(ascii: "1") && second == UInt8(ascii: "9")) || (first == UInt8(ascii: "2") && second == UInt8(ascii: "0")) else {
            return false
        }
        return checkHolds(b, at: start) && birthDate(b, at: start) != nil
    }

    static func checkHolds(_ b: Span<UInt8>, at start: Int) -> Bool {
        var sum = 0
        for k in 0..<17 { sum = (sum &+ Int(b[start + k]) &- 48) &* 2 }
        let last = b[start + 17]
        let value = last == UInt8(ascii: "X") || last == UInt8(ascii: "x") ? 10 : Int(last) - 48
        return (sum + value) % 11 == 1
    }

    static func birthDate(_ b: Span<UInt8>, at start: Int) -> CivilDate? {
        func number(_ from: Int, _ count: Int) -> Int {
            var n = 0
            for k in 0..<count { n = n * 10 + Int(b[start + from + k]) - 48 }
            return n
        }
        return CivilDate(year: number(6, 4), month: number(10, 2), day: number(12, 2))
    }

    private static func digits(_ b: Span<UInt8>, _ from: Int, _ to: Int) -> Bool {
        for i in from..<to where b[i] < 48 || b[i] > 57 { return false }
        return true
    }
}

/// The kinds of identity document of the double-publicity standard (424号, 证件类型). Raw values are sealed
/// into records and never change.
package enum IdentityDocument: UInt32, Sendable, Hashable, CaseIterable {
    case citizenID = 1
    case passport = 2
    case hkMacaoPermit = 3
    case taiwanPermit = 4
    case foreignPermanentResident = 5

    /// The name of the standard.
    package var name: String {
        switch self {
        case .citizenID: "身份证"
        case .passport: "护照"
        case .hkMacaoPermit: "港澳居民来往内地通行证"
        case .taiwanPermit: "台湾居民来往大陆通行证"
        case .foreignPermanentResident: "外国人永久居留身份证"
        }
    }

    /// The name of the standard, or 居民身份证, 公民身份证, 港澳通行证, 台胞证, 外国人永久居留证.
    package init?(name: String) {
        switch Normalisation.code(name) {
        case "身份证", "居民身份证", "公民身份证": self = .citizenID
        case "护照": self = .passport
        case "港澳居民来往内地通行证", "港澳通行证": self = .hkMacaoPermit
        case "台湾居民来往大陆通行证", "台胞证": self = .taiwanPermit
        case "外国人永久居留身份证", "外国人永久居留证": self = .foreignPermanentResident
        default: return nil
        }
    }

    /// Normalised number of a document other than the citizen's card: 5…30 ASCII letters and digits.
    package static func otherNumber(_ raw: String) -> String? {
        let text = Normalisation.code(raw)
        guard text.utf8.count >= 5, text.utf8.count <= 30,
              text.utf8.allSatisfy({ ($0 >= 48 && $0 <= 57) || ($0 >= 65 && $0 <= 90) }) else { return nil }
        return text
    }
}
