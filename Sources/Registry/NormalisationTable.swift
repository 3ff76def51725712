extension Normalisation {
    /// What the table says of one character; lengths are in bytes of UTF-8.
    enum Character {
        case plain(Int)
        /// Full-width letter, digit or technical sign (three bytes) and its ASCII form.
        case narrow(UInt8)
        /// Full-width punctuation (three bytes): kept in text, narrowed in codes.
        case typographic(UInt8)
        case space(Int)
        case lineBreak(Int)
        case invisible(Int)

        /// The character that begins at `i`. Ill-formed bytes count as plain, one at a time: whether the
        /// whole is UTF-8 is asked elsewhere.
        static func at(_ i: Int, in b: Span<UInt8>) -> Character {
            let first = b[i]
            if first < 0x80 {
                switch first {
                case 0x20, 0x09: return .space(1)
                case 0x0A: return .lineBreak(1)
                case 0x0D: return .lineBreak(i + 1 < b.count && b[i + 1] == 0x0A ? 2 : 1)
                case 0..<0x20, 0x7F: return .invisible(1)
                default: return .plain(1)
                }
            }
            guard i + 1 < b.count else { return .plain(1) }
            let second = b[i + 1]
            if first == 0xC2 {
                if second == 0xA0 { return .space(2) }
                return second >= 0x80 && second < 0xA0 ? .invisible(2) : .plain(2)
            }
            guard i + 2 < b.count else { return .plain(1) }
            let third = b[i + 2]
            switch (first, second) {
            case (0xE3, 0x80): return third == 0x80 ? .space(3) : .plain(3)
            case (0xE2, 0x80): return special(third)
            case (0xE2, 0x81): return third >= 0xA0 && third <= 0xAF ? .invisible(3) : .plain(3)
            case (0xEF, 0xBB): return third == 0xBF ? .invisible(3) : .plain(3)
            case (0xEF, 0xBC): return third > 0x80 && third <= 0xBF ? wide(third - 0x60) : .plain(3)
            case (0xEF, 0xBD): return third >= 0x80 && third <= 0x9E ? wide(third - 0x20) : .plain(3)
            default: return .plain(first >= 0xF0 && i + 3 < b.count ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1)
            }
        }

        /// U+2000…U+203F: 200B–200F and 202A–202E are invisible, 2028 and 2029 break lines, 2000–200A are spaces.
        private static func special(_ third: UInt8) -> Character {
            switch third {
            case 0x80...0x8A: .space(3)
            case 0x8B...0x8F, 0xAA...0xAE: .invisible(3)
            case 0xA8, 0xA9: .lineBreak(3)
            default: .plain(3)
            }
        }

        private static func wide(_ ascii: UInt8) -> Character {
            switch ascii {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: .narrow(ascii)
            // # $ % & * + - . / = @ _
            case 0x23...0x26, 0x2A, 0x2B, 0x2D...0x2F, 0x3D, 0x40, 0x5F: .narrow(ascii)
            default: .typographic(ascii)
            }
        }
    }
}
