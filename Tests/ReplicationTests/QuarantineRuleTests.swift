import Foundation
import Registry
import Replication
import Testing

/// Every rule that judging knows has words for people in both languages.
@Suite struct QuarantineRuleTests {
    @Test func theTableHasEveryRuleOfTheSource() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let files = try #require(FileManager.default.enumerator(at: root.appending(path: "Sources/Replication"), includingPropertiesForKeys: nil))
        var used: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /quarantined\(\s*rule: "([a-z-]+)"/) { used.insert(String(match.1)) }
        }
        #expect(used.count > 25)
        #expect(used.subtracting(QuarantineRules.all.map(\.name)).sorted() == [])
    }

    @Test func namesAreUniqueAndNothingIsWithoutWords() {
        let all = QuarantineRules.all
        #expect(Set(all.map(\.name)).count == all.count)
        for rule in all { #expect(![rule.zh, rule.en, rule.remedyZh, rule.remedyEn].contains(""), "\(rule.name)") }
    }

    @Test func onlyNodesAboveRelease() throws {
        let street = try #require(NodePath("wuhan/wuchang/jiyuqiao")), district = try #require(street.parent), city = street.root
        #expect(QuarantineRules.mayRelease("unit-not-competent", of: street, by: district))
        #expect(QuarantineRules.mayRelease("unit-not-competent", of: street, by: city))
        #expect(!QuarantineRules.mayRelease("unit-not-competent", of: street, by: street))
        #expect(QuarantineRules.mayRelease("unit-not-competent", of: city, by: city))
        #expect(!QuarantineRules.mayRelease("malformed", of: street, by: city))
        #expect(!QuarantineRules.mayRelease("rule-of-tomorrow", of: street, by: city))
    }
}
