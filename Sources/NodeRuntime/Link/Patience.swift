import Transport

/// How long a silent peer is borne with, on every level of a link.
package struct Patience: Sendable, Hashable {
    /// Milliseconds without one byte from the peer after which a link is given up.
    package let silenceLimit: UInt64

    /// - Parameter seconds: 2…3600.
    package init(seconds: Int = 35) { silenceLimit = UInt64(max(2, seconds)) * 1000 }

    /// Own silence after which a ping goes out, milliseconds: three of them may be lost.
    package var pingEvery: UInt64 { silenceLimit * 2 / 7 }

    /// HTTP/2 pings of its own, by which a connection without a talk ends too.
    var limits: HTTPLimits {
        var limits = HTTPLimits()
        limits.maxMissedPings = 2
        limits.handshakeTimeout = .milliseconds(Int64(min(silenceLimit, 10_000)))
        limits.pingInterval = .milliseconds(Int64(silenceLimit / 2))
        return limits
    }
}
