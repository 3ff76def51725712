import Registry

/// Times as people and JSON see them: ISO 8601 at UTC+8, the civil time of the federation.
enum Instant {
    static func text(_ milliseconds: UInt64) -> String {
        let seconds = Int(milliseconds / 1000) + 8 * 3600, rest = seconds % 86_400
        let date = CivilDate(daysSinceEpoch: seconds / 86_400)?.description ?? "?"
        // Byte by byte: look-ups write several of these each.
        var text = Array(date.utf8)
        text.reserveCapacity(text.count + 15)
        for (mark, part) in [("T" as Unicode.Scalar, rest / 3600), (":", rest / 60 % 60), (":", rest % 60)] {
            text += [UInt8(ascii: mark), 48 + UInt8(part / 10), 48 + UInt8(part % 10)]
        }
        text += "+08:00".utf8
        return String(decoding: text, as: UTF8.self)
    }
}
