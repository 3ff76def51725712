import Replication

/// A prepared HMAC-SHA256 (RFC 2104) for many messages under one key: the key is padded once.
package struct HMACSHA256: Sendable {
    private let inner: [UInt8]
    private let outer: [UInt8]

    /// Any length of key; 32 bytes is right.
    package init(key: [UInt8]) {
        var block = key.count > 64 ? sha256(key).bytes : key
        block += [UInt8](repeating: 0, count: 64 - block.count)
        inner = block.map { $0 ^ 0x36 }
        outer = block.map { $0 ^ 0x5c }
    }

    /// The code of the concatenated parts, 32 bytes.
    package func code(_ parts: [UInt8]...) -> Digest { code(parts) }

    func code(_ parts: [[UInt8]]) -> Digest {
        DigestPool.of(.ed25519SHA256).withContext { context in
            context.update(inner)
            for part in parts {
                context.update(part)
            }
            let digest = context.finish()
            context.update(outer)
            context.update(digest.bytes)
            return context.finish()
        }
    }
}

/// HMAC-SHA256 of the concatenated parts.
package func hmacSHA256(key: [UInt8], _ parts: [UInt8]...) -> Digest { HMACSHA256(key: key).code(parts) }

/// HKDF-SHA256 (RFC 5869): extract and expand.
/// - Parameters:
///   - salt: may be empty, which stands for 32 zero bytes.
///   - info: binds the result to its use.
///   - count: 1…8,160 bytes.
package func hkdfSHA256(secret: [UInt8], salt: [UInt8] = [], info: [UInt8], count: Int) -> [UInt8] {
    precondition((1...255 * 32).contains(count), "HKDF gives 1…8,160 bytes")
    let expand = HMACSHA256(key: hmacSHA256(key: salt, secret).bytes)
    var output: [UInt8] = []
    var block: [UInt8] = []
    var counter: UInt8 = 0
    while output.count < count {
        counter += 1
        block = expand.code(block, info, [counter]).bytes
        output += block
    }
    return Array(output.prefix(count))
}
