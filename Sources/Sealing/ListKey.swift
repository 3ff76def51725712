import Registry
import Replication
import Synchronization

/// The secret of one epoch under which persons stand on published lists. It is another key than the stable
/// subject key, the root makes it, and it is renewed after a loss.
package struct ListKey: Sendable, Equatable {
    /// From 1.
    package let epoch: UInt32
    package let cost: MemoryHard.Cost
    private let secret: SecretBytes

    /// - Parameter secret: 32 random bytes.
    package init(epoch: UInt32, cost: MemoryHard.Cost, secret: [UInt8]) {
        precondition(epoch > 0 && secret.count == 32, "a list key has 32 bytes and an epoch from 1")
        (self.epoch, self.cost, self.secret) = (epoch, cost, SecretBytes(secret))
    }

    /// scrypt(HMAC-SHA256(list key, "listed person v1" ‖ u32 epoch ‖ document ‖ number)), salted with the epoch.
    /// Takes some tens of milliseconds and ``MemoryHard/Cost/memory`` bytes; one at a time in a process, so
    /// that memory stays bounded.
    /// - Parameter number: normalised, 1…64 bytes of UTF-8.
    package func digest(_ document: IdentityDocument, number: String) throws(SealingError) -> Digest {
        let label = Array("listed person v1".utf8) + BigEndian.bytes(epoch)
        let keyed = hmacSHA256(key: secret.bytes, label, [UInt8(document.rawValue)], Array(number.utf8))
        return try ListKey.turn.withLock { _ throws(SealingError) in try MemoryHard.scrypt(keyed.bytes, salt: label, cost: cost) }
    }

    /// Tells this key from another one without helping to guess anything.
    package var check: Digest {
        hmacSHA256(key: secret.bytes, Array("list key check v1".utf8) + BigEndian.bytes(epoch), [cost.log2N, cost.blockSize, cost.lanes])
    }

    private static let turn = Mutex(())

    // MARK: - Bytes

    private static let version: UInt8 = 1
    static let byteCount = 40

    /// For wrapping and for the file of keys: version 1 ‖ u32 epoch ‖ log2 N ‖ r ‖ p ‖ 32 bytes. Secret in clear.
    package var serialized: [UInt8] { [ListKey.version] + BigEndian.bytes(epoch) + [cost.log2N, cost.blockSize, cost.lanes] + secret.bytes }

    /// - Returns: nil for anything but what ``serialized`` gives.
    package init?(serialized bytes: [UInt8]) {
        guard bytes.count == ListKey.byteCount, bytes[0] == ListKey.version,
            let cost = MemoryHard.Cost(log2N: bytes[5], blockSize: bytes[6], lanes: bytes[7])
        else { return nil }
        let epoch = bytes[1..<5].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard epoch > 0 else { return nil }
        self.init(epoch: epoch, cost: cost, secret: Array(bytes[8...]))
    }
}

/// The list keys a node holds, in memory and in a file outside the database.
package final class ListKeyring: Sendable {
    /// Epochs that a node other than the root keeps.
    package static let kept = 4

    private let keys: Mutex<[ListKey]>
    private let keepsAll: Bool
    private let save: @Sendable ([UInt8]) throws -> Void

    /// - Parameters:
    ///   - keepsAll: the root keeps every epoch, for entries that came back without their numbers.
    ///   - save: writes the file anew, whole or not at all.
    package init(_ keys: [ListKey] = [], keepsAll: Bool = false, save: @escaping @Sendable ([UInt8]) throws -> Void = { _ in }) {
        self.keys = Mutex(keys.sorted { $0.epoch < $1.epoch })
        self.keepsAll = keepsAll
        self.save = save
    }

    /// Reads the file's bytes.
    /// - Returns: nil when they are damaged.
    package static func read(_ bytes: [UInt8]) -> [ListKey]? {
        guard bytes.count % ListKey.byteCount == 0 else { return nil }
        var keys: [ListKey] = []
        for start in stride(from: 0, to: bytes.count, by: ListKey.byteCount) {
            guard let key = ListKey(serialized: Array(bytes[start..<start + ListKey.byteCount])) else { return nil }
            keys.append(key)
        }
        return keys
    }

    /// Ascending by epoch.
    package var all: [ListKey] { keys.withLock { $0 } }
    package var newest: ListKey? { keys.withLock { $0.last } }
    package func key(_ epoch: UInt32) -> ListKey? { keys.withLock { $0.first { $0.epoch == epoch } } }

    /// Keeps a key, in place of another of its epoch; saved before it counts.
    /// - Returns: false when it was held already.
    package func keep(_ key: ListKey) throws -> Bool {
        try keys.withLock { held in
            guard !held.contains(key) else { return false }
            var next = held.filter { $0.epoch != key.epoch } + [key]
            next.sort { $0.epoch < $1.epoch }
            if !keepsAll { next = Array(next.suffix(Self.kept)) }
            try save(next.flatMap(\.serialized))
            held = next
            return true
        }
    }
}
