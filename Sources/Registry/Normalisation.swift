/// The one table that decides how text is written before it is compared, digested or sealed.
///
/// Fixed and our own, because a Unicode library changes between releases and two nodes must agree on
/// bytes. A change needs a new ``version``. Applied once, at intake. Which field gets what:
///
/// | handling | form |
/// |---|---|
/// | plain text of 2 000 characters and more | ``text(_:)``: line breaks kept as LF |
/// | other plain text, code lists | ``line(_:)``: line breaks become one space |
/// | credit codes, personal numbers | ``code(_:)`` |
/// | document numbers | ``documentNumber(_:)`` |
///
/// Chinese punctuation stays in text and lines (`，；：！？（）` are typography, and register names carry `（）`);
/// full-width letters, digits and `＃＄％＆＊＋－．／＝＠＿` are narrowed. Codes are narrowed altogether.
package enum Normalisation {
    /// Recorded with every record; 1 is the first table.
    package static let version: UInt32 = 1

    /// Free text: narrowed, trimmed, TAB and U+00A0 and U+3000 → space, CRLF and CR → LF; control and invisible
    /// characters (C0, DEL, C1, zero-width, bidirectional marks, U+FEFF) left out. Callers report what was left out.
    package static func text(_ raw: String) -> String { String(decoding: mapped(raw.utf8.span, multiline: true).bytes, as: UTF8.self) }

    /// As ``text(_:)``, on one line.
    package static func line(_ raw: String) -> String { String(decoding: mapped(raw.utf8.span, multiline: false).bytes, as: UTF8.self) }

    /// Codes: FF01–FF5E → ASCII, spaces and hyphens of every kind removed, upper-cased. Never O→0 or I→1.
    package static func code(_ raw: String) -> String {
        var bytes = compact(raw.utf8.span, upper: true)
        bytes.removeAll { $0 == UInt8(ascii: "-") }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Document numbers (rule 3.2): every bracket of `()[]（）［］【】〔〕〖〗` → `〔〕`, full width narrowed, spaces
    /// removed; `第…号` and digits, leading zeros too, stay as they are.
    package static func documentNumber(_ raw: String) -> String {
        String(decoding: documentNumber(raw.utf8.span), as: UTF8.self)
    }

    static func documentNumber(_ raw: Span<UInt8>) -> [UInt8] {
        let source = compact(raw, upper: false)
        var out: [UInt8] = []
        out.reserveCapacity(source.count + 8)
        var i = 0
        while i < source.count {
            let b = source[i]
            if b == 0x28 || b == 0x5B { out += [0xE3, 0x80, 0x94]; i += 1; continue }
            if b == 0x29 || b == 0x5D { out += [0xE3, 0x80, 0x95]; i += 1; continue }
            if b == 0xE3, i + 2 < source.count, source[i + 1] == 0x80 {
                let c = source[i + 2]
                if c == 0x90 || c == 0x96 { out += [0xE3, 0x80, 0x94]; i += 3; continue }  // 【 〖
                if c == 0x91 || c == 0x97 { out += [0xE3, 0x80, 0x95]; i += 3; continue }  // 】 〗
            }
            out.append(b)
            i += 1
        }
        return out
    }

    /// True exactly when ``documentNumber(_:)-(Span<UInt8>)`` would return the same bytes.
    package static func isPlainDocumentNumber(_ b: Span<UInt8>) -> Bool {
        for i in 0..<b.count {
            switch b[i] {
            case 0...0x20, 0x28, 0x29, 0x5B, 0x5D, 0x7F: return false
            case 0xC2, 0xE2, 0xE3, 0xEF:
                guard case .plain = Character.at(i, in: b) else { return false }
                if b[i] == 0xE3, i + 2 < b.count, b[i + 1] == 0x80 {
                    switch b[i + 2] {
                    case 0x90, 0x91, 0x96, 0x97: return false  // 【】〖〗
                    default: continue
                    }
                }
            default: continue
            }
        }
        return true
    }

    /// Full width narrowed altogether; white space, control and invisible characters removed.
    static func compact(_ raw: Span<UInt8>, upper: Bool) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(raw.count)
        var i = 0
        while i < raw.count {
            switch Character.at(i, in: raw) {
            case .plain(let length):
                for k in i..<(i + length) { out.append(raw[k]) }
                i += length
            case .narrow(let ascii), .typographic(let ascii):
                out.append(ascii)
                i += 3
            case .space(let length), .lineBreak(let length), .invisible(let length):
                i += length
            }
        }
        if upper { for k in out.indices where out[k] >= 0x61 && out[k] <= 0x7A { out[k] -= 0x20 } }
        return out
    }

    /// The table applied to text; `dropped` counts the characters left out.
    static func mapped(_ raw: Span<UInt8>, multiline: Bool) -> (bytes: [UInt8], dropped: Int) {
        var out: [UInt8] = []
        out.reserveCapacity(raw.count)
        var dropped = 0, i = 0
        while i < raw.count {
            switch Character.at(i, in: raw) {
            case .plain(let length):
                for k in i..<(i + length) { out.append(raw[k]) }
                i += length
            case .narrow(let ascii):
                out.append(ascii)
                i += 3
            case .typographic:
                for k in i..<(i + 3) { out.append(raw[k]) }
                i += 3
            case .space(let length):
                out.append(0x20)
                i += length
            case .lineBreak(let length):
                out.append(multiline ? 0x0A : 0x20)
                i += length
            case .invisible(let length):
                dropped += 1
                i += length
            }
        }
        while let last = out.last, last == 0x20 || last == 0x0A { out.removeLast() }
        if let first = out.firstIndex(where: { $0 != 0x20 && $0 != 0x0A }), first > 0 { out.removeFirst(first) }
        return (out, dropped)
    }
}
