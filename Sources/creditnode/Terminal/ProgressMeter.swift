import Synchronization

/// Shows how something long gets on: a bar on a terminal, otherwise one plain line every two seconds.
final class ProgressMeter: Sendable {
    private let started = ContinuousClock.now
    private let last = Mutex<ContinuousClock.Instant?>(nil)
    private let terminal: Bool
    private let style: Style
    private let write: @Sendable (String) -> Void

    init(terminal: Bool = Output.errorIsTerminal, style: Style = Output.errorStyle, write: @escaping @Sendable (String) -> Void = Output.errorRaw) {
        self.terminal = terminal
        self.style = style
        self.write = write
    }

    /// - Parameter words: what is said beside the bar, in both languages.
    func show(done: UInt64, of total: UInt64, _ words: @autoclosure () -> String) {
        let now = ContinuousClock.now
        let due = last.withLock { last in
            guard now - (last ?? started) >= (terminal ? .milliseconds(100) : .seconds(2)) else { return false }
            last = now
            return true
        }
        guard due else { return }
        let share = total == 0 ? 0 : min(1, Double(done) / Double(total)), filled = Int(share * 24)
        let bar = style(.blue, String(repeating: "█", count: filled)) + style(.dim, String(repeating: "░", count: 24 - filled))
        write(terminal ? "\r\u{1B}[K\(bar) \(Int(share * 100))%  \(words())" : "\(Int(share * 100))% \(words())\n")
    }

    /// Takes the bar away before the report is printed.
    func end() { if terminal, last.withLock({ $0 }) != nil { write("\r\u{1B}[K") } }
}
