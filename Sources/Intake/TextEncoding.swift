/// How a text file writes its characters.
package enum TextEncoding: String, Sendable, Hashable, CaseIterable {
    case utf8 = "utf-8"
    case utf16LittleEndian = "utf-16le"
    case utf16BigEndian = "utf-16be"
    /// GB 2312 and GBK are parts of it.
    case gb18030 = "gb18030"

    /// Names as people write them: `UTF8`, `gbk`, `GB2312`, `cp936`, `utf-16`, in any case.
    package init?(name: String) {
        switch String(name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }) {
        case "utf8", "utf8bom", "utf8sig": self = .utf8
        case "utf16", "utf16le", "unicode", "ucs2", "ucs2le": self = .utf16LittleEndian
        case "utf16be", "ucs2be": self = .utf16BigEndian
        case "gb18030", "gb180302022", "gb180302005", "gbk", "gb2312", "cp936", "936", "ansi": self = .gb18030
        default: return nil
        }
    }

    /// What `--encoding` takes.
    package static let names = "utf-8, utf-16le, utf-16be, gb18030 (gbk, gb2312)"

    /// The encoding a byte order mark names, and the mark's length; nil without one.
    static func mark(_ b: ArraySlice<UInt8>) -> (encoding: TextEncoding, length: Int)? {
        if b.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
        if b.starts(with: [0xFF, 0xFE]) { return (.utf16LittleEndian, 2) }
        if b.starts(with: [0xFE, 0xFF]) { return (.utf16BigEndian, 2) }
        if b.starts(with: [0x84, 0x31, 0x95, 0x33]) { return (.gb18030, 4) }
        return nil
    }

    /// What the beginning of a file without a mark is most likely written in; nil while it is ASCII throughout, which
    /// all but UTF-16 write alike.
    ///
    /// UTF-16 shows by the zero bytes of its line ends, delimiters and letters, all on one side. UTF-8 shows by its
    /// strict form; a few broken places among many whole characters do not speak against it, because text in GB 18030
    /// is broken UTF-8 nearly everywhere.
    static func detect(_ window: ArraySlice<UInt8>, isWhole: Bool) -> TextEncoding? {
        if let wide = utf16(window) { return wide }
        let form = UTF8Form(window, isWhole: isWhole)
        if form.whole == 0, form.broken == 0 { return nil }
        return form.broken * 8 <= form.whole ? .utf8 : .gb18030
    }

    private static func utf16(_ window: ArraySlice<UInt8>) -> TextEncoding? {
        guard window.count >= 4 else { return nil }
        var little = 0, big = 0, pairs = 0
        var i = window.startIndex
        while i + 1 < window.endIndex {
            pairs += 1
            if window[i + 1] == 0, isPrintable(window[i]) { little += 1 }
            if window[i] == 0, isPrintable(window[i + 1]) { big += 1 }
            i += 2
        }
        // Eight-bit text has next to no zero bytes; Chinese rows have a delimiter every few characters.
        let least = max(2, pairs / 64)
        if little >= least, little > 4 * big { return .utf16LittleEndian }
        if big >= least, big > 4 * little { return .utf16BigEndian }
        return nil
    }

    private static func isPrintable(_ b: UInt8) -> Bool { (b >= 0x20 && b < 0x7F) || b == 0x0A || b == 0x0D || b == 0x09 }
}

/// How far bytes have the form of UTF-8 (RFC 3629: shortest form, no surrogates).
private struct UTF8Form {
    /// Characters of more than one byte.
    var whole = 0
    /// Bytes that belong to no character.
    var broken = 0

    init(_ b: ArraySlice<UInt8>, isWhole: Bool) {
        var i = b.startIndex
        while i < b.endIndex {
            let first = b[i]
            if first < 0x80 { i += 1; continue }
            let length = first >= 0xC2 && first < 0xE0 ? 2 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xF0 && first < 0xF5 ? 4 : 0
            guard length > 0 else { broken += 1; i += 1; continue }
            var good = 1
            while good < length, i + good < b.endIndex, isFollower(b[i + good], of: first, good) { good += 1 }
            if good == length {
                whole += 1
            } else if isWhole || i + good < b.endIndex {
                broken += 1
            }
            i += good
        }
    }

    private func isFollower(_ b: UInt8, of first: UInt8, _ index: Int) -> Bool {
        guard index == 1 else { return b & 0xC0 == 0x80 }
        switch first {
        case 0xE0: return b >= 0xA0 && b < 0xC0
        case 0xED: return b >= 0x80 && b < 0xA0
        case 0xF0: return b >= 0x90 && b < 0xC0
        case 0xF4: return b >= 0x80 && b < 0x90
        default: return b & 0xC0 == 0x80
        }
    }
}
