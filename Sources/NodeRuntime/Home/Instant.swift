import Registry

/// Times as people and JSON see them: ISO 8601 at UTC+8, the civil time of the federation.
enum Instant {
    static func text(_ milliseconds: UInt64) -> String {
        let seconds = Int(milliseconds / 1000) + 8 * 3600
        let date = CivilDate(daysSinceEpoch: seconds / 86_400)?.description ?? "?"
        let rest = seconds % 86_400
        func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
        return "\(date)T\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))+08:00"
    }
}
