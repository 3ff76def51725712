/// The one way text gets into a page.
package enum HTML {
    /// Escapes for element content and for attribute values in double quotes. Control characters, which HTML
    /// forbids, and characters that turn the direction of text become U+FFFD.
    package static func escape(_ text: String) -> String {
        var out = ""
        out.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case "\n", "\t": out.unicodeScalars.append(scalar)
            default: out.unicodeScalars.append(isHarmful(scalar) ? "\u{FFFD}" : scalar)
            }
        }
        return out
    }

    /// Control characters and bidirectional overrides: of no use in our texts, of much use to a forger.
    package static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// `<tag class="…">text</tag>` with the text escaped.
    static func element(_ tag: String, _ text: String, class name: String? = nil) -> String {
        let attribute = name.map { " class=\"\(escape($0))\"" } ?? ""
        return "<\(tag)\(attribute)>\(escape(text))</\(tag)>"
    }

    /// A moment as people read it, the exact text kept for machines; `nil` gives a dash.
    static func time(_ iso: String?) -> String {
        guard let iso else { return "<span class=\"none dash\">—</span>" }
        return "<time datetime=\"\(escape(iso))\">\(escape(Words.moment(iso)))</time>"
    }
}
