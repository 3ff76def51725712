/// The list of what is collected. Editions are published by the root and travel down; two nodes that use the
/// same edition accept the same rows.
package struct Catalogue: Sendable, Hashable {
    /// Edition, ascending; the shipped one is 1.
    package var number: UInt64
    package var title: String
    /// Ascending by number.
    package var items: [CatalogueItem]

    package init(number: UInt64, title: String, items: [CatalogueItem]) {
        self.number = number
        self.title = title
        self.items = items
    }

    package func item(code: String) -> CatalogueItem? { items.first { $0.code == code } }
    package func item(number: UInt32) -> CatalogueItem? { items.first { $0.number == number } }

    /// The item under which a decision of `date` falls; nil when there is none, or it was not in force that day.
    package func item(code: String, on date: CivilDate) -> CatalogueItem? { item(code: code).flatMap { $0.isValid(on: date) ? $0 : nil } }

    /// Everything wrong with an edition from elsewhere; empty when it may be used.
    package func faults() -> [String] { problems().map(\.description) }

    /// As ``faults()``, with Chinese and remedies.
    package func problems() -> [DataFault] {
        var found = items.flatMap { $0.problems() }
        for (index, item) in items.enumerated() {
            if items[..<index].contains(where: { $0.number == item.number || $0.code == item.code }) {
                found.append(DataFault(item.code, zh: "编号或代码重复", en: "number or code used twice", remedyZh: "每个事项各用一个", remedyEn: "give each item its own"))
            }
        }
        return found
    }
}
