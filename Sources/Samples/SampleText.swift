/// Text that grows to a wanted number of characters: stock sentences and free text by turns.
struct SampleText {
    private(set) var bytes: [UInt8] = []
    private var characters = 0

    mutating func append(_ piece: [UInt8]) {
        bytes.append(contentsOf: piece)
        for byte in piece where byte & 0xC0 != 0x80 { characters += 1 }
    }

    mutating func append(_ piece: StaticString) { append(piece.withUTF8Buffer { Array($0) }) }

    mutating func append(_ number: Int) { append(Array(String(number).utf8)) }

    mutating func append(_ number: Int, width: Int) {
        SampleCodes.appendDigits(number, width: width, to: &bytes)
        characters += width
    }

    /// Fills up to `wanted` characters and cuts what is beyond; a longer text stays as it is.
    mutating func grow(to wanted: Int, _ words: SampleVocabulary, _ random: inout SampleRandom) {
        guard characters < wanted else { return }
        while characters < wanted {
            if random.chance(50) {
                append(random.pick(words.sentences))
                append("，")
            } else {
                for _ in 0..<(6 + random.below(18)) { append(random.pick(words.common)) }
                append("。")
            }
        }
        while characters > wanted, let last = bytes.popLast() {
            if last & 0xC0 != 0x80 { characters -= 1 }
        }
    }

    var count: Int { characters }
}
