/// Which language a page speaks. Chinese unless asked otherwise.
package enum ConsoleLanguage: String, Sendable, Hashable {
    case zh, en

    /// From a query string such as `lang=en`.
    package init(query: String) {
        let pairs = query.split(separator: "&")
        self = pairs.contains("lang=en") ? .en : .zh
    }

    /// One of two texts.
    func callAsFunction(_ zh: String, _ en: String) -> String { self == .zh ? zh : en }

    /// For `<html lang>`.
    var tag: String { self == .zh ? "zh-Hans-CN" : "en" }
}
