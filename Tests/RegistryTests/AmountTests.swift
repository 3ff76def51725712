import Registry
import Testing

struct AmountTests {
    @Test func reads() throws {
        for (text, micros) in [("0.2", 200_000), ("1,000.5", 1_000_500_000), ("１，０００．５", 1_000_500_000), (".5", 500_000), ("3.", 3_000_000), ("0", 0),
                               ("0.200000000", 200_000), ("12,345,678", 12_345_678_000_000), (" 7 ", 7_000_000), ("0.000001", 1), ("2万元", 2_000_000), ("１，０００ 万元", 1_000_000_000), ("0.5万", 500_000),
                               ("999999999999.999999", 999_999_999_999_999_999)] as [(String, Int64)] {
            #expect(try Amount.parse(text).get().micros == micros, "\(text)")
        }
    }

    @Test func refuses() {
        let cases: [(String, Amount.Fault)] = [
            ("", .empty), (".", .empty), ("-1", .negative), ("2000元", .yuan), ("２０００ 元", .yuan), ("万元", .empty), ("2美元", .yuan), ("1e3", .character(position: 2)), ("1.2.3", .character(position: 4)),
            ("1,00", .grouping(position: 4)), ("1000,000", .grouping(position: 5)), (",100", .grouping(position: 1)), ("1.0,00", .grouping(position: 4)),
            ("1,00.5", .grouping(position: 5)), ("0.0000001", .decimals), ("1000000000000", .size), ("99999999999999999999999999", .size),
        ]
        for (text, fault) in cases { #expect(Amount.parse(text) == .failure(fault), "\(text)") }
    }

    @Test func roundTrips() throws {
        let seed: UInt64 = 0x5EED_0004
        var random = SplitMix64(seed)
        for _ in 0..<20_000 {
            let scale: UInt64 = [1, 1000, 1_000_000, 1_000_000_000][Int(random.next() % 4)]
            let micros = Int64((random.next() % 1_000_000_000_000_000_000) / scale * scale)
            let amount = try #require(Amount(micros: micros))
            #expect(try Amount.parse(amount.description).get() == amount, "seed \(seed) \(micros)")
            #expect(!amount.description.contains(".") || amount.description.last != "0")
        }
        #expect(Amount(micros: -1) == nil && Amount(micros: 1_000_000_000_000_000_000) == nil)
        #expect(Amount.greatest.description == "999999999999.999999")
    }
}
