import Testing

@testable import Registry

/// The scan that steps over whole characters, beside one that looks at every byte.
struct TextScanTests {
    /// One byte at a time, as plainly as it can be said.
    private struct Slow: Equatable {
        var scalars = 0
        var needsMapping = false
        var hasLineBreak = false
        var holdsCitizenNumber = false
        var isGarbled = false

        init(_ b: Span<UInt8>) {
            guard b.count > 0 else { return }
            for end in [b[0], b[b.count - 1]] where end == 0x20 || end == 0x0A { needsMapping = true }
            var digits = 0
            for i in 0..<b.count {
                let byte = b[i]
                if byte & 0xC0 != 0x80 { scalars += 1 }
                if byte >= 0xC0 {
                    let signals = byte == 0xC3 || byte >= 0xEE || [0xE5, 0xE7, 0xE9].contains(byte)
                    if signals, Mojibake.begins(at: i, in: b) { isGarbled = true }
                    if byte < 0xE4 || byte >= 0xEE {
                        switch Normalisation.Character.at(i, in: b) {
                        case .plain, .typographic: break
                        case .narrow, .space, .lineBreak, .invisible: needsMapping = true
                        }
                    }
                }
                if byte >= 0x30, byte <= 0x39 {
                    digits += 1
                    if digits >= 18, CitizenNumber.isWellFormed(b, at: i - 17) { holdsCitizenNumber = true }
                    continue
                }
                if digits >= 17, byte == 0x58 || byte == 0x78, CitizenNumber.isWellFormed(b, at: i - 17) { holdsCitizenNumber = true }
                digits = 0
                if byte == 0x0A { hasLineBreak = true } else if byte < 0x20 || byte == 0x7F { needsMapping = true }
            }
        }

        init(_ scan: TextScan) {
            (scalars, needsMapping, hasLineBreak) = (scan.scalars, scan.needsMapping, scan.hasLineBreak)
            (holdsCitizenNumber, isGarbled) = (scan.holdsCitizenNumber, scan.isGarbled)
        }
    }

    @Test func bothSayTheSameOfAnyBytes() {
        let pieces: [[UInt8]] = [
            "准予", "行政许可", "，", "。", "〔2023〕", "（", "Ａ", "９", "\u{3000}", "\u{A0}", "\u{200B}", "\u{2028}", "\u{FEFF}", " ", "\n", "\t", "\u{7F}", "x", "X", "12345678",
            "11010519491231002X", "110105194912310029", "锟斤拷", "烫烫烫", "屯屯屯", "烫", "Ã©", "ä¸­å›½", "\u{E000}", "\u{FFFD}", "😀", "\u{F0000}", "\u{100000}", "é", "豈", "각",
        ].map { Array($0.utf8) } + [[0x80], [0xE5], [0xE7, 0x83], [0xE9, 0x94, 0x9F], [0xF0, 0x9F], [0xFF], [0xC0], [0xED, 0xA0, 0x80]]
        var random = SplitMix64(0x5EED_0028)
        for _ in 0..<20_000 {
            var text: [UInt8] = []
            for _ in 0..<Int(random.next() % 9) { text += pieces[Int(random.next() % UInt64(pieces.count))] }
            if random.next() % 4 == 0, !text.isEmpty { text.remove(at: Int(random.next() % UInt64(text.count))) }
            if random.next() % 8 == 0 { text.append(UInt8(truncatingIfNeeded: random.next())) }
            #expect(Slow(TextScan(text.span)) == Slow(text.span), "\(text)")
        }
    }

    @Test func aRowIsSoundOnlyWhenEveryCellIs() {
        #expect(CellRow(["许可", "", "a"]).isUTF8)
        var cut = CellRow()
        let bytes = Array("许可".utf8)
        // The whole is UTF-8, and neither half is.
        cut.append(contentsOf: bytes[0..<4])
        cut.closeCell(from: 0)
        cut.append(contentsOf: bytes[4...])
        cut.closeCell(from: 4)
        #expect(!cut.isUTF8)
        var broken = CellRow()
        broken.append(contentsOf: [0x61, 0xFF][...])
        broken.closeCell(from: 0)
        #expect(!broken.isUTF8)
    }

    @Test func wordsOfTheTablesAreFoundAsBytes() {
        func sanctions(_ text: String) -> UInt8 { Sanctions(Array(text.utf8).span).rawValue }
        #expect(sanctions("罚款") == 1 && sanctions("警告") == 0 && sanctions("") == 0)
        #expect(sanctions("警告;罚款;没收违法所得、没收非法财物") == 3)
        #expect(sanctions("暂扣许可证件") == 4 && sanctions("警告;吊销许可证件") == 4)
        #expect(sanctions("其他-罚款") == 0 && sanctions("不罚款") == 0)
        #expect(SummaryProcedure.isNamed(by: Array("简易程序".utf8).span) && !SummaryProcedure.isNamed(by: Array("非简易".utf8).span))
        for word in SubjectClassWord.allCases {
            #expect(SubjectClassWord(Array(word.text.utf8).span) == word)
            #expect(SubjectClassWord(Array((word.text + "x").utf8).span) == nil)
        }
    }
}
