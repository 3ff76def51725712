import Registry

package enum ReportLanguage: String, Sendable, Hashable, CaseIterable {
    case zh, en, both
}

/// Problems as text: one line each, for the terminal, a file or a page. Holds no personal number, because
/// ``RowProblem`` holds none.
package enum ProblemReport {
    /// One line without a line end.
    package static func line(_ problem: RowProblem, language: ReportLanguage) -> String {
        switch language {
        case .zh: chinese(problem)
        case .en: english(problem)
        case .both: chinese(problem) + " | " + english(problem)
        }
    }

    /// All problems in the order given, each line ended by LF.
    package static func render(_ problems: [RowProblem], language: ReportLanguage) -> String {
        problems.reduce(into: "") { text, problem in
            text += line(problem, language: language)
            text += "\n"
        }
    }

    private static func chinese(_ p: RowProblem) -> String {
        let severity = switch p.severity {
        case .error: "错误"
        case .warning: "警告"
        case .note: "提示"
        }
        var text = p.row == 0 ? "表头" : "第\(p.row)行"
        if p.line > 0 { text += "（文件第\(p.line)行）" }
        if !p.column.isEmpty { text += " \(p.column)" }
        text += " \(severity) \(p.rule)：\(p.zh)。"
        if !p.value.isEmpty { text += "内容“\(p.value)”。" }
        return text + p.remedyZh + "。"
    }

    private static func english(_ p: RowProblem) -> String {
        let severity = switch p.severity {
        case .error: "error"
        case .warning: "warning"
        case .note: "note"
        }
        var text = p.row == 0 ? "header" : "row \(p.row)"
        if p.line > 0 { text += " (line \(p.line))" }
        if !p.column.isEmpty { text += " \(p.column)" }
        text += " \(severity) \(p.rule): \(p.en)."
        if !p.value.isEmpty { text += " Value: “\(p.value)”." }
        return text + " Remedy: \(p.remedyEn)."
    }
}
