import Console
import NodeRuntime

/// What verify, rebuild, doctor and digest found.
enum InspectText {
    static func verify(_ answer: VerifyCommand.Response, _ style: Style) -> [String] {
        verdict(answer.faults, style) + Facts([
            ("账本 ledgers", Words.number(answer.ledgers)), ("变更集 change sets", Words.number(answer.changeSets)), ("变更 changes", Words.number(answer.changes)),
            ("缺失正文 missing bodies", Words.number(answer.missingBodies)), ("密钥 keys", Words.number(answer.keys)), ("查询日志 look-ups", Words.number(answer.lookups)),
            ("用时 time", ImportText.seconds(answer.milliseconds)),
        ]).render()
    }

    /// The faults, then whether there are any.
    static func verdict(_ faults: [VerifyCommand.Fault], _ style: Style) -> [String] {
        var lines = faults.flatMap { fault in
            [style(.red, "✗ ") + TerminalText.clean(fault.place) + " · " + TerminalText.clean(fault.rule), "    " + TerminalText.clean(fault.detail)]
        }
        if !lines.isEmpty { lines.append("") }
        return lines + [faults.isEmpty ? style(.green, "✓ 全部一致 / everything verifies") : style(.red, "✗ 发现 \(faults.count) 处差异 / \(faults.count) faults found")]
    }

    static func rebuild(_ answer: RebuildCommand.Response, _ style: Style) -> [String] {
        [answer.identical ? style(.green, "✓ 重算结果与原先一致 / identical to what stood") : style(.red, "✗ 重算结果不同，已采用新结果 / the result differs; the new one stands")]
            + Facts([
                ("变更集 change sets", Words.number(answer.changeSets)), ("原摘要 before", answer.digestBefore), ("新摘要 after", answer.digestAfter),
                ("用时 time", ImportText.seconds(answer.milliseconds)),
            ]).render()
    }

    static func doctor(_ answer: DoctorCommand.Response, _ style: Style) -> [String] {
        answer.checks.flatMap { check in
            let mark = switch check.result {
            case "ok": style(.green, "✓ 正常")
            case "warning": style(.yellow, "! 注意")
            default: style(.red, "✗ 不合格")
            }
            var lines = ["\(mark)  " + style(.bold, TerminalText.clean(check.name)) + "  " + TerminalText.clean(check.zh) + " / " + TerminalText.clean(check.en)]
            if !check.hint.isEmpty, check.result != "ok" { lines.append("    → " + TerminalText.clean(check.hint)) }
            return lines
        }
    }

    static func digest(_ answer: DigestCommand.Response, _ style: Style) -> [String] {
        Facts([
            ("路径 path", answer.home), ("有效记录 records", Words.number(answer.records)), ("记录摘要 digest", answer.digest),
            ("已发布对象 published", Words.number(answer.publishedObjects)), ("发布摘要 digest", answer.published),
            ("作者 authors", answer.authors.isEmpty ? "—" : answer.authors.joined(separator: ", ")),
        ]).render(indent: "")
    }
}
