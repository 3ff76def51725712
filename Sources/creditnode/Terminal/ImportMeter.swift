import Console
import NodeRuntime
import Synchronization

/// Shows how an import gets on: a bar on a terminal, otherwise one plain line every two seconds.
final class ImportMeter: Sendable {
    private struct State {
        var last: ContinuousClock.Instant?
        var drawn = false
    }

    private let total: Int?
    private let terminal: Bool
    private let style: Style
    private let write: @Sendable (String) -> Void
    private let started = ContinuousClock.now
    private let state = Mutex(State())

    init(total: Int?, terminal: Bool = Output.errorIsTerminal, style: Style = Output.errorStyle, write: @escaping @Sendable (String) -> Void = Output.errorRaw) {
        self.total = total
        self.terminal = terminal
        self.style = style
        self.write = write
    }

    func show(_ progress: ImportProgress) {
        let now = ContinuousClock.now
        let due = state.withLock { state in
            let gap: Duration = terminal ? .milliseconds(100) : .seconds(2)
            guard now - (state.last ?? started) >= gap else { return false }
            state.last = now
            state.drawn = true
            return true
        }
        guard due else { return }
        write(terminal ? "\r\u{1B}[K" + Self.bar(progress, total: total, style: style) : Self.line(progress, total: total) + "\n")
    }

    /// Takes the bar away before the report is printed.
    func end() {
        let drawn = state.withLock { $0.drawn }
        if terminal, drawn { write("\r\u{1B}[K") }
    }

    static func bar(_ progress: ImportProgress, total: Int?, style: Style) -> String {
        let share = fraction(progress, total: total)
        let filled = Int(share * 24)
        let bar = style(.blue, String(repeating: "█", count: filled)) + style(.dim, String(repeating: "░", count: 24 - filled))
        return "\(bar) \(Int(share * 100))%  \(Words.number(progress.rows)) 行 rows  " + (progress.refused > 0 ? style(.yellow, "拒收 refused \(Words.number(progress.refused))") : "")
    }

    static func line(_ progress: ImportProgress, total: Int?) -> String {
        let share = total == nil ? "" : " \(Int(fraction(progress, total: total) * 100))%"
        return "导入中 importing\(share): \(progress.rows) 行 rows, 有效 effective \(progress.effective), 草稿 drafts \(progress.drafts), 未变 unchanged \(progress.unchanged), 拒收 refused \(progress.refused)"
    }

    private static func fraction(_ progress: ImportProgress, total: Int?) -> Double {
        guard let total, total > 0 else { return 0 }
        return min(1, max(0, Double(progress.bytes) / Double(total)))
    }
}
