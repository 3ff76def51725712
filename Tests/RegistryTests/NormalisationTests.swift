import Registry
import Testing

struct NormalisationTests {
    @Test func documentNumbersThatAreTheSame() {
        let canonical = "武昌市监处罚〔2023〕12号"
        for form in ["武昌市监处罚[2023]12号", "武昌市监处罚［2023］12号", "武昌市监处罚【2023】12号", "武昌市监处罚（2023）12号", "武昌市监处罚(2023)12号",
                     " 武昌市监处罚〔２０２３〕 12 号", "武昌市监处罚〖2023〗12号", canonical] {
            #expect(Normalisation.documentNumber(form) == canonical, "\(form)")
        }
        #expect(Normalisation.documentNumber("武昌市监处罚〔2023〕012号") != canonical)
        #expect(Normalisation.documentNumber("武昌市监处罚〔2023〕第12号") == "武昌市监处罚〔2023〕第12号")
    }

    @Test func texts() {
        #expect(Normalisation.text("\u{3000}ＡＢＣ１２３，某（公司）：一、二。\r\n第二行\t尾 ") == "ABC123，某（公司）：一、二。\n第二行 尾")
        #expect(Normalisation.line("第一行\r\n第二行") == "第一行 第二行")
        #expect(Normalisation.text("a\u{0}b\u{200B}c\u{202E}d\u{85}e\u{FEFF}") == "abcde")
        #expect(Normalisation.code(" ａｂ-１２ ３（x）") == "AB123(X)")
        #expect(Normalisation.text("“引号”—…·《》、。") == "“引号”—…·《》、。")
        #expect(Normalisation.text("＃１＠ａ．ｂ＿ｃ") == "#1@a.b_c")
    }

    @Test func idempotent() {
        let seed: UInt64 = 0x5EED_0005
        var random = SplitMix64(seed)
        let alphabet: [Unicode.Scalar] = ["a", "Z", "0", " ", "\u{3000}", "（", "）", "［", "【", "〕", "〖", "Ａ", "９", "，", "\n", "\r", "\t", "\u{0}", "\u{200B}", "\u{A0}", "é", "😀", "中", "〇", "\u{FEFF}", "-", "－", "\u{2028}"]
        for _ in 0..<5000 {
            var text = ""
            for _ in 0..<Int(random.next() % 20) { text.unicodeScalars.append(alphabet[Int(random.next() % UInt64(alphabet.count))]) }
            for f in [Normalisation.text, Normalisation.line, Normalisation.code, Normalisation.documentNumber] {
                #expect(f(f(text)) == f(text), "seed \(seed) \(text.debugDescription)")
            }
        }
    }
}
