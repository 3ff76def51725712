/// Where GB 18030-2022 and the converters in use differ.
///
/// The 2022 edition gives 24 characters that stood in the private-use area real code points: eight ideographs and ten
/// vertical forms moved places (their two-byte codes now mean U+9FB4–9FBB and U+FE10–FE19), and six components have
/// real ones (U+20087 …). glibc reads the two-byte codes as 2022 does, and refuses the four-byte codes that the 2005
/// edition had for the same characters, although files hold both. Other converters give the private-use characters.
/// Names are written with these characters, so both ways are read as the real character. (The 2022 edition lets the
/// four-byte codes stand for the private-use characters instead; nobody can mean those.)
enum GB18030Additions {
    /// Private-use characters of the 2000 and 2005 editions and what they are: GB 18030-2022, table of changes.
    static let real: [(privateUse: UInt32, character: UInt32)] = [
        (0xE78D, 0xFE10), (0xE78E, 0xFE12), (0xE78F, 0xFE11), (0xE790, 0xFE13), (0xE791, 0xFE14), (0xE792, 0xFE15), (0xE793, 0xFE16),
        (0xE794, 0xFE17), (0xE795, 0xFE18), (0xE796, 0xFE19),
        (0xE816, 0x20087), (0xE817, 0x20089), (0xE818, 0x200CC), (0xE81E, 0x9FB4), (0xE826, 0x9FB5), (0xE82B, 0x9FB6), (0xE82C, 0x9FB7),
        (0xE831, 0x215D7), (0xE832, 0x9FB8), (0xE83B, 0x2298F), (0xE843, 0x9FB9), (0xE854, 0x9FBA), (0xE855, 0x241FE), (0xE864, 0x9FBB),
    ]

    /// The character of a four-byte code that converters refuse: 82359037–82359134 and 84318236–84318335.
    static func fourByte(_ b: ArraySlice<UInt8>) -> UInt32? {
        guard b.count >= 4 else { return nil }
        let s = b.startIndex
        guard (0x30...0x39).contains(b[s + 1]), (0x81...0xFE).contains(b[s + 2]), (0x30...0x39).contains(b[s + 3]) else { return nil }
        // Positions within the last two bytes: ten of the last for each of the third.
        let place = (Int(b[s + 2]) - 0x81) * 10 + Int(b[s + 3]) - 0x30
        switch (b[s], b[s + 1]) {
        case (0x82, 0x35):
            let offset = place - ((0x90 - 0x81) * 10 + 7)
            return (0...7).contains(offset) ? UInt32(0x9FB4 + offset) : nil
        case (0x84, 0x31):
            let offset = place - ((0x82 - 0x81) * 10 + 6)
            return (0...9).contains(offset) ? UInt32(0xFE10 + offset) : nil
        default:
            return nil
        }
    }

    /// UTF-8 with the private-use characters of the table replaced, from `start` on.
    static func settle(_ utf8: inout [UInt8], from start: Int) {
        var i = start
        while i < utf8.count {
            // All of them lead with EE.
            guard utf8[i] == 0xEE, i + 2 < utf8.count else { i += 1; continue }
            let code = 0xE000 | UInt32(utf8[i + 1] & 0x3F) << 6 | UInt32(utf8[i + 2] & 0x3F)
            guard let hit = real.first(where: { $0.privateUse == code }), let character = Unicode.Scalar(hit.character) else { i += 3; continue }
            let bytes = Array(UTF8.encode(character) ?? UTF8.encodedReplacementCharacter)
            utf8.replaceSubrange(i..<(i + 3), with: bytes)
            i += bytes.count
        }
    }

    static func utf8(_ scalar: UInt32) -> [UInt8] {
        Array(Unicode.Scalar(scalar).flatMap { UTF8.encode($0) } ?? UTF8.encodedReplacementCharacter)
    }
}
