import Console
import NodeRuntime

/// Attachments of a record, and what became of files.
enum AttachmentText {
    static func attached(_ answer: AttachCommand.Response, _ style: Style) -> [String] {
        let lines = answer.files.map { file in
            let outcome = file.outcome == "added" ? style(.green, "✓ 已附 added") : style(.dim, "＝ 已有 unchanged")
            return "  \(outcome)  " + style(.bold, TerminalText.clean(file.name)) + "  \(file.mediaType)  \(size(file.size))  #\(file.digest.prefix(12))"
        }
        return ["记录 record  \(TerminalText.clean(answer.record))"] + lines
    }

    static func fetched(_ file: FetchedFile, _ output: String, _ style: Style) -> [String] {
        [style(.green, "✓ 摘要相符 digest right  ") + TerminalText.clean(file.name) + "  \(size(file.size))  → " + TerminalText.clean(output)]
    }

    static func lines(_ attachments: [AttachmentLine], _ style: Style) -> [String] {
        guard !attachments.isEmpty else { return [] }
        return ["", style(.dim, "附件 attachments（\(attachments.count)）")]
            + attachments.map { one in
                "  " + style(.bold, TerminalText.clean(one.name)) + "  \(TerminalText.clean(one.mediaType))  \(size(one.size))  #\(one.digest.prefix(12))  " + state(one, style)
            }
    }

    private static func state(_ one: AttachmentLine, _ style: Style) -> String {
        switch one.state {
        case "held": style(.green, "● 已在本节点 held")
        case "on-its-way": style(.yellow, "◐ 传输中 on its way \(one.percent)%")
        // A node's words, not an enum of ours.
        default: style(.red, "○ 缺 missing \(one.percent)%") + "  " + TerminalText.clean(one.trouble ?? "")
        }
    }

    static func size(_ bytes: UInt64) -> String {
        if bytes < 10 * 1024 { return "\(bytes) B" }
        if bytes < 10 << 20 { return "\(bytes >> 10) KiB" }
        return "\(bytes >> 20) MiB"
    }
}
