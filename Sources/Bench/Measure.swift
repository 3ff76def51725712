import Foundation

/// One figure with the reference's beside it.
struct Measure: Sendable {
    var scenario: String
    var value: Double
    var unit: String
    var reference: Double?
    /// `value` / `reference`.
    var ratio: Double?
    var detail: [String: Double]
    /// How it is counted, in one line.
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

    /// One object; the five keys every reader looks for come first and are always there.
    var json: String {
        let fields: [(String, String?)] = [
            ("scenario", Self.quoted(scenario)), ("value", Self.number(value)), ("unit", Self.quoted(unit)), ("reference", reference.map(Self.number) ?? "null"),
            ("ratio", ratio.map(Self.number) ?? "null"),
            ("detail", detail.isEmpty ? nil : "{" + detail.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\(Self.number($0.value))" }.joined(separator: ",") + "}"),
            ("note", note.map(Self.quoted)),
        ]
        return "{" + fields.compactMap { name, text in text.map { "\(Self.quoted(name)):\($0)" } }.joined(separator: ",") + "}"
    }

    private static func quoted(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }

    private static func number(_ value: Double) -> String { value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value) }

    /// For tables.
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
