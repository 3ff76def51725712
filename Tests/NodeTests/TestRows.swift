import Registry

/// Cells of synthetic permit rows, all fields.
enum TestRows {
    static func validator(_ item: CatalogueItem, today: CivilDate) throws -> RecordValidator {
        RecordValidator(item: item, columns: item.fields.map { .field($0.number) }, today: today, unit: CreditCode("11000000TEXT00017D"))
    }

    static func cells(_ index: Int, street: String) -> [String] {
        let code = "91000000TEXT000250"
        return [
            "测试企业\(index)", "法人及非法人组织", code, "", "", "", "", "", "测试人", "", "", "", "",
            "准予行政许可决定书", "（2025）\(street)许字第\(index)号", "普通", "食品经营许可证", "XK\(index)", "准予从事食品经营活动，编号\(index)。",
            "2025/03/01", "2025/03/01", "2028/02/29", "测试机关", "11000000TEXT00017D", "1", "测试单位", "11000000TEXT00017D", "",
        ]
    }

    /// Of the penalty table.
    static func penalty(_ index: Int) -> [String] {
        let code = "91000000TEXT000250"
        return [
            "测试企业\(index)", "法人及非法人组织", code, "", "", "", "", "", "测试人", "", "", "", "",
            "测罚〔2025〕\(index)号", "未按规定公示", "经查，该单位未按规定公示信息。", "《测试条例》第十条", "罚款;警告", "罚款2000元", "0.2", "", "",
            "2025/03/01", "2026/03/01", "2026/03/01", "测试机关", "11000000TEXT00017D", "测试单位", "11000000TEXT00017D", "", "一般", "普通程序",
        ]
    }
}
