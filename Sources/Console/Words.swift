import NodeRuntime

/// The words page and command line share: states, tiers, lengths of time, each in both languages.
package enum Words {
    /// A word and how much it asks for attention. The level is never shown by colour alone.
    package struct State: Sendable, Hashable {
        package enum Level: String, Sendable { case good, busy, idle, care, bad }
        package let zh: String
        package let en: String
        package let level: Level
        /// One column wide on every terminal; differs by level.
        package let mark: String
    }

    package static func link(_ state: String) -> State {
        switch state {
        case "connected": State(zh: "已连接", en: "connected", level: .good, mark: "●")
        case "synchronising": State(zh: "同步中", en: "synchronising", level: .busy, mark: "◐")
        case "waiting": State(zh: "等待重连", en: "waiting", level: .care, mark: "◌")
        case "cut": State(zh: "已中断", en: "cut", level: .bad, mark: "×")
        case "refused": State(zh: "被拒绝", en: "refused", level: .bad, mark: "⊘")
        case "never": State(zh: "从未联系", en: "never", level: .idle, mark: "○")
        case "suspended": State(zh: "已停用", en: "suspended", level: .idle, mark: "⊝")
        case "root": State(zh: "根节点", en: "root", level: .good, mark: "●")
        case "unknown": State(zh: "情况不明", en: "unknown", level: .idle, mark: "○")
        default: State(zh: state, en: state, level: .care, mark: "?")
        }
    }

    package static func freshness(_ value: String) -> State {
        switch value {
        case "fresh": State(zh: "有效", en: "fresh", level: .good, mark: "●")
        case "stale": State(zh: "已过时", en: "stale", level: .bad, mark: "×")
        case "differs": State(zh: "与版次不符", en: "differs", level: .bad, mark: "×")
        case "unpublished": State(zh: "未发布", en: "unpublished", level: .idle, mark: "○")
        case "missing": State(zh: "未收到", en: "not there yet", level: .care, mark: "?")
        default: State(zh: value, en: value, level: .care, mark: "?")
        }
    }

    package static func validity(_ value: String) -> (zh: String, en: String) {
        switch value {
        case "draft": ("草稿", "draft")
        case "submitted": ("待审", "submitted")
        case "effective": ("有效", "effective")
        case "revoked": ("撤销", "revoked")
        case "superseded": ("并入", "superseded")
        default: (value, value)
        }
    }

    package static func item(_ code: String) -> (zh: String, en: String) {
        switch code {
        case "permit": ("行政许可", "permit")
        case "penalty": ("行政处罚", "penalty")
        default: (code, code)
        }
    }

    /// The tier a path stands at; the tree may go deeper than street.
    package static func tier(ofPath path: String) -> (seal: String, zh: String, en: String) {
        switch path.split(separator: "/").count {
        case 0, 1: ("市", "市级", "city")
        case 2: ("区", "区级", "district")
        case 3: ("街", "街道", "street")
        case let depth: ("社", "第 \(depth) 级", "tier \(depth)")
        }
    }

    /// A crypto suite: its name, and in words what people call it.
    package static func suite(_ name: String) -> String {
        switch name {
        case "sm2-sm3": "sm2-sm3（国密 SM2/SM3 · national commercial cryptography）"
        case "ed25519-sha256": "ed25519-sha256（国际算法 · international）"
        default: name
        }
    }

    /// A length of time in its largest useful unit.
    package static func duration(milliseconds: Int) -> (zh: String, en: String) {
        let seconds = milliseconds / 1000
        switch seconds {
        case ..<1: return ("不到 1 秒", "< 1 s")
        case ..<60: return ("\(seconds) 秒", "\(seconds) s")
        case ..<3600: return ("\(seconds / 60) 分", "\(seconds / 60) min")
        case ..<172_800: return ("\(seconds / 3600) 小时", "\(seconds / 3600) h")
        default: return ("\(seconds / 86_400) 天", "\(seconds / 86_400) d")
        }
    }

    /// How long ago, in words that change at most once a minute.
    package static func ago(milliseconds: Int) -> (zh: String, en: String) {
        switch milliseconds / 60_000 {
        case ..<1: return ("刚刚", "just now")
        case let minutes where minutes < 60: return ("\(minutes) 分钟前", "\(minutes) min ago")
        case let minutes where minutes < 2880: return ("\(minutes / 60) 小时前", "\(minutes / 60) h ago")
        case let minutes: return ("\(minutes / 1440) 天前", "\(minutes / 1440) d ago")
        }
    }

    /// How long ago a link was heard of.
    package static func silence(_ link: StatusReport.Link) -> (zh: String, en: String) {
        guard let silent = link.silentMs else {
            return link.lastContact == nil ? ("从未", "never") : ("不详", "unknown")
        }
        if silent < 1000 { return ("刚刚", "now") }
        let age = duration(milliseconds: silent)
        return ("\(age.zh)前", "\(age.en) ago")
    }

    /// `2026-11-21T09:30:00.123+08:00` as `2026-11-21 09:30:00`; other texts unchanged.
    package static func moment(_ iso: String) -> String {
        let bytes = Array(iso.utf8)
        guard bytes.count >= 19, bytes[10] == UInt8(ascii: "T"), bytes[4] == UInt8(ascii: "-") else { return iso }
        return String(decoding: bytes[..<10], as: UTF8.self) + " " + String(decoding: bytes[11..<19], as: UTF8.self)
    }

    /// 1234567 as 1,234,567.
    package static func number(_ value: some BinaryInteger) -> String {
        let digits = String(value.magnitude)
        var out = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { out.append(",") }
            out.append(digit)
        }
        return out
    }

    /// Whether somebody should look at a link: not in contact, relief held up, or an hour behind.
    package static func needsCare(_ link: StatusReport.Link) -> Bool {
        switch Self.link(link.word).level {
        case .care, .bad: true
        case .good, .busy, .idle: (link.backlog.relief > 0 && link.lagMs > 60_000) || link.lagMs > 3_600_000
        }
    }
}
