extension ValidRecord {
    /// ``CatalogueItem/number``.
    package var item: UInt32 { table.item.number }

    /// Fields with their values, ascending; made anew for each call.
    package var fields: [(number: UInt32, value: FieldValue)] { (0..<values.count).map { values[$0] } }

    package var subject: Subject {
        switch about {
        case .organisation(let place): .organisation(code(place))
        case .unregistered: .unregistered(name: subjectName)
        case .person(let subject): subject
        }
    }

    /// Where the code of an organisation stands in the bytes of ``values``; nil for other subjects.
    package var subjectCode: Range<Int>? {
        guard case .organisation(let place) = about else { return nil }
        return values.range(place)
    }

    package var subjectName: String { namePlace.map(values.text) ?? "" }
    package var authority: CreditCode { code(authorityPlace) }
    /// ``Normalisation/documentNumber(_:)-(String)``; empty when the item has none.
    package var documentNumber: String { documentPlace.map(values.text) ?? "" }
    /// 许可编号; empty when the item has none.
    package var itemNumber: String { itemNumberPlace.map(values.text) ?? "" }

    private func code(_ place: Int) -> CreditCode {
        guard let code = CreditCode(values.text(place)) else { preconditionFailure("the validator keeps only codes that hold") }
        return code
    }

    /// Whether it passed the very table that `item` is: then asking its fields again could only say the same.
    package func passed(_ item: CatalogueItem) -> Bool { table.item == item }
}
