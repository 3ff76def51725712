/// Why compression or decompression failed.
package enum CompressionProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// More than the caller's bound, or than the compressed bytes can hold.
    case tooLarge(expected: Int, limit: Int)
    /// The stream is broken, is not in the one form we accept, or bytes follow it.
    case malformed
    /// A whole stream of another length than announced.
    case wrongSize(expected: Int)
    /// The library could not begin or go on, which only lack of memory brings about.
    case library(String)

    /// For logs and for people.
    package var description: String {
        switch self {
        case .tooLarge(let expected, let limit): "\(expected) bytes announced; at most \(limit) are accepted"
        case .malformed: "the compressed bytes are broken"
        case .wrongSize(let expected): "the compressed bytes do not hold exactly \(expected) bytes"
        case .library(let what): "compression failed: \(what)"
        }
    }
}

/// Most bytes that compression takes or gives at once.
let compressionLimit = 1 << 30
