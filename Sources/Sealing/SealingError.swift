import COpenSSL

/// Why an operation of this target failed. Bad bytes of a peer end here too, never in a crash.
package enum SealingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// libcrypto refused; `detail` is the text of its error queue, which has been emptied.
    case libcrypto(operation: String, detail: String)
    /// Bytes that do not parse, or parse but are not in the one form we accept.
    case malformed(String)
    /// More bytes or items than the stated bound.
    case tooLarge(what: String, limit: Int)
    /// A key or certificate of another algorithm than the place needs.
    case wrongAlgorithm(expected: String, found: String)
    /// A tag, signature or digest does not fit: tampering, or the wrong key.
    case notAuthentic(String)

    /// For logs and for people.
    package var description: String {
        switch self {
        case .libcrypto(let operation, let detail): "\(operation) failed in libcrypto: \(detail)"
        case .malformed(let what): "malformed: \(what)"
        case .tooLarge(let what, let limit): "\(what) exceeds the bound of \(limit)"
        case .wrongAlgorithm(let expected, let found): "expected a key of \(expected), found \(found)"
        case .notAuthentic(let what): "not authentic: \(what)"
        }
    }

    /// Builds the error and empties the thread's error queue, so that nothing stale is read later:
    /// the queue is per thread, and threads are shared with the TLS code.
    static func fromQueue(_ operation: String) -> SealingError {
        var texts: [String] = []
        while true {
            let code = ERR_get_error()
            if code == 0 { break }
            // Reasons are static strings of libcrypto; unknown codes give NULL.
            if texts.count < 3 {
                let reason = unsafe ERR_reason_error_string(code)
                texts.append(unsafe reason.map { unsafe String(cString: $0) } ?? "error \(code)")
            }
        }
        return .libcrypto(operation: operation, detail: texts.isEmpty ? "no reason given" : texts.joined(separator: "; "))
    }

    /// The error for input that libcrypto could not parse; empties the queue.
    static func malformedClearing(_ what: String) -> SealingError {
        ERR_clear_error()
        return .malformed(what)
    }

    /// True when nothing stale waits in this thread's error queue. The tests hold us to it.
    static var queueIsEmpty: Bool { ERR_peek_error() == 0 }
}
