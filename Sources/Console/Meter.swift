import NodeRuntime

/// Small drawings of numbers. Widths and shapes are SVG attributes: a strict content policy forbids `style`.
enum Meter {
    /// Lag on a scale of five: seconds, a minute, ten, an hour, longer.
    static func steps(lagMs: Int) -> Int {
        switch lagMs {
        case ..<1: 0
        case ..<10_000: 1
        case ..<60_000: 2
        case ..<600_000: 3
        case ..<3_600_000: 4
        default: 5
        }
    }

    static func level(lagMs: Int) -> Words.State.Level {
        switch steps(lagMs: lagMs) {
        case 0: .good
        case 1...3: .busy
        case 4: .care
        default: .bad
        }
    }

    static func lag(_ milliseconds: Int) -> String {
        let on = steps(lagMs: milliseconds)
        let bars = (0..<5).map { "<rect class=\"\($0 < on ? "on" : "off")\" x=\"\($0 * 9)\" width=\"7\" height=\"7\" rx=\"1.5\"/>" }.joined()
        return "<svg class=\"lag \(level(lagMs: milliseconds).rawValue)\" viewBox=\"0 0 43 7\" width=\"43\" height=\"7\" aria-hidden=\"true\" focusable=\"false\">\(bars)</svg>"
    }

    /// Children drawn in a strip at most.
    static let longestStrip = 400

    /// Every child as one small mark, worst first: its shape tells its state as its colour does.
    static func strip(_ children: [Health.Node], _ l: ConsoleLanguage) -> String {
        let levels = children.prefix(longestStrip).map { Health.word($0).level }
        let columns = min(max(levels.count, 1), 40), rows = (levels.count + columns - 1) / columns
        let marks = levels.enumerated().map { index, level in
            let x = index % columns * 8, y = index / columns * 8
            let shape = switch level {
            case .good: "<circle cx=\"\(x + 4)\" cy=\"\(y + 4)\" r=\"2.4\"/>"
            case .busy: "<circle cx=\"\(x + 4)\" cy=\"\(y + 4)\" r=\"2.4\" class=\"ring\"/>"
            case .idle: "<path d=\"M\(x + 2) \(y + 4)h4\" class=\"ring\"/>"
            case .care: "<path d=\"M\(x + 4) \(y + 1)l3.4 6h-6.8z\"/>"
            case .bad: "<path d=\"M\(x + 1) \(y + 1)h6v6h-6z\"/>"
            }
            return "<g class=\"\(level.rawValue)\">\(shape)</g>"
        }
        let label = l("\(children.count) 个下级的状态", "States of \(children.count) children")
        return "<svg class=\"strip\" role=\"img\" aria-label=\"\(label)\" viewBox=\"0 0 \(columns * 8) \(max(rows, 1) * 8)\" width=\"\(columns * 11)\" height=\"\(max(rows, 1) * 11)\">\(marks.joined())</svg>"
    }
}
