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

    /// Everything wrong with an edition from elsewhere; empty when it may be used.
    package func faults() -> [String] {
        var found = items.flatMap { $0.faults() }
        for (index, item) in items.enumerated() {
            if items[..<index].contains(where: { $0.number == item.number || $0.code == item.code }) {
                found.append("\(item.code): number or code used twice")
            }
        }
        return found
    }

    /// Permits and penalties of 发改办财金〔2018〕424号.
    package static let standard = Catalogue(
        number: 1, title: "行政许可和行政处罚信息公示目录（2018年标准）",
        items: [
            CatalogueItem(
                code: "permit", number: 1, titleZh: "行政许可", titleEn: "Administrative permit",
                basis: "发改办财金〔2018〕424号", kind: .permit, disclosure: .public, upToTier: 1, retentionDays: nil,
                fields: StandardTable.fields(StandardTable.permit),
                roles: FieldRoles(subjectName: 1, subjectClass: 2, subjectCode: 3, personIDType: 12, personIDNumber: 13,
                                  documentNumber: 15, itemNumber: 18, authorityName: 23, authorityCode: 24, sourceCode: 27,
                                  decisionDate: 20, validFrom: 21, validTo: 22, state: 25, sanctions: nil)),
            CatalogueItem(
                code: "penalty", number: 2, titleZh: "行政处罚", titleEn: "Administrative penalty",
                basis: "发改办财金〔2018〕424号", kind: .penalty, disclosure: .public, upToTier: 1, retentionDays: nil,
                fields: StandardTable.fields(StandardTable.penalty),
                roles: FieldRoles(subjectName: 1, subjectClass: 2, subjectCode: 3, personIDType: 12, personIDNumber: 13,
                                  documentNumber: 14, itemNumber: nil, authorityName: 26, authorityCode: 27, sourceCode: 29,
                                  decisionDate: 23, validFrom: nil, validTo: 24, state: nil, sanctions: 18)),
        ])
}
