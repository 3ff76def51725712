/// Keeps personal numbers out of everything a person may read.
package enum PersonalText {
    /// True when a run of 18 characters in `text` is a citizen's number whose check holds.
    package static func holdsCitizenNumber(_ text: String) -> Bool {
        let (bytes, _) = Normalisation.mapped(text.utf8.span, multiline: true)
        return TextScan(bytes.span).holdsCitizenNumber
    }

    /// One star per character, at most 18: says that something stands there and no more.
    package static func hidden(_ text: String) -> String {
        String(repeating: "*", count: min(18, text.unicodeScalars.count))
    }

    /// `text` fit for a message: narrowed, on one line, at most 64 characters, and everything that looks like a
    /// citizen's number (checks are not asked: a mistyped number is personal too) starred out. Separators inside
    /// the number do not save it. Cut only after masking, so that no cut number passes.
    package static func shown(_ bytes: [UInt8]) -> String {
        var line = Normalisation.mapped(Array(String(decoding: bytes.prefix(4096), as: UTF8.self).utf8).span, multiline: false).bytes
        mask(&line)
        let scalars = String(decoding: line, as: UTF8.self).unicodeScalars
        guard scalars.count > 64 else { return String(scalars) }
        return String(String.UnicodeScalarView(scalars.prefix(63))) + "…"
    }

    package static func shown(_ text: String) -> String {
        isHarmless(text.utf8.span) ? text : shown(Array(text.utf8))
    }

    /// Short printable ASCII with too few digits for any number: field codes, dates, amounts.
    private static func isHarmless(_ b: Span<UInt8>) -> Bool {
        guard b.count <= 64 else { return false }
        var digits = 0
        for i in 0..<b.count {
            guard b[i] > 0x20, b[i] < 0x7F else { return false }
            if isDigit(b[i]) { digits += 1 }
        }
        return digits < 15
    }

    private static func isDigit(_ b: UInt8) -> Bool { b >= 48 && b <= 57 }
    private static func isSeparator(_ b: UInt8) -> Bool { b == 0x20 || (b >= 0x2D && b <= 0x2F) || b == 0x5F }

    /// Collects digit runs, single separators allowed inside, and stars those that hold a birth date in the
    /// place of the 18- or the 15-digit form.
    private static func mask(_ line: inout [UInt8]) {
        var i = 0
        while i < line.count {
            guard isDigit(line[i]) else { i += 1; continue }
            var places: [Int] = []
            var j = i
            while j < line.count {
                if isDigit(line[j]) {
                    places.append(j)
                } else if line[j] == 0x58 || line[j] == 0x78, places.count >= 17 {
                    places.append(j)
                    j += 1
                    break
                } else if !(isSeparator(line[j]) && j + 1 < line.count && (isDigit(line[j + 1]) || line[j + 1] | 0x20 == 0x78)) {
                    break
                }
                j += 1
            }
            let digits = places.map { line[$0] }
            if looksPersonal(digits) { for place in places { line[place] = UInt8(ascii: "*") } }
            i = max(j, i + 1)
        }
    }

    private static func looksPersonal(_ d: [UInt8]) -> Bool {
        func number(_ from: Int, _ count: Int) -> Int { d[from..<(from + count)].reduce(0) { $0 * 10 + Int($1) - 48 } }
        func dayAndMonth(_ at: Int) -> Bool { (1...12).contains(number(at, 2)) && (1...31).contains(number(at + 2, 2)) }
        if d.count == 15, d.allSatisfy(isDigit) { return dayAndMonth(8) }
        guard d.count >= 17 else { return false }
        for start in 0...(d.count - 17) where isDigit(d[start + 16]) {
            if (1900...2100).contains(number(start + 6, 4)), dayAndMonth(start + 10) { return true }
        }
        return false
    }
}
