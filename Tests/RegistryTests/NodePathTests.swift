import Registry
import Testing

struct NodePathTests {
    @Test(arguments: ["wuhan", "wuhan/wuchang", "wuhan/wuchang/jiyuqiao", "a1/2b", "a-b/c--d", "a/1/2", "a/b/c/d/e/f/g/h", "xn--fiq/a"])
    func valid(text: String) throws {
        let path = try #require(NodePath(text))
        #expect(path.description == text)
        #expect(NodePath(certificateURI: path.certificateURI) == path)
        #expect(path.depth == path.segments.count)
    }

    @Test(arguments: ["", "/", "a/", "/a", "a//b", "A", "a/B", "-a", "a-", "a-/b", "a/-b", "a b", "a.b", "武汉", "wuh\u{101}n", "a\u{301}", "a/b/c/d/e/f/g/h/i", "a\n", "a\0", "a_b",
                      "10/0/0/1", "420100", "a@b", "a:1", "..", "a/..", "ａ"])
    func invalid(text: String) { #expect(NodePath(text) == nil) }

    @Test func limits() {
        let long = String(repeating: "a", count: 63)
        #expect(NodePath(long) != nil)
        #expect(NodePath(long + "a") == nil)
        #expect(NodePath([long, long, long].joined(separator: "/") + "/" + String(repeating: "b", count: 8)) != nil)
        #expect(NodePath([long, long, long].joined(separator: "/") + "/" + String(repeating: "b", count: 9)) == nil)
    }

    @Test(arguments: ["", "creditnode://", "creditnode:///", "creditnode://a@b/", "creditnode://a:80/", "creditnode://A/", "CREDITNODE://a/", "creditnode://a", "creditnode://a/?q",
                      "creditnode://a/#f", "creditnode://a./", "creditnode://.a/", "creditnode://a..b/", "creditnode://a/b/", "creditnode://a//", "creditnode://a%2eb/", "creditnode://武汉/",
                      "creditnode://[::1]/", "creditnode://1.2.3.4/", "creditnode://a b/", "creditnode://a/\u{301}", "http://a/", "creditnode://a\\b/", "creditnode://a/\0", " creditnode://a/",
                      "creditnode://a/ ", "creditnode://-a/", "creditnode://a-/", "creditnode:/\u{2F}\u{338}a/", "creditnode://a\u{200B}/"])
    func hostileURIs(uri: String) { #expect(NodePath(certificateURI: uri) == nil) }

    @Test func family() throws {
        let root = try #require(NodePath("wuhan")), district = try #require(NodePath("wuhan/wuchang"))
        let street = try #require(NodePath("wuhan/wuchang/jiyuqiao")), twin = try #require(NodePath("wuhan/wuchangx"))
        #expect(street.parent == district && district.parent == root && root.parent == nil)
        #expect(street.root == root && street.name == "jiyuqiao" && street.depth == 3)
        #expect(district.isProperAncestor(of: street) && !district.isProperAncestor(of: district))
        #expect(district.isAncestorOrSelf(of: district) && !district.isAncestorOrSelf(of: twin))
        #expect(street.commonAncestor(with: twin) == root)
        #expect(street.commonAncestor(with: try #require(NodePath("jinan"))) == nil)
        #expect(street.isInLine(with: root) && root.isInLine(with: street) && !street.isInLine(with: twin))
        #expect(street.hostName == "jiyuqiao.wuchang.wuhan" && street.certificateURI == "creditnode://jiyuqiao.wuchang.wuhan/")
        #expect(root.child("wuchang") == district)
        // A slash must not slip a grandchild in.
        #expect(root.child("wuchang/jiyuqiao") == nil && root.child("") == nil && root.child("..") == nil)
        #expect(root < district && district < street)
    }

    @Test func randomPathsRoundTripAndRandomTextNeverCrashes() throws {
        let seed: UInt64 = 0x5EED_0006
        var random = SplitMix64(seed)
        let letters = Array("abz09-"), hostile = Array("ab0-/.:@A武?#%[] ")
        for _ in 0..<5000 {
            let depth = 1 + Int(random.next() % 9)
            let text = (0..<depth).map { _ in String((0..<(1 + Int(random.next() % 6))).map { _ in letters[Int(random.next() % 6)] }) }.joined(separator: "/")
            if let path = NodePath(text) {
                #expect(NodePath(certificateURI: path.certificateURI) == path, "seed \(seed) \(text)")
                #expect(path.parent == nil || path.parent?.child(path.name) == path)
            }
            let noise = String((0..<Int(random.next() % 24)).map { _ in hostile[Int(random.next() % UInt64(hostile.count))] })
            if let path = NodePath(certificateURI: "creditnode://" + noise) { #expect(path.certificateURI == "creditnode://" + noise) }
        }
    }
}
