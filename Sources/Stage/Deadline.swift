/// A moment after which waiting makes no sense.
package struct Deadline: Sendable {
    package let instant: ContinuousClock.Instant
    package let length: Duration

    package init(_ length: Duration) {
        self.length = length
        instant = ContinuousClock.now + length
    }

    package var passed: Bool { ContinuousClock.now >= instant }
}

/// Something did not come about in time.
package struct WaitTimedOut: Error, Sendable, CustomStringConvertible {
    /// What was waited for, in both languages.
    package let what: String
    package let after: Duration
    /// What was seen last.
    package let last: String

    package init(what: String, after: Duration, last: String) {
        self.what = what
        self.after = after
        self.last = last
    }

    package var description: String {
        "等待超时（\(after.seconds)秒）：\(what)；最后状态：\(last)\ntimed out after \(after.seconds) s; last seen: \(last)"
    }
}

/// Asks again and again until the answer satisfies; never longer than `deadline`.
///
/// - Parameters:
///   - what: for the message when it does not come about.
///   - pause: between two questions.
///   - look: what is there now, and how to say it.
/// - Returns: the first value that satisfies.
/// - Throws: ``WaitTimedOut``, `CancellationError`, or what `look` throws.
package func wait<Value: Sendable>(
    for what: String, within length: Duration, pause: Duration = .milliseconds(100),
    look: () async throws -> (value: Value, seen: String), until satisfied: (Value) -> Bool
) async throws -> Value {
    let deadline = Deadline(length)
    while true {
        try Task.checkCancellation()
        let (value, seen) = try await look()
        if satisfied(value) { return value }
        if deadline.passed { throw WaitTimedOut(what: what, after: length, last: seen) }
        try await Task.sleep(for: pause)
    }
}

extension Duration {
    /// Seconds with two decimals.
    package var seconds: String {
        let hundredths = Int(components.seconds) * 100 + Int(components.attoseconds / 10_000_000_000_000_000)
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    package var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
