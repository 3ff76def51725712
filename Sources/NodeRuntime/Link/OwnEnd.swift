/// This side ended the link.
struct OwnEnd: Error, CustomStringConvertible {
    /// Stable name.
    let reason: String
    let detail: String
    var description: String { "\(reason): \(detail)" }
}

/// Name and version of this software, as greetings and status show it.
package enum Software {
    package static let version = "creditnode 0.1.0"
}
