import Foundation
import Yams

/// What a configuration file and the command line decide about a serving node.
package struct ServeSettings: Sendable, Hashable {
    /// `host:port` for children, port 0 = free; nil = no children.
    package var listen: String?
    /// Address put into invitations when it differs from `listen`.
    package var advertise: String?
    /// `host:port` of the parent, when it moved since `join`.
    package var parent: String?
    /// `host:port` of the read-only page, loopback only; nil = none.
    package var statusPage: String?
    /// trace, debug, info, notice, warning, error, critical.
    package var logLevel: String
    /// Longest wait between two attempts to reach the parent, seconds, 1…3600.
    package var reconnectSeconds: Int
    /// Most space for contents of attachments, MiB, 0…16 Ti.
    package var attachmentQuotaMiB: Int = 10_240
    /// Look-ups of persons that one operator may make in an hour, 1…10000.
    package var personLookupsPerHour: Int
    /// Silence of a peer after which a link is given up, seconds, 2…3600.
    package var silenceSeconds: Int

    package init(
        listen: String? = nil, advertise: String? = nil, parent: String? = nil, statusPage: String? = nil, logLevel: String = "info", reconnectSeconds: Int = 30,
        personLookupsPerHour: Int = 60, silenceSeconds: Int = 35
    ) {
        self.silenceSeconds = silenceSeconds
        self.listen = listen
        self.advertise = advertise
        self.parent = parent
        self.statusPage = statusPage
        self.logLevel = logLevel
        self.reconnectSeconds = reconnectSeconds
        self.personLookupsPerHour = personLookupsPerHour
    }

    private static let keys: Set<String> = [
        "listen", "advertise", "parent", "status_page", "log_level", "reconnect_seconds", "attachment_quota_mib", "person_lookups_per_hour", "silence_seconds",
    ]
    private static let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]

    /// Reads and checks a YAML file.
    /// - Throws: ``ControlFault`` (`badInput`) naming line or key, and the remedy.
    package static func load(file: String) throws(ControlFault) -> ServeSettings {
        guard let data = FileManager.default.contents(atPath: file), let text = String(data: data, encoding: .utf8) else {
            throw ControlFault("config-file", zh: "无法读取配置文件 \(file)", en: "cannot read \(file) as UTF-8", hint: "检查路径和编码 / check path and encoding", exit: .badInput)
        }
        return try decode(yaml: text, from: file)
    }

    package static func decode(yaml text: String, from file: String) throws(ControlFault) -> ServeSettings {
        let loaded: Any?
        do { loaded = try Yams.load(yaml: text) } catch {
            throw ControlFault("config-yaml", zh: "配置文件 \(file) 格式有误", en: "\(file) is no valid YAML: \(error)", hint: "缩进用空格，冒号后留一个空格 / indent by spaces, one space after the colon", exit: .badInput)
        }
        guard let map = (loaded ?? [String: Any]()) as? [String: Any] else {
            throw ControlFault("config-yaml", zh: "配置文件 \(file) 应为键值表", en: "\(file) should be a table of keys and values", hint: "参见 Config/street.yaml / see Config/street.yaml", exit: .badInput)
        }
        for key in map.keys.sorted() where !keys.contains(key) {
            throw ControlFault("config-key", zh: "\(file)：未知的配置项 \(key)", en: "\(file): unknown key \(key)", hint: keys.sorted().joined(separator: ", "), exit: .badInput)
        }
        var settings = ServeSettings()
        settings.listen = try address("listen", map, file)
        settings.advertise = try address("advertise", map, file)
        settings.parent = try address("parent", map, file)
        settings.statusPage = try address("status_page", map, file)
        if let level = map["log_level"], !(level is NSNull) {
            guard let level = level as? String, levels.contains(level) else {
                throw ControlFault("config-value", zh: "\(file)：log_level 取值有误", en: "\(file): log_level is not a level", hint: levels.joined(separator: ", "), exit: .badInput)
            }
            settings.logLevel = level
        }
        if let seconds = map["reconnect_seconds"], !(seconds is NSNull) {
            guard let seconds = seconds as? Int, (1...3600).contains(seconds) else {
                throw ControlFault("config-value", zh: "\(file)：reconnect_seconds 应为 1 至 3600 的整数", en: "\(file): reconnect_seconds is 1…3600", hint: "", exit: .badInput)
            }
            settings.reconnectSeconds = seconds
        }
        if let quota = map["attachment_quota_mib"], !(quota is NSNull) {
            guard let quota = quota as? Int, (0...16 << 20).contains(quota) else {
                throw ControlFault("config-value", zh: "\(file)：attachment_quota_mib 应为 0 至 16777216 的整数", en: "\(file): attachment_quota_mib is 0…16777216", hint: "", exit: .badInput)
            }
            settings.attachmentQuotaMiB = quota
        }
        if let limit = map["person_lookups_per_hour"], !(limit is NSNull) {
            guard let limit = limit as? Int, (1...10_000).contains(limit) else {
                throw ControlFault("config-value", zh: "\(file)：person_lookups_per_hour 应为 1 至 10000 的整数", en: "\(file): person_lookups_per_hour is 1…10000", hint: "", exit: .badInput)
            }
            settings.personLookupsPerHour = limit
        }
        if let seconds = map["silence_seconds"], !(seconds is NSNull) {
            guard let seconds = seconds as? Int, (2...3600).contains(seconds) else {
                throw ControlFault("config-value", zh: "\(file)：silence_seconds 应为 2 至 3600 的整数", en: "\(file): silence_seconds is 2…3600", hint: "", exit: .badInput)
            }
            settings.silenceSeconds = seconds
        }
        return settings
    }

    private static func address(_ key: String, _ map: [String: Any], _ file: String) throws(ControlFault) -> String? {
        guard let value = map[key], !(value is NSNull) else { return nil }
        guard let text = value as? String else {
            throw ControlFault("config-value", zh: "\(file)：\(key) 应为 \"主机:端口\"", en: "\(file): \(key) should be \"host:port\" in quotes", hint: "\(key): \"127.0.0.1:7443\"", exit: .badInput)
        }
        _ = try HostPort(text)
        return text
    }
}
