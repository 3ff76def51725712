extension CatalogueItem {
    /// The table of a file of list entries. It is read like a publicity table, so that rows are judged by the same
    /// rules; it is no item of a catalogue and nothing is sealed under it.
    ///
    /// Origin: the project's own; the authority's name and its code as in the publicity tables.
    package static let listEntry: CatalogueItem = {
        var item = table
        item.flags = [.personsAllowed]
        return item
    }()

    private static let table = CatalogueItem(
        code: "list-entry", number: 0xFFFF_FFFF, titleZh: "名单列入", titleEn: "list entry", bases: [], kind: .listEntry, disclosure: .authorised,
        upToTier: 1, retentionDays: nil,
        fields: StandardTable.fields(
            """
            1|MD_ZTMC|主体名称|名称,subject_name|text|200|Y|plain
            2|MD_ZTLB|主体类别|行政相对人类别,subject_class|text|16|Y|list:法人及非法人组织/自然人/个体工商户
            3|MD_SHXYM|统一社会信用代码|主体代码,subject_code|text|18|C2|code
            4|MD_ZJLX|证件类型|id_type|text|64|C3|list:身份证/护照/港澳居民来往内地通行证/台湾居民来往大陆通行证/外国人永久居留身份证
            5|MD_ZJHM|证件号码|id_number|text|64|C3|personal
            6|MD_WSH|决定文书号|文书号,document|text|64|Y|document
            7|MD_LRRQ|列入日期|since|date|10|Y|plain
            8|MD_DQRQ|到期日期|until|date|10|N|plain
            9|MD_JG|决定机关|authority_name|text|200|N|plain
            10|MD_JGDM|决定机关统一社会信用代码|决定机关代码,authority|text|18|Y|code
            """),
        roles: FieldRoles(
            subjectName: 1, subjectClass: 2, subjectCode: 3, personIDType: 4, personIDNumber: 5, documentNumber: 6, authorityName: 9,
            authorityCode: 10, decisionDate: 7, validTo: 8))
}
