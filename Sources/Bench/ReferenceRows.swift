import Samples

/// The sample rows mapped to the 16 columns of the reference table, in one buffer, so that making them is
/// outside the measured part.
struct ReferenceRows: Sendable {
    /// Columns between `id` and `version`.
    static let texts = 14

    private(set) var ids: [Int64] = []
    /// Text `t` of row `r` lies between entries `r * 14 + t` and the next.
    private(set) var bounds: [Int] = [0]
    private(set) var bytes: [UInt8] = []
    var count: Int { ids.count }

    init(street: Int, count: Int, first: Int = 0) {
        var rows = SampleRows(street: street, kind: .mixed, first: first)
        ids.reserveCapacity(count)
        bounds.reserveCapacity(count * Self.texts + 1)
        bytes.reserveCapacity(count * 640)
        for number in first..<(first + count) {
            ids.append(Int64(street << 32 | number))
            for value in SampleMapping.columns(of: rows.next()).dropFirst().dropLast() {
                bytes.append(contentsOf: value)
                bounds.append(bytes.count)
            }
        }
    }

    /// Rows of a range as lines of CSV, for compression.
    func lines(_ range: Range<Int>) -> [UInt8] {
        var out: [UInt8] = []
        for row in range {
            out.append(contentsOf: String(ids[row]).utf8)
            for text in 0..<Self.texts {
                out.append(UInt8(ascii: ","))
                out.append(contentsOf: bytes[bounds[row * Self.texts + text]..<bounds[row * Self.texts + text + 1]])
            }
            out.append(contentsOf: ",1\n".utf8)
        }
        return out
    }
}
