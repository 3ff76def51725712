/// One small drawing per level of attention: the shapes differ, so that colour is never the only sign.
enum Icon {
    static func svg(_ level: Words.State.Level) -> String {
        let shape = switch level {
        case .good: "<circle cx=\"8\" cy=\"8\" r=\"7\" fill=\"currentColor\"/><path d=\"M4.6 8.2l2.3 2.3 4.5-4.8\" fill=\"none\" stroke=\"var(--paper)\" stroke-width=\"1.8\"/>"
        case .busy: "<circle cx=\"8\" cy=\"8\" r=\"6.2\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.6\"/><path d=\"M8 1.8a6.2 6.2 0 0 1 0 12.4z\" fill=\"currentColor\"/>"
        case .idle: "<circle cx=\"8\" cy=\"8\" r=\"6.2\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.6\"/>"
        case .care: "<path d=\"M8 1.2L15.4 14.4H.6z\" fill=\"currentColor\"/><path d=\"M8 5.6v4.2M8 11.2v1.6\" stroke=\"var(--paper)\" stroke-width=\"1.7\"/>"
        case .bad: "<rect x=\"1\" y=\"1\" width=\"14\" height=\"14\" rx=\"2.5\" fill=\"currentColor\"/><path d=\"M5 5l6 6M11 5l-6 6\" stroke=\"var(--paper)\" stroke-width=\"1.8\"/>"
        }
        return "<svg class=\"icon\" viewBox=\"0 0 16 16\" width=\"14\" height=\"14\" aria-hidden=\"true\" focusable=\"false\">\(shape)</svg>"
    }

    /// Quieter than ``svg(_:)``: a tick before something that is in order.
    static let tick = "<svg class=\"icon\" viewBox=\"0 0 16 16\" width=\"12\" height=\"12\" aria-hidden=\"true\" focusable=\"false\"><path d=\"M3 8.5l3.4 3.4L13 5\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/></svg>"

    /// A tier above.
    static let above = "<svg class=\"icon\" viewBox=\"0 0 16 16\" width=\"14\" height=\"14\" aria-hidden=\"true\" focusable=\"false\"><path d=\"M2.5 10.5L8 5l5.5 5.5\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/></svg>"

    /// Drawing and word of a state.
    static func state(_ state: Words.State, _ l: ConsoleLanguage) -> String {
        "<span class=\"state \(state.level.rawValue)\">\(svg(state.level))\(HTML.escape(l(state.zh, state.en)))</span>"
    }
}
