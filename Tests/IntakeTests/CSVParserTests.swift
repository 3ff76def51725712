import Intake
import Registry
import Testing

struct SplitMix64: RandomNumberGenerator {
    var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A row as a plain value.
struct Parsed: Equatable {
    var line: Int
    var fault: CSVFault?
    var cells: [[UInt8]]
}

func parse(_ bytes: [UInt8], cut: (Int) -> Int = { _ in Int.max }) -> [Parsed] {
    var parser = CSVParser(), rows: [Parsed] = [], at = 0
    func keep(_ row: borrowing CSVRow) {
        rows.append(Parsed(line: row.line, fault: row.fault, cells: (0..<row.cells.count).map { Array(row.cells.bytes[row.cells.range($0)]) }))
    }
    while at < bytes.count {
        let length = max(1, min(bytes.count - at, cut(at)))
        parser.feed(bytes[at..<(at + length)]) { keep($0) }
        at += length
    }
    parser.finish { keep($0) }
    return rows
}

func texts(_ text: String) -> [[String]] { parse(Array(text.utf8)).map { $0.cells.map { String(decoding: $0, as: UTF8.self) } } }

struct CSVParserTests {
    @Test func forms() {
        #expect(texts("a,b\r\nc,d\n") == [["a", "b"], ["c", "d"]])
        #expect(texts("\u{FEFF}a,b") == [["a", "b"]])
        #expect(texts("\u{FEFF}\"a\",b") == [["a", "b"]])
        #expect(texts("\"x,\"\"y\"\"\r\nz\",") == [["x,\"y\"\r\nz", ""]])
        #expect(texts("a\n\n\r\nb\n") == [["a"], ["b"]])
        #expect(texts("\"\"\n") == [[""]])
        #expect(texts(",\n") == [["", ""]])
        #expect(texts("\"a\" ,b") == [["a ", "b"]])
        #expect(texts("a\"b,12\"") == [["a\"b", "12\""]])
        #expect(texts("\"a\r\"\r\n") == [["a\r"]])
        #expect(texts("") == [] && texts("\u{FEFF}") == [] && texts("\n\n") == [])
        #expect(texts("a,\"b\"") == [["a", "b"]])
        #expect(texts("\"\"\"\"\"\"") == [["\"\""]])
    }

    @Test func linesAndFaults() {
        #expect(parse(Array("a\n\"b\nc\"\nd".utf8)).map(\.line) == [1, 2, 4])
        #expect(parse(Array("a\n\"b\"x,c\nd".utf8)).map(\.fault) == [nil, .textAfterQuote, nil])
        #expect(parse(Array("a\nb,\"c\nd\ne".utf8)).map(\.fault) == [nil, .unterminatedQuote(line: 2)])
    }

    @Test func limits() {
        let cell = String(repeating: "x", count: CSVParser.cellLimit)
        #expect(parse(Array("\(cell)\na".utf8)).map(\.fault) == [nil, nil])
        #expect(parse(Array("b,\(cell)y,c\na".utf8)).map(\.fault) == [.cellTooLong, nil])
        #expect(parse(Array("b,\"\(cell)\n\"\na".utf8)).map(\.fault) == [.cellTooLong, nil])
        let row = Array(repeating: cell, count: 17).joined(separator: ",")
        let rows = parse(Array("\(row)\nb,c\n".utf8))
        #expect(rows.map(\.fault) == [.rowTooLong, nil] && rows.first?.cells == [] && rows.last?.cells.count == 2)
        for size in [1, 7, 4096, 65_537] { #expect(parse(Array("\(row)\nb,c\n".utf8)) { _ in size } == rows) }
    }

    @Test func anyCutGivesTheSameRows() {
        let seed: UInt64 = 0x5EED_0101
        var random = SplitMix64(seed)
        let alphabet: [UInt8] = [0x22, 0x22, 0x2C, 0x2C, 0x0A, 0x0D, 0x61, 0x20, 0xEF, 0xBB, 0xBF, 0x00, 0xE4, 0xFF]
        for round in 0..<4000 {
            let bytes = (0..<Int(random.next() % 60)).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] }
            let whole = parse(bytes)
            var cuts = SplitMix64(random.next())
            #expect(parse(bytes) { _ in 1 } == whole, "seed \(seed) round \(round)")
            #expect(parse(bytes) { _ in 1 + Int(cuts.next() % 9) } == whole, "seed \(seed) round \(round)")
        }
    }

    @Test func writtenRowsAreReadBack() {
        let seed: UInt64 = 0x5EED_0102
        var random = SplitMix64(seed)
        let pieces = ["a", "\"", ",", "\n", "\r\n", "中", " ", "１", ""]
        for round in 0..<2000 {
            let rows = (0..<(1 + Int(random.next() % 5))).map { _ in
                (0..<(2 + Int(random.next() % 4))).map { _ in (0..<Int(random.next() % 6)).map { _ in pieces[Int(random.next() % 9)] }.joined() }
            }
            let file = rows.map { $0.map { "\"" + $0.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" }.joined(separator: ",") + "\r\n" }.joined()
            #expect(texts(file) == rows, "seed \(seed) round \(round)")
        }
    }
}
