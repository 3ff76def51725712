import COpenSSL
import Replication

/// scrypt (RFC 7914): each guess costs memory as well as time.
package enum MemoryHard {
    /// Costs of one digest. They travel with the key they belong to, so that they can grow.
    package struct Cost: Hashable, Sendable {
        /// N = 2^`log2N`, 4…20. Memory is 128 × N × `blockSize` bytes.
        package let log2N: UInt8
        /// r, 1…32.
        package let blockSize: UInt8
        /// p, 1…16.
        package let lanes: UInt8

        /// - Returns: nil out of range, or above 256 MiB of memory.
        package init?(log2N: UInt8, blockSize: UInt8 = 8, lanes: UInt8 = 1) {
            guard (4...20).contains(log2N), (1...32).contains(blockSize), (1...16).contains(lanes),
                (128 << Int(log2N)) <= Self.maximumMemory / Int(blockSize)
            else { return nil }
            (self.log2N, self.blockSize, self.lanes) = (log2N, blockSize, lanes)
        }

        /// In bytes.
        package var memory: Int { (128 << Int(log2N)) * Int(blockSize) }
        static let maximumMemory = 256 << 20

        /// 16 MiB; some tens of milliseconds.
        package static let standard = Cost(unchecked: 14)
        /// 1 MiB, for tests: protects nothing.
        package static let trial = Cost(unchecked: 10)

        private init(unchecked log2N: UInt8) { (self.log2N, blockSize, lanes) = (log2N, 8, 1) }
    }

    /// 32 bytes of scrypt.
    /// - Throws: ``SealingError/libcrypto(operation:detail:)``, above all when memory is short.
    package static func scrypt(_ secret: [UInt8], salt: [UInt8], cost: Cost) throws(SealingError) -> Digest {
        var out = [UInt8](repeating: 0, count: Digest.byteCount)
        let limit = UInt64(cost.memory) + (2 << 20) + UInt64(128 * Int(cost.blockSize) * Int(cost.lanes))
        let done = unsafe secret.withUnsafeBytes { secret in
            unsafe EVP_PBE_scrypt(
                secret.bindMemory(to: CChar.self).baseAddress, secret.count, salt, salt.count, UInt64(1) << UInt64(cost.log2N),
                UInt64(cost.blockSize), UInt64(cost.lanes), limit, &out, out.count)
        }
        guard done == 1, let digest = Digest(out) else { throw .fromQueue("scrypt") }
        return digest
    }
}

/// SHAKE128 (FIPS 202): as many pseudorandom bytes as asked for.
package enum Expansion {
    /// - Parameter count: 1…65,536 bytes.
    package static func shake128(_ bytes: [UInt8], count: Int) -> [UInt8] {
        precondition((1...65_536).contains(count), "1…65,536 bytes")
        guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("libcrypto has no memory") }
        defer { unsafe EVP_MD_CTX_free(context) }
        var out = [UInt8](repeating: 0, count: count)
        precondition(
            unsafe EVP_DigestInit_ex2(context, EVP_shake128(), nil) == 1 && EVP_DigestUpdate(context, bytes, bytes.count) == 1
                && EVP_DigestFinalXOF(context, &out, count) == 1, "libcrypto has no SHAKE128")
        return out
    }
}
