import Foundation
import Synchronization

/// One figure with the reference's beside it.
struct Measure: Encodable, Sendable {
    var scenario: String
    var value: Double
    var unit: String
    var reference: Double?
    /// `value` / `reference`.
    var ratio: Double?
    var detail: [String: Double]
    var note: String?

    init(_ scenario: String, _ value: Double, _ unit: String, reference: Double? = nil, detail: [String: Double] = [:], note: String? = nil) {
        self.scenario = scenario
        self.value = Measure.rounded(value)
        self.unit = unit
        self.reference = reference.map(Measure.rounded)
        ratio = reference.flatMap { $0 > 0 ? Measure.rounded(value / $0) : nil }
        self.detail = detail.mapValues(Measure.rounded)
        self.note = note
    }

    /// Four digits are more than a measurement holds.
    private static func rounded(_ value: Double) -> Double {
        guard value.isFinite, value != 0 else { return 0 }
        let scale = pow(10, 3 - floor(log10(abs(value))))
        return (value * scale).rounded() / scale
    }
}

/// Where figures go: a line of JSON each, or a table at the end.
final class BenchReport: Sendable {
    private let json: Bool
    private let measures = Mutex<[Measure]>([])

    init(json: Bool) { self.json = json }

    func add(_ measure: Measure) {
        measures.withLock { $0.append(measure) }
        guard json else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if let line = try? encoder.encode(measure) { FileHandle.standardOutput.write(line + Data("\n".utf8)) }
    }

    /// What goes on, for whoever waits.
    func note(_ text: String) { FileHandle.standardError.write(Data("  \(text)\n".utf8)) }

    func end() {
        guard !json else { return }
        let rows = [["scenario", "value", "unit", "reference", "ratio", ""]] + measures.withLock { $0 }.map { measure in
            [measure.scenario, Self.text(measure.value), measure.unit, measure.reference.map(Self.text) ?? "-", measure.ratio.map { Self.text($0) + "x" } ?? "-",
             measure.detail.sorted { $0.key < $1.key }.map { "\($0.key) \(Self.text($0.value))" }.joined(separator: ", ")]
        }
        let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = row.enumerated().map { index, cell in
                guard index < 5 else { return cell }
                let space = String(repeating: " ", count: widths[index] - cell.count)
                return index == 0 || index == 2 ? cell + space : space + cell
            }
            FileHandle.standardOutput.write(Data((cells.joined(separator: "  ") + "\n").utf8))
        }
        for note in Set(measures.withLock { $0 }.compactMap { $0.note }).sorted() { FileHandle.standardOutput.write(Data("  \(note)\n".utf8)) }
    }

    static func text(_ value: Double) -> String {
        abs(value) >= 1000 ? String(Int(value.rounded())) : abs(value) >= 10 ? String(format: "%.1f", value) : String(format: "%.3f", value)
    }
}

/// Times of something done often.
struct Percentiles: Sendable {
    private let sorted: [Double]

    init(_ values: [Double]) { sorted = values.sorted() }

    /// `percent` 0…100; 0 when nothing was measured.
    func at(_ percent: Int) -> Double { sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * percent / 100)] }
}
