/// Traces that text bears when bytes were read in the wrong encoding, or when a character had no place in one.
/// What bears them is never stored: the original can only be had from the file's owner.
///
/// * U+FFFD, which decoders put for what they cannot read, and 锟斤拷, the bytes of two of them read as GBK;
/// * 烫烫烫 and 屯屯屯, memory that was never written, read as GBK;
/// * UTF-8 read as Latin-1 and written again: `Ã©`, `ä¸­å›½`;
/// * characters for private use (E000–F8FF and planes 15 and 16): what they look like differs from machine to machine,
///   and GB 18030-2022 gave most of those in use real places.
enum Mojibake {
    /// Whether such a trace begins at byte `i`, the lead of a character.
    static func begins(at i: Int, in b: Span<UInt8>) -> Bool {
        switch b[i] {
        case 0xEF:
            guard i + 2 < b.count else { return false }
            return (b[i + 1] == 0xBF && b[i + 2] == 0xBD) || (b[i + 1] >= 0x80 && b[i + 1] <= 0xA3)
        case 0xEE: return true
        case 0xF3: return i + 1 < b.count && b[i + 1] >= 0xB0
        case 0xF4: return true
        case 0xE9:  // 锟斤拷
            return i + 8 < b.count && b[i + 1] == 0x94 && b[i + 2] == 0x9F && b[i + 3] == 0xE6 && b[i + 4] == 0x96 && b[i + 5] == 0xA4
                && b[i + 6] == 0xE6 && b[i + 7] == 0x8B && b[i + 8] == 0xB7
        case 0xE7: return isThrice(i, b, 0x83, 0xAB)  // 烫
        case 0xE5: return isThrice(i, b, 0xB1, 0xAF)  // 屯
        case 0xC3: return isDoublyEncoded(i, b)
        default: return false
        }
    }

    private static func isThrice(_ i: Int, _ b: Span<UInt8>, _ second: UInt8, _ third: UInt8) -> Bool {
        guard i + 8 < b.count else { return false }
        for k in [i, i + 3, i + 6] where b[k] != b[i] || b[k + 1] != second || b[k + 2] != third { return false }
        return true
    }

    /// U+00C2 or U+00C3 with one of U+0080–U+00BF behind it, or twice U+00E4–U+00E9 with two behind: what UTF-8 looks
    /// like through Latin-1. Windows-1252 shows some of the followers as U+0152…U+2122.
    private static func isDoublyEncoded(_ i: Int, _ b: Span<UInt8>) -> Bool {
        guard let first = latin(i, b) else { return false }
        if first == 0xC2 || first == 0xC3 { return latin(i + 2, b).map { $0 >= 0x80 && $0 < 0xC0 } ?? false }
        guard let next = triple(i, b) else { return false }
        return triple(next, b) != nil
    }

    /// The end of a lead and two followers that begin at `i`.
    private static func triple(_ i: Int, _ b: Span<UInt8>) -> Int? {
        guard let lead = latin(i, b), lead >= 0xE4, lead <= 0xE9, let middle = follower(i + 2, b) else { return nil }
        return follower(middle, b)
    }

    /// The character of U+0080…U+00FF at `i`.
    private static func latin(_ i: Int, _ b: Span<UInt8>) -> Int? {
        guard i + 1 < b.count, b[i] == 0xC2 || b[i] == 0xC3 else { return nil }
        return Int(b[i] & 0x03) << 6 | Int(b[i + 1] & 0x3F)
    }

    private static func follower(_ i: Int, _ b: Span<UInt8>) -> Int? {
        if let one = latin(i, b) { return one >= 0x80 && one < 0xC0 ? i + 2 : nil }
        guard i + 1 < b.count else { return nil }
        if b[i] == 0xC5 || b[i] == 0xC6 || b[i] == 0xCB { return i + 2 }
        guard i + 2 < b.count, b[i] == 0xE2, (0x80...0x84).contains(b[i + 1]) else { return nil }
        return i + 3
    }
}
