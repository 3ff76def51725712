import Console
import NodeRuntime

/// What `export` made and what checking such a file found.
enum ExportText {
    static func progress(_ progress: ExportProgress) -> String {
        "\(Words.number(progress.entries)) / \(Words.number(progress.planned)) 变更集 change sets · \(Words.number(progress.bytes / 1024)) KiB"
    }

    static func exported(_ report: ExportReport, _ style: Style) -> [String] {
        var lines = [style(.green, "✓") + " 已导出 / exported  " + TerminalText.clean(report.file)]
        lines += Facts([
            ("账本 ledgers", Words.number(report.ledgers)), ("变更集 change sets", Words.number(report.entries)), ("变更 changes", Words.number(report.changes)),
            ("密钥 keys", Words.number(report.keys)), ("回执/声明 receipts/statements", "\(Words.number(report.receipts)) / \(Words.number(report.statements))"),
            ("大小 bytes", Words.number(report.bytes)), ("账本根证书 ledger root", report.ledgerRoot), ("用时 time", ImportText.seconds(report.milliseconds)),
        ]).render()
        if report.includesLocal { lines.append(style(.yellow, "  ! 含本地账本（草稿），请勿外传 / holds local ledgers (drafts): keep it to yourself")) }
        return lines + ["", "校验 / check:  creditnode verify --file \(TerminalText.clean(report.file)) --ca \(report.ledgerRoot)"]
    }

    static func verified(_ report: ExportVerifyReport, _ style: Style) -> [String] {
        var lines = InspectText.verdict(report.faults, style)
        lines += report.notes.map { style(.yellow, "! ") + "\(TerminalText.clean($0.place)) · \(TerminalText.clean($0.rule)): \(TerminalText.clean($0.detail))" }
        let suites = report.suites.sorted { $0.key < $1.key }.map { "\($0.key) \(Words.number($0.value))" }.joined(separator: ", ")
        return lines + Facts([
            ("导出者 exporter", report.exporter ?? "—"), ("导出时间 exported", report.exportedAt.map(Words.moment) ?? "—"),
            ("账本根证书 ledger root", report.ledgerRoot ?? "—"), ("账本 ledgers", Words.number(report.ledgers)),
            ("变更集 change sets", Words.number(report.entries)), ("变更 changes", Words.number(report.changes)),
            ("套件 suites", suites.isEmpty ? "—" : suites), ("缺失正文 missing bodies", Words.number(report.missingBodies)), ("密钥 keys", Words.number(report.keys)),
            ("回执/声明 receipts/statements", "\(Words.number(report.receipts)) / \(Words.number(report.statements))"), ("用时 time", ImportText.seconds(report.milliseconds)),
        ]).render()
    }
}
