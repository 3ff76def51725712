/// A government body that does not exist: on its behalf sample rows are decided and reported.
package struct SampleUnit: Sendable, Hashable {
    package let name: String
    /// Unified social credit code with division 000000.
    package let code: String

    private init(name: String, body: Int) {
        self.name = name
        code = String(decoding: SampleCodes.creditCode(category: "11", body: body), as: UTF8.self)
    }

    /// The street office that reports rows of `street`; numbers 0…999.
    package static func streetOffice(_ street: Int) -> SampleUnit {
        precondition((0...999).contains(street), "streets are numbered 0…999")
        let digits = String(street)
        return SampleUnit(name: "样例街道\(String(repeating: "0", count: 3 - digits.utf8.count))\(digits)办事处", body: 10_000_000 + street)
    }

    /// The body that keeps the city's lists.
    package static let cityCreditOffice = SampleUnit(name: "样例市社会信用管理办公室", body: 20_000_000)

    /// The 120 bodies that decide: twelve invented cities with ten bureaus each.
    static func authorities(_ words: SampleVocabulary) -> [SampleUnit] {
        let bureaus = SampleVocabulary.words(
            "市场监督管理局 城市管理局 应急管理局 生态环境局 住房和城乡建设局 交通运输局 卫生健康局 消防救援大队 文化和旅游局 水务局")
        var random = SampleRandom(seed: 20_240_601)
        var units: [SampleUnit] = []
        for city in words.places {
            for bureau in bureaus {
                let name = city + Array("市".utf8) + random.pick(words.places) + Array("区".utf8) + bureau
                units.append(SampleUnit(name: String(decoding: name, as: UTF8.self), body: 30_000_000 + random.below(1_000_000) * 10 + units.count % 10))
            }
        }
        return units
    }
}

/// An organisation that does not exist, for lists and look-ups.
package struct SampleSubject: Sendable, Hashable {
    package let name: String
    package let code: String

    /// The same for the same number everywhere; numbers 0…999 999. None of them occurs in sample rows.
    package init(number: Int) {
        precondition((0...999_999).contains(number), "subjects are numbered 0…999 999")
        let words = SampleVocabulary()
        var random = SampleRandom(seed: 7, street: 0, stream: 0, row: number)
        let name = random.pick(words.places) + random.pick(words.names) + random.pick(words.names) + random.pick(words.trades) + random.pick(words.companyForms)
        self.name = String(decoding: name, as: UTF8.self)
        code = String(decoding: SampleCodes.creditCode(category: "91", body: 99_000_000 + number), as: UTF8.self)
    }
}
