/// A 32-byte digest (SHA-256 or SM3, as the suite says), kept inline.
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let a: UInt64, b: UInt64, c: UInt64, d: UInt64

    package static let byteCount = 32
    package static let zero = Digest(a: 0, b: 0, c: 0, d: 0)

    package init(a: UInt64, b: UInt64, c: UInt64, d: UInt64) {
        (self.a, self.b, self.c, self.d) = (a, b, c, d)
    }

    /// - Returns: nil unless `bytes` has exactly 32 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Digest.byteCount else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var index = 0
        for byte in bytes {
            switch index >> 3 {
            case 0: words.0 = words.0 << 8 | UInt64(byte)
            case 1: words.1 = words.1 << 8 | UInt64(byte)
            case 2: words.2 = words.2 << 8 | UInt64(byte)
            default: words.3 = words.3 << 8 | UInt64(byte)
            }
            index += 1
        }
        self.init(a: words.0, b: words.1, c: words.2, d: words.3)
    }

    package var bytes: [UInt8] { leading(Digest.byteCount) }

    /// The first `count` bytes, 0…32.
    package func leading(_ count: Int) -> [UInt8] {
        precondition((0...Digest.byteCount).contains(count), "a digest has 32 bytes")
        var words = (a.bigEndian, b.bigEndian, c.bigEndian, d.bigEndian)
        return withUnsafeBytes(of: &words) { Array($0[..<count]) }
    }

    /// Lower-case hexadecimal, 64 characters.
    package var description: String { Hex.encode(bytes) }
    /// The first 12 hexadecimal characters, for people.
    package var short: String { String(description.prefix(12)) }

    package static func < (x: Digest, y: Digest) -> Bool { (x.a, x.b, x.c, x.d) < (y.a, y.b, y.c, y.d) }
}

/// Lower-case hexadecimal.
package enum Hex {
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            text.unicodeScalars.append(digit(byte >> 4))
            text.unicodeScalars.append(digit(byte & 15))
        }
        return text
    }

    /// The same of an array, of which all that is written often is one.
    package static func encode(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: 2 * bytes.count) { out in
            for (index, byte) in bytes.enumerated() {
                out[2 * index] = character(byte >> 4)
                out[2 * index + 1] = character(byte & 15)
            }
            return 2 * bytes.count
        }
    }

    private static func character(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10 }

    /// - Returns: nil for an odd length or a character that is no hexadecimal digit.
    package static func decode(_ text: String) -> [UInt8]? {
        let utf8 = Array(text.utf8)
        guard utf8.count % 2 == 0 else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(utf8.count / 2)
        for i in stride(from: 0, to: utf8.count, by: 2) {
            guard let high = value(utf8[i]), let low = value(utf8[i + 1]) else { return nil }
            out.append(high << 4 | low)
        }
        return out
    }

    private static func digit(_ value: UInt8) -> Unicode.Scalar {
        Unicode.Scalar(character(value))
    }

    private static func value(_ ascii: UInt8) -> UInt8? {
        switch ascii {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): ascii - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): ascii - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): ascii - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
