/// Something wrong in data that people maintain: a catalogue, a unit registry, a legal profile, a calendar.
/// Says where, what, and what to do, in both languages.
package struct DataFault: Sendable, Hashable, Error, CustomStringConvertible {
    /// Path inside the data: `penalty`, `penalty/15`; with the file and line in front when it was read from one.
    package var place: String
    package let zh: String
    package let en: String
    package let remedyZh: String
    package let remedyEn: String

    package init(_ place: String, zh: String, en: String, remedyZh: String, remedyEn: String) {
        self.place = place
        self.zh = zh
        self.en = en
        self.remedyZh = remedyZh
        self.remedyEn = remedyEn
    }

    /// English, for operators and logs.
    package var description: String { place.isEmpty ? en : "\(place): \(en)" }
    /// Chinese and English with the remedy.
    package var message: String { (place.isEmpty ? "" : "\(place)：") + "\(zh)（\(remedyZh)）/ \(en) (\(remedyEn))" }

    /// The same fault seen from further out.
    package func inside(_ outer: String) -> DataFault {
        var copy = self
        copy.place = place.isEmpty ? outer : outer + " " + place
        return copy
    }
}

/// The instrument something rests on: law, regulation, policy document (国办发〔2020〕49号: nothing without one).
package struct LegalBasis: Sendable, Hashable, CustomStringConvertible {
    /// Title: 中华人民共和国行政处罚法.
    package var instrument: String
    /// 第四十八条; empty when the whole is meant.
    package var article: String
    /// Document number: 发改办财金〔2018〕424号; empty for laws cited by title.
    package var document: String

    package init(instrument: String, article: String = "", document: String = "") {
        self.instrument = instrument
        self.article = article
        self.document = document
    }

    /// `instrument|article|document`, as the shipped tables write it; later parts may be missing.
    init(_ text: String) {
        let parts = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        self.init(instrument: parts.first ?? "", article: parts.count > 1 ? parts[1] : "", document: parts.count > 2 ? parts[2] : "")
    }

    package var description: String {
        var out = instrument.isEmpty ? document : "《\(instrument)》"
        if !instrument.isEmpty, !document.isEmpty { out += "（\(document)）" }
        return out + article
    }

    /// Names something that can be looked up.
    package var isUsable: Bool { !Normalisation.line(instrument).isEmpty || !Normalisation.line(document).isEmpty }
}
