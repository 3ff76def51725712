/// A catalogue item made ready for validating: what a row is asked by. Every ``ValidRecord`` remembers the one it
/// passed, as its evidence.
package final class ItemTable: Sendable {
    package let item: CatalogueItem
    let needs: RequirementMasks
    let words: ListedWords

    /// - Precondition: `item.faults()` is empty.
    package init(_ item: CatalogueItem) {
        precondition(item.fields.count <= CatalogueItem.maximumFields, "check faults() first")
        self.item = item
        needs = RequirementMasks(item)
        words = ListedWords(item)
    }
}

/// The values of an item's code lists as bytes in one piece: most cells hold one of them as it stands, and finding
/// that needs no string.
struct ListedWords: Sendable {
    private var bytes: [UInt8] = []
    /// Bounds of each word in ``bytes``.
    private var words: [Range<Int>] = []
    /// By slot: which of ``words`` are its values.
    private var slots: [Range<Int>] = []

    init(_ item: CatalogueItem) {
        for rule in item.fields {
            let first = words.count
            if case .codeList(let values, _) = rule.handling {
                for value in values {
                    let start = bytes.count
                    bytes += value.utf8
                    words.append(start..<bytes.count)
                }
            }
            slots.append(first..<words.count)
        }
    }

    /// Whether `text` is one of the values of the field in this slot, byte by byte.
    func hold(_ text: Span<UInt8>, slot: Int) -> Bool {
        for word in slots[slot] where words[word].count == text.count {
            let start = words[word].lowerBound
            var k = 0
            while k < text.count, bytes[start + k] == text[k] { k += 1 }
            if k == text.count { return true }
        }
        return false
    }
}
