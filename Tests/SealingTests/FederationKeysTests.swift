import Registry
import Replication
import Testing

@testable import Sealing

@Suite struct FederationKeysTests {
    let city: FederationKeys
    let district: FederationKeys
    let street: FederationKeys
    let sibling: FederationKeys
    let number = "420106199003078888"

    init() throws {
        city = try FederationKeys.generate(root: node("wuhan"))
        district = try city.derived(forChild: node("wuhan/wuchang"))
        street = try district.derived(forChild: node("wuhan/wuchang/jiyuqiao"))
        sibling = try district.derived(forChild: node("wuhan/wuchang/zhongnan"))
    }

    @Test func whoOpensWhat() throws {
        let sealed = try street.sealNumber(type: 1, number: number, at: street.path)
        for keys in [street, district, city] { #expect(try keys.openNumber(type: 1, sealed: sealed, at: street.path) == number) }
        #expect(throws: FederationKeyProblem.notBelow(holder: sibling.path, asked: street.path)) { try sibling.openNumber(type: 1, sealed: sealed, at: street.path) }
        // claiming that it was sealed at the own place
        #expect(throws: FederationKeyProblem.notAuthentic) { try sibling.openNumber(type: 1, sealed: sealed, at: sibling.path) }
        let above = try district.sealNumber(type: 1, number: number, at: district.path)
        #expect(throws: FederationKeyProblem.notBelow(holder: street.path, asked: district.path)) { try street.openNumber(type: 1, sealed: above, at: district.path) }
        #expect(throws: FederationKeyProblem.notAuthentic) { try street.openNumber(type: 1, sealed: above, at: street.path) }
        // sealed from above at the street's place: the street opens it
        #expect(try street.openNumber(type: 1, sealed: city.sealNumber(type: 1, number: number, at: street.path), at: street.path) == number)
        #expect(throws: FederationKeyProblem.self) { try street.sealNumber(type: 1, number: number, at: sibling.path) }
    }

    @Test func digestsMeet() throws {
        let digest = try city.subjectDigest(type: 1, number: number)
        #expect(try street.sealNumber(type: 1, number: number, at: street.path).digest == digest)
        #expect(try sibling.subjectDigest(type: 1, number: number) == digest)
        #expect(try city.subjectDigest(type: 2, number: number) != digest)
        #expect(digest == hmacSHA256(key: city.subjectKey.bytes, utf8("subject v1") + [1] + utf8(number)))
        #expect(try FederationKeys.generate(root: node("wuhan")).subjectDigest(type: 1, number: number) != digest)
    }

    @Test func tampering() throws {
        let sealed = try street.sealNumber(type: 1, number: number, at: street.path)
        for at in sealed.ciphertext.indices {
            var wrong = sealed.ciphertext
            wrong[at] ^= 1
            #expect(throws: FederationKeyProblem.notAuthentic) { try city.openNumber(type: 1, sealed: SealedNumber(digest: sealed.digest, ciphertext: wrong), at: street.path) }
        }
        let other = try street.sealNumber(type: 1, number: "420106199003079999", at: street.path)
        #expect(throws: FederationKeyProblem.notAuthentic) { try city.openNumber(type: 1, sealed: SealedNumber(digest: other.digest, ciphertext: sealed.ciphertext), at: street.path) }
        #expect(throws: FederationKeyProblem.notAuthentic) { try city.openNumber(type: 2, sealed: sealed, at: street.path) }
        #expect(throws: FederationKeyProblem.notAuthentic) { try city.openNumber(type: 1, sealed: SealedNumber(digest: sealed.digest, ciphertext: []), at: street.path) }
        // a sealer that puts the digest of another person beside the ciphertext
        let context = utf8("number v1") + [1] + other.digest.bytes + utf8("wuhan/wuchang/jiyuqiao")
        let lie = try SymmetricBox.seal(utf8(number), key: street.numberKey.bytes, context: context)
        #expect(throws: FederationKeyProblem.notAuthentic) { try city.openNumber(type: 1, sealed: SealedNumber(digest: other.digest, ciphertext: lie), at: street.path) }
        #expect(throws: FederationKeyProblem.number(bytes: 0)) { try street.sealNumber(type: 1, number: "", at: street.path) }
        #expect(throws: FederationKeyProblem.number(bytes: 65)) { try street.subjectDigest(type: 1, number: String(repeating: "1", count: 65)) }
    }

    @Test func derivation() throws {
        #expect(street.numberKey.bytes == hmacSHA256(key: district.numberKey.bytes, utf8("number key v1"), utf8("wuhan/wuchang/jiyuqiao")).bytes)
        #expect(street.numberKey != sibling.numberKey)
        #expect(street.subjectKey == city.subjectKey)
        #expect(district.naturalKeyKey == city.naturalKeyKey)
        #expect(street.naturalKeyKey == nil)
        #expect(try district.naturalKeyDigest(utf8("key")) == city.naturalKeyDigest(utf8("key")))
        #expect(throws: FederationKeyProblem.noNaturalKeyKey(street.path)) { try street.naturalKeyDigest(utf8("key")) }
        #expect(throws: FederationKeyProblem.notAChild(parent: city.path, asked: street.path)) { try city.derived(forChild: street.path) }
        #expect(throws: FederationKeyProblem.notAChild(parent: district.path, asked: city.path)) { try district.derived(forChild: city.path) }
        #expect(throws: FederationKeyProblem.notARoot(street.path)) { try FederationKeys.generate(root: street.path) }
        let fixed = try FederationKeys(root: node("wuhan"), material: [UInt8](0..<96))
        #expect(fixed == (try FederationKeys(root: node("wuhan"), material: [UInt8](0..<96))))
    }

    @Test func serialisation() throws {
        for keys in [city, district, street] {
            let bytes = keys.serialized
            #expect(try FederationKeys(serialized: bytes) == keys)
            for length in bytes.indices { #expect(throws: FederationKeyProblem.self) { try FederationKeys(serialized: Array(bytes[..<length])) } }
            #expect(throws: FederationKeyProblem.malformed("length")) { try FederationKeys(serialized: bytes + [0]) }
            #expect(throws: FederationKeyProblem.malformed("version")) { try FederationKeys(serialized: [2] + bytes.dropFirst()) }
        }
        #expect(throws: FederationKeyProblem.malformed("path")) { try FederationKeys(serialized: [1, 1, 0xff] + [UInt8](repeating: 0, count: 96)) }
        #expect(throws: FederationKeyProblem.malformed("path")) { try FederationKeys(serialized: [1, 255, 0xff]) }
        // through a wrap, as at enrolment
        let child = try ECKey.generate()
        let wrapped = try KeyWrap.wrap(street.serialized, to: child.subjectPublicKeyInfo, context: utf8("federation keys for wuhan/wuchang/jiyuqiao"))
        #expect(try FederationKeys(serialized: KeyWrap.unwrap(wrapped, with: child, context: utf8("federation keys for wuhan/wuchang/jiyuqiao"))) == street)
    }
}
