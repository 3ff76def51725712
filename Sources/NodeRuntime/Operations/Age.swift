/// How long ago something was, in the unit that people would use.
package struct Age: Sendable, Hashable {
    package let zh: String
    package let en: String

    /// - Parameters: milliseconds since 1970; a time that lies ahead is no age.
    package init(from then: UInt64, to now: UInt64) {
        let seconds = now > then ? (now - then) / 1000 : 0
        switch seconds {
        case ..<120: (zh, en) = ("\(seconds) 秒", "\(seconds) s")
        case ..<7200: (zh, en) = ("\(seconds / 60) 分钟", "\(seconds / 60) min")
        case ..<172_800: (zh, en) = ("\(seconds / 3600) 小时", "\(seconds / 3600) h")
        default: (zh, en) = ("\(seconds / 86_400) 天", "\(seconds / 86_400) days")
        }
    }
}
