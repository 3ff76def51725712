/// One pass over the bytes of a text: length, whether the table would change it, and whether it holds a
/// citizen's number. Most cells need nothing else.
///
/// Steps over whole characters where it can; bytes that are no UTF-8 are taken one at a time, so that the answer
/// does not hang on how they are grouped (a test compares it with a byte-by-byte twin).
struct TextScan {
    /// Unicode scalars; lengths of the standard count these.
    var scalars = 0
    /// False only when ``Normalisation/mapped(_:multiline:)`` would return the same bytes.
    var needsMapping = false
    var hasLineBreak = false
    var holdsCitizenNumber = false
    /// Traces of a wrong decoding, see ``Mojibake``.
    var isGarbled = false

    init(_ text: Span<UInt8>) {
        text.withUnsafeBufferPointer { read($0, text) }
    }

    private mutating func read(_ b: UnsafeBufferPointer<UInt8>, _ text: Span<UInt8>) {
        let count = b.count
        guard count > 0 else { return }
        if TextScan.isTrimmed(b[0]) || TextScan.isTrimmed(b[count - 1]) { needsMapping = true }
        var digits = 0, i = 0
        while i < count {
            let byte = b[i]
            if byte >= 0x80 {
                digits = 0
                // Ideographs lead with E4…E9, and all that lead with EA…ED pass like them.
                if byte >= 0xE4, byte < 0xEE, i + 2 < count, b[i + 1] & 0xC0 == 0x80, b[i + 2] & 0xC0 == 0x80 {
                    scalars += 1
                    if TextScan.maySignal(byte, b[i + 1]), Mojibake.begins(at: i, in: text) { isGarbled = true }
                    i += 3
                    continue
                }
                // Leads count; followers were counted with theirs.
                if byte >= 0xC0 { lead(byte, i, b, text) }
            } else {
                scalars += 1
                if byte &- 0x30 <= 9 {
                    digits += 1
                    if digits >= 18, CitizenNumber.isWellFormed(text, at: i - 17) { holdsCitizenNumber = true }
                } else {
                    if digits >= 17, byte | 0x20 == 0x78, CitizenNumber.isWellFormed(text, at: i - 17) { holdsCitizenNumber = true }
                    digits = 0
                    if byte < 0x20 || byte == 0x7F {
                        if byte == 0x0A { hasLineBreak = true } else { needsMapping = true }
                    }
                }
            }
            i += 1
        }
    }

    private static func isTrimmed(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A }

    /// Whether a trace of ``Mojibake`` may begin with these two bytes of an ideograph.
    @inline(__always) private static func maySignal(_ first: UInt8, _ second: UInt8) -> Bool {
        (second == 0x94 || second == 0x83 || second == 0xB1) && (first == 0xE9 || first == 0xE7 || first == 0xE5)
    }

    private mutating func lead(_ byte: UInt8, _ i: Int, _ b: UnsafeBufferPointer<UInt8>, _ text: Span<UInt8>) {
        scalars += 1
        if byte >= 0xE4, byte < 0xEE {
            // Cut short or ill-formed: the same question as of a whole one.
            if i + 1 < b.count, TextScan.maySignal(byte, b[i + 1]), Mojibake.begins(at: i, in: text) { isGarbled = true }
            return
        }
        switch Normalisation.Character.at(i, in: text) {
        case .plain, .typographic: break
        case .narrow, .space, .lineBreak, .invisible: needsMapping = true
        }
        if byte == 0xC3 || byte >= 0xEE, Mojibake.begins(at: i, in: text) { isGarbled = true }
    }
}
