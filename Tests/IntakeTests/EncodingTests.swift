import Intake
import Registry
import Testing

/// The whole input through a decoder, cut as asked.
private func decode(_ bytes: [UInt8], _ named: TextEncoding? = nil, cut: (Int) -> Int = { _ in Int.max }) -> (text: [UInt8], encoding: TextEncoding?, hasMark: Bool) {
    var decoder = TextDecoder(named), out: [UInt8] = [], at = 0
    while at < bytes.count {
        let length = max(1, min(bytes.count - at, cut(at)))
        decoder.feed(bytes[at..<(at + length)]) { out += $0 }
        at += length
    }
    decoder.finish { out += $0 }
    return (out, decoder.encoding, decoder.hasMark)
}

private func text(_ bytes: [UInt8], _ named: TextEncoding? = nil) -> String { String(decoding: decode(bytes, named).text, as: UTF8.self) }

struct EncodingTests {
    /// GB 18030-2022: codes whose meaning moved from the private-use area, in their two-byte and four-byte forms; four-byte
    /// forms of both planes; and rare characters of names.
    @Test(arguments: [
        ([0xA6, 0xD9], 0xFE10), ([0xA6, 0xDA], 0xFE12), ([0xA6, 0xDB], 0xFE11), ([0xA6, 0xDC], 0xFE13), ([0xA6, 0xDD], 0xFE14), ([0xA6, 0xDE], 0xFE15),
        ([0xA6, 0xDF], 0xFE16), ([0xA6, 0xEC], 0xFE17), ([0xA6, 0xED], 0xFE18), ([0xA6, 0xF3], 0xFE19),
        ([0xFE, 0x59], 0x9FB4), ([0xFE, 0x61], 0x9FB5), ([0xFE, 0x66], 0x9FB6), ([0xFE, 0x67], 0x9FB7), ([0xFE, 0x6D], 0x9FB8), ([0xFE, 0x7E], 0x9FB9),
        ([0xFE, 0x90], 0x9FBA), ([0xFE, 0xA0], 0x9FBB),
        ([0xFE, 0x51], 0x20087), ([0xFE, 0x52], 0x20089), ([0xFE, 0x53], 0x200CC), ([0xFE, 0x6C], 0x215D7), ([0xFE, 0x76], 0x2298F), ([0xFE, 0x91], 0x241FE),
        ([0x82, 0x35, 0x90, 0x37], 0x9FB4), ([0x82, 0x35, 0x90, 0x39], 0x9FB6), ([0x82, 0x35, 0x91, 0x30], 0x9FB7), ([0x82, 0x35, 0x91, 0x34], 0x9FBB),
        ([0x84, 0x31, 0x82, 0x36], 0xFE10), ([0x84, 0x31, 0x82, 0x39], 0xFE13), ([0x84, 0x31, 0x83, 0x30], 0xFE14), ([0x84, 0x31, 0x83, 0x35], 0xFE19),
        ([0x82, 0x35, 0x8F, 0x33], 0x9FA6), ([0x83, 0x36, 0xC7, 0x38], 0xD7FF), ([0x81, 0x30, 0x81, 0x30], 0x80), ([0x90, 0x30, 0x81, 0x30], 0x10000),
        ([0xE3, 0x32, 0x9A, 0x35], 0x10FFFF), ([0xA8, 0xBC], 0x1E3F), ([0xA8, 0xBF], 0x01F9), ([0xA2, 0xE3], 0x20AC),
        ([0x95, 0x34, 0xB2, 0x35], 0x20BB7), ([0x82, 0x30, 0xB7, 0x31], 0x36C3), ([0xFE, 0x9F], 0x4DAE), ([0x99, 0x33, 0xC3, 0x36], 0x2CC56),
        ([0xD5, 0xC5], 0x5F20),
    ] as [([UInt8], UInt32)])
    func gb18030(bytes: [UInt8], scalar: UInt32) throws {
        let wanted = String(try #require(Unicode.Scalar(scalar)))
        #expect(text(bytes, .gb18030) == wanted)
        // Between ASCII, at every cut.
        for size in 1...5 { #expect(decode([0x41] + bytes + [0x2C] + bytes, .gb18030) { _ in size }.text == Array("A\(wanted),\(wanted)".utf8)) }
    }

    /// Every character that GB 18030 has a place for comes back from glibc's own encoder, the private-use ones apart.
    @Test func everyIdeographRoundTrips() throws {
        var all = String.UnicodeScalarView()
        for range in [0x3400...0x4DBF, 0x4E00...0x9FFF, 0x20000...0x2A6DF, 0x2A700...0x2EBE0, 0x30000...0x323AF, 0xFF01...0xFF5E] {
            for code in range { if let scalar = Unicode.Scalar(UInt32(code)) { all.append(scalar) } }
        }
        let whole = String(all)
        var bytes: [UInt8] = []
        var expected = String.UnicodeScalarView()
        for scalar in all {
            // Not every table places the ideographs that moved; those are tested by their bytes.
            guard !(0x9FB4...0x9FBB).contains(scalar.value), let one = try? Fixture.encode(String(scalar), "GB18030") else { continue }
            bytes += one
            expected.append(scalar)
            if expected.count > 2000 { break }
        }
        #expect(expected.count > 2000 && text(bytes, .gb18030) == String(expected))
        let rest = String(whole.unicodeScalars.filter { !(0x9FB4...0x9FBB).contains($0.value) })
        let restBytes = try Fixture.encode(rest, "GB18030")
        #expect(text(restBytes, .gb18030) == rest)
    }

    @Test func namesAndOverrides() {
        for name in ["GBK", "gb2312", "GB-18030", "cp936"] { #expect(TextEncoding(name: name) == .gb18030) }
        #expect(TextEncoding(name: "UTF8") == .utf8 && TextEncoding(name: "utf-16") == .utf16LittleEndian && TextEncoding(name: "UTF_16BE") == .utf16BigEndian)
        #expect(TextEncoding(name: "latin1") == nil && TextEncoding(name: "") == nil)
        // Bytes that are UTF-8 and GBK alike: the name decides.
        let both: [UInt8] = Array("联通".utf8) + [0x2C]
        #expect(text(both, .utf8) == "联通," && text(both, .gb18030) != "联通,")
    }

    @Test func detection() throws {
        let sample = Fixture.text([Fixture.codes] + (0..<20).map { Fixture.cells($0) })
        let chinese = Fixture.text([["行政相对人名称", "许可内容"], ["张䶮", "食品经营"], ["李𠮷", "餐饮"]], end: "\r\n")
        for text in [sample, chinese] {
            for (encoding, bytes) in [
                (TextEncoding.utf8, Array(text.utf8)), (.utf8, [0xEF, 0xBB, 0xBF] + Array(text.utf8)), (.gb18030, try Fixture.encode(text, "GB18030")),
                (.utf16LittleEndian, [0xFF, 0xFE] + (try Fixture.encode(text, "UTF-16LE"))), (.utf16BigEndian, [0xFE, 0xFF] + (try Fixture.encode(text, "UTF-16BE"))),
                (.utf16LittleEndian, try Fixture.encode(text, "UTF-16LE")), (.utf16BigEndian, try Fixture.encode(text, "UTF-16BE")),
            ] {
                for size in [Int.max, 1, 7, 1000] {
                    let decoded = decode(bytes) { _ in size }
                    #expect(decoded.encoding == encoding)
                    #expect(String(decoding: decoded.text, as: UTF8.self) == text, "\(encoding) \(size)")
                }
            }
        }
        // ASCII for more than the window, then Chinese.
        let late = String(repeating: "a,b\n", count: 40_000) + "公司\n"
        let lateBytes = try Fixture.encode(late, "GB18030")
        #expect(decode(lateBytes).encoding == .gb18030 && text(lateBytes) == late)
        #expect(decode(Array(late.utf8)).encoding == .utf8 && text(Array(late.utf8)) == late)
        #expect(decode([]).encoding == .utf8 && decode(Array("a,b".utf8)).encoding == .utf8)
        // One broken byte does not make a file of UTF-8 one of GB 18030.
        var broken = Array(sample.utf8)
        broken[broken.count - 30] = 0xFF
        #expect(decode(broken).encoding == .utf8)
    }

    @Test func filesInEveryEncodingGiveTheSameRecords() throws {
        let rows = [Fixture.codes] + [Fixture.cells(1, changing: ["XK_FRDB": "张䶮", "XK_XDR_MC": "𠮷祥（虚构）公司"]), Fixture.cells(2, changing: ["XK_NR": "㛃、𬱖、龴"])]
        let text = Fixture.text(rows, end: "\r\n")
        for name in ["UTF-8", "GB18030", "UTF-16LE", "UTF-16BE"] {
            let bytes = name == "UTF-8" ? Array(text.utf8) : try Fixture.encode(text, name)
            let reading = try Reading(bytes, chunk: 97)
            #expect(reading.problems.isEmpty && reading.rows == [1, 2], "\(name) \(reading.problems)")
            #expect(reading.value(0, 9) == "张䶮" && reading.value(0, 1) == "𠮷祥（虚构）公司" && reading.value(1, 19) == "㛃、𬱖、龴")
        }
        #expect(try Reading(Fixture.encode(text, "GB18030")).findings.encoding == .gb18030)
    }

    @Test func whatCannotBeReadIsAProblemOfItsRow() throws {
        let good = Fixture.text([Fixture.codes, Fixture.cells(1)]), bad = Fixture.text([Fixture.cells(2)]), last = Fixture.text([Fixture.cells(3)])
        var bytes = try Fixture.encode(good, "GB18030"), middle = try Fixture.encode(bad, "GB18030")
        // 0xFF leads nothing; it stands within the first cell.
        middle.insert(0xFF, at: 4)
        bytes += middle
        bytes += try Fixture.encode(last, "GB18030")
        let reading = try Reading(bytes)
        #expect(reading.rows == [1, 3] && reading.rules == ["MOJIBAKE"] && reading.problems.first?.column == "XK_XDR_MC")
        #expect(reading.records.allSatisfy { !$0.subjectName.contains("\u{FFFD}") })
        // A lead byte before a delimiter does not swallow it.
        let cut = Array("a".utf8) + [0xD5] + Array(",b\n".utf8)
        #expect(text(cut, .gb18030) == "a\u{FFFD},b\n" && text([0xD5], .gb18030) == "\u{FFFD}")
        // Half a surrogate pair.
        #expect(text([0x41, 0x00, 0x00, 0xD8, 0x42, 0x00], .utf16LittleEndian) == "A\u{FFFD}B" && text([0x41, 0x00, 0x42], .utf16LittleEndian) == "A\u{FFFD}")
        // NUL, in any encoding.
        let nul = try Reading(Fixture.text([Fixture.codes, Fixture.cells(1), Fixture.cells(2, changing: ["XK_NR": "食品\u{0}"])]))
        #expect(nul.rows == [1] && nul.rules == ["ENCODING"] && nul.problems.first?.row == 2)
        // The wrong name for an encoding gives refused rows, not wrong records.
        let wrong = try Reading(Array(good.utf8)) { $0.encoding = .gb18030 }
        #expect(wrong.records.isEmpty && wrong.summary.refused == 1)
    }

    @Test func arbitraryBytesAreReadInBoundedMemory() {
        let seed: UInt64 = 0x5EED_0201
        var random = SplitMix64(seed)
        for round in 0..<600 {
            let count = Int(random.next() % 300)
            let bytes = (0..<count).map { _ in random.next() % 3 == 0 ? [0x2C, 0x0A, 0x22, 0x00, 0x30, 0x81][Int(random.next() % 6)] : UInt8(truncatingIfNeeded: random.next()) }
            for named in [nil] + TextEncoding.allCases {
                let whole = decode(bytes, named)
                var cuts = SplitMix64(random.next())
                #expect(decode(bytes, named) { _ in 1 + Int(cuts.next() % 9) }.text == whole.text, "seed \(seed) round \(round)")
                #expect(whole.text.count <= 3 * bytes.count + 16)
                // Only what was UTF-8 to begin with may be handed on broken.
                if whole.encoding != .utf8 { #expect(String(validating: whole.text, as: UTF8.self) != nil, "seed \(seed) round \(round)") }
            }
        }
    }
}
