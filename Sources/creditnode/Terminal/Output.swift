import API
import Foundation
import Glibc

/// The process's streams. Everything goes out by write(2) at once: Swift's `print` holds lines back in pipes.
enum Output {
    /// Whether a person looks at standard output, or at standard error.
    static let isTerminal = isatty(1) == 1
    static let errorIsTerminal = isatty(2) == 1

    static var style: Style { Style(colour: isTerminal && !noColour) }
    static var errorStyle: Style { Style(colour: errorIsTerminal && !noColour) }

    private static var noColour: Bool {
        let environment = ProcessInfo.processInfo.environment
        return !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
    }

    static func line(_ text: String) { write(text + "\n", to: 1) }
    static func lines(_ texts: [String]) { if !texts.isEmpty { line(texts.joined(separator: "\n")) } }
    static func error(_ text: String) { write(text + "\n", to: 2) }
    static func errorRaw(_ text: String) { write(text, to: 2) }

    /// One line of JSON with sorted keys.
    static func json<Value: Encodable>(_ value: Value) throws {
        line(String(decoding: try ControlWire.encode(value), as: UTF8.self))
    }

    /// Writes all of it. A reader that has gone away (`| head`) ends the process as SIGPIPE would.
    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            while start < bytes.count {
                let written = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: start), bytes.count - start)
                if written > 0 {
                    start += written
                } else if errno == EPIPE {
                    if descriptor == 1 { _exit(141) }
                    return
                } else if errno == EAGAIN {
                    usleep(1000)
                } else if errno != EINTR {
                    return
                }
            }
        }
    }
}
