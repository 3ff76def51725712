import Console
import Foundation

/// How old a statement is, by this machine's clock; for display only.
enum Age {
    /// `（3 小时前 3 h ago）`, or empty when the text is no moment or lies ahead.
    static func note(of iso: String?, now: Date) -> String {
        guard let iso, let moment = parse(iso) else { return "" }
        let seconds = now.timeIntervalSince(moment)
        guard seconds >= 0, seconds < 1e10 else { return "" }
        let age = Words.duration(milliseconds: Int(seconds * 1000))
        return "（\(age.zh)前 \(age.en) ago）"
    }

    static func parse(_ iso: String) -> Date? {
        if let date = try? Date(iso, strategy: .iso8601) { return date }
        return try? Date(iso, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

extension LookupText {
    static func age(asOf iso: String?) -> String { Age.note(of: iso, now: Date.now) }
}
