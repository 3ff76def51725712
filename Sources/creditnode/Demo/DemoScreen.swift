import Stage
import Synchronization

/// What the audience sees: sentences in both languages, and on a terminal a frame redrawn in place.
final class DemoScreen: Sendable {
    private let style = Output.style
    private let drawn = Mutex(0)
    private let started = ContinuousClock.now

    var isTerminal: Bool { Output.isTerminal }

    /// A heading of the story.
    func chapter(_ zh: String, _ en: String) {
        endFrame()
        Output.line("\n" + style(.bold, "■ \(zh)") + style(.dim, "  \(en)  [+\((ContinuousClock.now - started).seconds) s]"))
    }

    /// One thing that happened: Chinese first.
    func say(_ zh: String, _ en: String) {
        endFrame()
        Output.line("  \(TerminalText.clean(zh))\n  " + style(.dim, TerminalText.clean(en)))
    }

    /// A line as it is.
    func line(_ text: String) {
        endFrame()
        Output.line(text)
    }

    func table(_ table: TextTable) {
        endFrame()
        Output.lines(table.render(style))
    }

    /// Passed or not: by word and mark, and by colour where there is any.
    func check(_ passed: Bool, _ zh: String, _ en: String, _ detail: String) {
        endFrame()
        let mark = passed ? style(.green, "✓ PASS") : style(.red, "✗ FAIL")
        Output.line("  \(mark)  \(zh)" + style(.dim, "  \(en)") + (detail.isEmpty ? "" : "\n          \(detail)"))
    }

    /// Draws over the frame drawn before. Only for terminals.
    func frame(_ table: TextTable) {
        let lines = table.render(style)
        drawn.withLock { height in
            let up = height > 0 ? "\u{1B}[\(height)A\u{1B}[J" : ""
            Output.line(up + lines.joined(separator: "\n"))
            height = lines.count
        }
    }

    /// What is printed next stands below the frame.
    func endFrame() { drawn.withLock { $0 = 0 } }
}
