import Foundation
import Logging
import NodeRuntime

/// Log lines on standard error: time (UTC+8), level, label, message, `key=value`.
struct StderrLog: LogHandler {
    let label: String
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level

    init(label: String, level: Logger.Level) {
        self.label = label
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error { all["error"] = "\(error)" }
        let pairs = all.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.quoted("\($0.value)"))" }.joined()
        let level = "\(event.level)".uppercased()
        let text = TerminalText.clean("\(event.message)") + pairs
        Output.error("\(Self.now()) \(level) [\(label)] \(text)")
    }

    /// Values with spaces or quotes get quotes; line breaks never get through.
    static func quoted(_ value: String) -> String {
        let clean = TerminalText.clean(value)
        guard clean.contains(" ") || clean.contains("\"") || clean.isEmpty else { return clean }
        return "\"" + clean.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    private static func now() -> String {
        let zone = TimeZone(secondsFromGMT: 8 * 3600) ?? .gmt
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: zone)
        return Date.now.formatted(style)
    }

    /// Names as in configuration files; throws `ControlFault` for others.
    static func level(_ name: String) throws -> Logger.Level {
        if let level = Logger.Level(rawValue: name.lowercased()) { return level }
        throw ControlFault(
            "bad-log-level", zh: "日志级别无效：\(name)", en: "No such log level: \(name)",
            hint: Logger.Level.allCases.map(\.rawValue).joined(separator: ", "), exit: .usage)
    }
}
