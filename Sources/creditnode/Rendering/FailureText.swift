import API
import NodeRuntime
import Transport

/// Failures in words: what happened in both languages, and what to try.
enum FailureText {
    static func fault(for error: any Error) -> ControlFault {
        if let fault = error as? ControlFault { return fault }
        if let error = error as? TransportError {
            return ControlFault(
                "connection", zh: "与节点的连接失败", en: error.message, hint: error.hint.isEmpty ? "creditnode doctor" : error.hint, exit: .unavailable)
        }
        if error is CancellationError {
            return ControlFault("cancelled", zh: "已取消", en: "Cancelled", hint: "", exit: .failure)
        }
        if error is DecodingError || error is EncodingError {
            return ControlFault(
                "bad-answer", zh: "节点的应答无法理解", en: "The node's answer could not be read", hint: "命令与节点的版本是否一致？/ are command and node of the same version?",
                exit: .failure)
        }
        return ControlFault(
            "unexpected", zh: "意外错误，操作未完成", en: "An unexpected error; the operation was not completed",
            hint: "运行 creditnode doctor；若重现，请连同日志报告 / run creditnode doctor; if it happens again, report it with the log", exit: .failure)
    }

    static func render(_ fault: ControlFault, _ style: Style) -> String {
        var lines = [style(.red, "错误：") + TerminalText.clean(fault.messageZh), style(.dim, "error: ") + TerminalText.clean(fault.messageEn)]
        if !fault.hint.isEmpty { lines.append("→ " + TerminalText.clean(fault.hint)) }
        return lines.joined(separator: "\n")
    }

    static func json(_ fault: ControlFault) throws -> String {
        String(decoding: try ControlWire.encode(fault), as: UTF8.self)
    }
}
