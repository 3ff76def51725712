/// The list of what is collected. Editions are published by the root and travel down; two nodes that use the
/// same edition accept the same rows.
package struct Catalogue: Sendable, Hashable {
    /// Edition, ascending; the shipped one is 1.
    package var number: UInt64
    package var title: String
    /// Ascending by number.
    package var items: [CatalogueItem]
    /// Items of earlier editions that this one no longer holds, ascending by item (rule M39).
    package var withdrawals: [ItemWithdrawal]

    package init(number: UInt64, title: String, items: [CatalogueItem], withdrawals: [ItemWithdrawal] = []) {
        self.withdrawals = withdrawals
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
        for (index, one) in withdrawals.enumerated() {
            if index > 0, withdrawals[index - 1].item >= one.item {
                found.append(DataFault("withdrawals/\(one.item)", zh: "停用事项重复或未排序", en: "withdrawn twice, or out of order", remedyZh: "每个事项一条，按编号排序", remedyEn: "give each once, by number"))
            }
            if item(number: one.item) != nil {
                found.append(DataFault("withdrawals/\(one.item)", zh: "停用的事项仍在目录中", en: "withdrawn, and yet an item of this edition", remedyZh: "删去其一", remedyEn: "remove one of the two"))
            }
            if one.reason.isEmpty { found.append(DataFault("withdrawals/\(one.item)", zh: "停用没有理由", en: "withdrawn without a reason", remedyZh: "填写理由", remedyEn: "state it")) }
            if !CutOver.isSound(one.cutOver) { found.append(DataFault("withdrawals/\(one.item)", zh: "切换点有误", en: "the cut-over is out of order or empty", remedyZh: "由发布节点填写", remedyEn: "leave it to the issuer")) }
        }
        return found
    }
}

/// An item that editions no longer hold. What was entered under an earlier edition stands as far as the issuer knew of it;
/// what lies beyond is quarantined, unless its decision falls into the time when the item was lawful.
package struct ItemWithdrawal: Sendable, Hashable {
    package var item: UInt32
    package var reason: String
    /// Decisions up to this day stand, whenever they were entered; nil = none does beyond the cut-over.
    package var lawfulUntil: CivilDate?
    /// Ascending by replica; empty until the issuer signs.
    package var cutOver: [CutOver]

    package init(item: UInt32, reason: String, lawfulUntil: CivilDate? = nil, cutOver: [CutOver] = []) {
        self.item = item
        self.reason = reason
        self.lawfulUntil = lawfulUntil
        self.cutOver = cutOver
    }
}
