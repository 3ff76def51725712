import Console
import NodeRuntime

/// What an import brought, and every problem with its remedy.
enum ImportText {
    static func render(_ report: ImportReport, _ style: Style) -> [String] {
        var lines = report.problems.flatMap { problem($0, style) }
        if report.problemsOmitted > 0 {
            lines.append("… 另有 \(Words.number(report.problemsOmitted)) 个问题未列出（--max-problems）/ \(Words.number(report.problemsOmitted)) more not listed")
        }
        if !lines.isEmpty { lines.append("") }
        let item = Words.item(report.item)
        let mark = report.refused == 0 ? style(.green, "✓") : style(.yellow, "!")
        lines.append("\(mark) \(TerminalText.clean(report.fileName)) · \(item.zh) \(item.en) · \(Words.number(report.rows)) 行 rows · \(seconds(report.milliseconds))")
        lines.append("  " + form(report.form))
        if report.checkOnly { lines.append("  仅校验，未入库 / checked only, nothing was recorded") }
        lines += counts(report)
        if report.drafts > 0 {
            lines.append("  草稿只留在本节点；指定 --reviewer 重新导入即生效 / drafts stay here; import again with --reviewer to make them effective")
        }
        if let path = report.problemsFile {
            lines.append("  被拒收的行 refused rows → \(TerminalText.clean(path))")
            lines.append("  改正后原样重新导入；文件含原始内容，请妥善保管 / mend them there and import that file as it is; it holds the cells as they were")
        }
        return lines
    }

    /// What the file turned out to be.
    static func form(_ form: ImportForm) -> String {
        var parts = [form.form.uppercased()]
        if let sheet = form.sheet { parts.append("工作表 sheet “\(TerminalText.clean(sheet))”") }
        if form.form == "text" { parts += [form.encoding, form.delimiter] }
        if form.headerLine > 1 { parts.append("表头在第\(form.headerLine)行 header in line \(form.headerLine)") }
        if !form.fieldSet.isEmpty { parts.append("\(form.fieldSet)年版字段 fields of \(form.fieldSet)") }
        return parts.filter { !$0.isEmpty }.joined(separator: " · ")
    }

    private static func counts(_ report: ImportReport) -> [String] {
        let pairs = [
            ("新生效 effective", report.effective), ("草稿 drafts", report.drafts), ("未变 unchanged", report.unchanged), ("拒收 refused", report.refused),
            ("警告 warnings", report.warnings),
        ]
        let width = pairs.map { Words.number($0.1).count }.max() ?? 1
        return Facts(pairs.map { ($0.0, TerminalText.padded(Words.number($0.1), to: width, right: true)) }).render()
    }

    /// 第12行 / row 12 · column · rule · value, then the message and the remedy in both languages.
    static func problem(_ problem: ImportReport.Problem, _ style: Style) -> [String] {
        let (word, paint): (String, Style.Paint) = switch problem.severity {
        case "error": ("错误 error", .red)
        case "warning": ("警告 warning", .yellow)
        default: ("提示 note", .dim)
        }
        let value = TerminalText.shorten(TerminalText.clean(problem.value), to: 60)
        let place = [
            "第\(problem.row)行 / row \(problem.row)", TerminalText.clean(problem.column), TerminalText.clean(problem.rule), value.isEmpty ? "（空 empty）" : "“\(value)”",
        ].filter { !$0.isEmpty }
        var lines = [place.joined(separator: " · ") + "  " + style(paint, "[\(word)]")]
        lines.append("    " + TerminalText.clean(problem.zh) + (problem.remedyZh.isEmpty ? "" : " → " + TerminalText.clean(problem.remedyZh)))
        lines.append("    " + TerminalText.clean(problem.en) + (problem.remedyEn.isEmpty ? "" : " → " + TerminalText.clean(problem.remedyEn)))
        return lines
    }

    static func seconds(_ milliseconds: Int) -> String {
        let tenths = (milliseconds + 50) / 100
        return "\(tenths / 10).\(tenths % 10) s"
    }
}
