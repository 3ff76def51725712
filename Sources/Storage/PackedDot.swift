import Replication

/// A dot as one integer: local number of the replica above, counter below.
enum PackedDot {
    /// Counters below 2⁴⁰, replicas below 2²²: a thousand changes a second for thirty years, four million replicas.
    static let counterBits = 40
    static let counterLimit: UInt64 = 1 << 40
    static let replicaLimit: Int64 = 1 << 22

    /// - Throws: ``StorageError`` for what does not fit; `append` refuses such counters before.
    static func pack(_ replica: Int64, _ counter: UInt64) throws -> Int64 {
        guard (0..<replicaLimit).contains(replica), counter < counterLimit else {
            throw StorageError(message: "change \(counter) of replica \(replica) has no place in the projection", hint: "run `creditnode doctor` / 请运行 creditnode doctor")
        }
        return replica << counterBits | Int64(counter)
    }

    static func replica(_ packed: Int64) -> Int64 { packed >> counterBits }
    static func counter(_ packed: Int64) -> UInt64 { UInt64(packed & Int64(counterLimit - 1)) }
}

/// What a subject is indexed by: FNV-1a of its text, folded to 48 bits so that an index entry stays small. Whoever makes
/// two subjects collide gains no more than by writing more records about one: the text is compared.
enum SubjectHash {
    static func hash(_ subject: String) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in subject.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return Int64((hash ^ hash >> 48) & 0xffff_ffff_ffff)
    }
}

/// A natural key as the schema keeps it.
struct PackedKey {
    let high: Int64
    let low: Int64

    /// Of the first 16 bytes; missing ones count as zero.
    init(_ bytes: [UInt8]) {
        func word(_ start: Int) -> Int64 {
            var word: UInt64 = 0
            for index in start..<start + 8 { word = word << 8 | (index < bytes.count ? UInt64(bytes[index]) : 0) }
            return Int64(bitPattern: word)
        }
        (high, low) = (word(0), word(8))
    }

    init(high: Int64, low: Int64) { (self.high, self.low) = (high, low) }

    var bytes: [UInt8] { BigEndian.bytes(high) + BigEndian.bytes(low) }
}
