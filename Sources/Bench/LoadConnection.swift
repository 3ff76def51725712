import COpenSSL
import Foundation
import Glibc

/// The load could not be made or did not arrive.
struct LoadFailure: Error, CustomStringConvertible {
    let what: String
    var description: String { "load: \(what)" }
}

/// What a client's TLS connections share: its certificate, and the root it trusts. libcrypto locks it; nothing changes it later.
@safe final class LoadTLS: @unchecked Sendable {
    fileprivate let context: OpaquePointer

    init(certificate: String, key: String, root: String) throws {
        guard let made = unsafe SSL_CTX_new(TLS_client_method()) else { throw LoadFailure(what: "no TLS context") }
        unsafe context = made
        unsafe tls_ctx_set_modes(made)
        guard unsafe tls_ctx_only_13(made) == 1, unsafe SSL_CTX_use_certificate_chain_file(made, certificate) == 1,
            unsafe SSL_CTX_use_PrivateKey_file(made, key, SSL_FILETYPE_PEM) == 1, unsafe SSL_CTX_load_verify_locations(made, root, nil) == 1
        else { throw LoadFailure(what: "the certificate of the client cannot be used") }
        unsafe SSL_CTX_set_verify(made, SSL_VERIFY_PEER, nil)
        guard unsafe SSL_CTX_set_alpn_protos(made, [2, 0x68, 0x32], 3) == 0 else { throw LoadFailure(what: "no ALPN") }
    }

    deinit { unsafe SSL_CTX_free(context) }
}

/// One HTTP/2 connection of a load: TLS 1.3 by libcrypto over a plain socket, frames by hand, so that making the load costs
/// little beside what is measured. Used by one thread.
@safe final class LoadConnection {
    /// One request under way.
    private struct Asked {
        /// When it should have been sent, nanoseconds of the monotonic clock.
        var intended: UInt64
        var isListed: Bool
        /// Status 200 and the right answer, as far as it came.
        var isRight = false
    }

    let descriptor: Int32
    private let ssl: OpaquePointer
    private let block: [UInt8]
    private var out: [UInt8] = [], inbox: [UInt8] = []
    private var asked: [Asked] = []
    private(set) var underWay = 0
    private var window = 65_535
    private var mostStreams = 100
    /// Bytes at the beginning of an answer before its first verdict.
    private static let verdictAt = "{\"answeredAt\":\"2026-01-01T00:00:00+08:00\",\"confirm\":false,\"lists\":[{\"answer\":\"".utf8.count

    init(port: Int, tls: LoadTLS, path: String) throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
        guard socket >= 0, connected == 0, let made = unsafe SSL_new(tls.context) else { throw LoadFailure(what: "cannot connect to port \(port)") }
        var one: Int32 = 1
        _ = unsafe setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
        guard unsafe SSL_set_fd(made, socket) == 1, unsafe SSL_connect(made) == 1 else { throw LoadFailure(what: "the handshake failed") }
        _ = fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK)
        descriptor = socket
        unsafe ssl = made
        block = Self.fields(path: path, authority: "127.0.0.1:\(port)")
        out = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + Self.frame(4, 0, 0, 0)
        // Nothing of ours shall ever hold the server back.
        out += Self.frame(8, 0, 0, 4) + Self.number(0x7FFF_FFFF - 65_535)
    }

    func close() {
        unsafe SSL_free(ssl)
        _ = Glibc.close(descriptor)
    }

    var mayAsk: Bool { underWay < mostStreams && window >= 1024 }

    /// Queues a request; its body must be short.
    func ask(_ body: some Collection<UInt8>, isListed: Bool, intended: UInt64) {
        let stream = UInt32(asked.count * 2 + 1)
        asked.append(Asked(intended: intended, isListed: isListed))
        underWay += 1
        window -= body.count
        out += Self.frame(1, 0x4, stream, block.count)
        out += block
        out += Self.frame(0, 0x1, stream, body.count)
        out += body
    }

    /// Sends what is queued, as far as the socket takes it.
    func flush() throws {
        while !out.isEmpty {
            let sent = unsafe out.withUnsafeBytes { unsafe SSL_write(ssl, $0.baseAddress, Int32($0.count)) }
            guard sent > 0 else { return try mayWait(sent) }
            out.removeFirst(Int(sent))
        }
    }

    var wantsToWrite: Bool { !out.isEmpty }

    /// Reads everything that is here; `done` hears of each answer: when it should have been asked, and whether it was right.
    func read(_ done: (_ intended: UInt64, _ isRight: Bool) -> Void) throws {
        var chunk = [UInt8](repeating: 0, count: 32_768)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe SSL_read(ssl, $0.baseAddress, Int32($0.count)) }
            guard count > 0 else {
                try mayWait(count)
                break
            }
            inbox += chunk.prefix(Int(count))
        }
        var at = 0
        while inbox.count - at >= 9 {
            let length = Int(inbox[at]) << 16 | Int(inbox[at + 1]) << 8 | Int(inbox[at + 2])
            guard inbox.count - at >= 9 + length else { break }
            let stream = inbox[at + 5..<at + 9].reduce(0) { $0 << 8 | Int($1) }
            try frame(inbox[at + 3], flags: inbox[at + 4], stream, inbox[at + 9..<at + 9 + length], done)
            at += 9 + length
        }
        inbox.removeFirst(at)
    }

    private func mayWait(_ result: Int32) throws {
        let code = unsafe SSL_get_error(ssl, result)
        guard code == SSL_ERROR_WANT_READ || code == SSL_ERROR_WANT_WRITE else { throw LoadFailure(what: "the connection ended (\(code))") }
    }

    private func frame(_ type: UInt8, flags: UInt8, _ stream: Int, _ payload: ArraySlice<UInt8>, _ done: (UInt64, Bool) -> Void) throws {
        let index = (stream - 1) / 2
        switch type {
        case 0:
            if payload.count > Self.verdictAt, asked[index].isRight {
                asked[index].isRight = payload[payload.startIndex + Self.verdictAt] == UInt8(ascii: asked[index].isListed ? "o" : "n")
            }
        case 1:
            // Status 200 stands in HPACK's static table; an update of the table's size may come before it.
            asked[index].isRight = payload.first { $0 & 0xE0 != 0x20 } == 0x88
        case 3: throw LoadFailure(what: "a request was reset")
        case 4:
            guard flags & 1 == 0 else { return }
            var rest = payload
            while rest.count >= 6 {
                let value = rest.dropFirst(2).prefix(4).reduce(0) { $0 << 8 | Int($1) }
                if rest.dropFirst().first == 3 { mostStreams = value }
                rest = rest.dropFirst(6)
            }
            out += Self.frame(4, 1, 0, 0)
        case 6: if flags & 1 == 0 { out += Self.frame(6, 1, 0, 8) + payload }
        case 7: throw LoadFailure(what: "the server ends the connection")
        case 8: if stream == 0 { window += payload.reduce(0) { $0 << 8 | Int($1) } }
        default: break
        }
        guard type <= 1, flags & 1 == 1 else { return }
        underWay -= 1
        done(asked[index].intended, asked[index].isRight)
    }

    // MARK: - Bytes

    private static func number(_ value: UInt32) -> [UInt8] { [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)] }

    private static func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt32, _ length: Int) -> [UInt8] {
        Array(number(UInt32(length)).dropFirst()) + [type, flags] + number(stream)
    }

    /// POST over https, path and authority in clear, JSON: HPACK without its dynamic table, so that every request has the same bytes.
    private static func fields(path: String, authority: String) -> [UInt8] {
        func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }
        return [0x83, 0x87, 0x04] + text(path) + [0x01] + text(authority) + [0x0F, 0x10] + text("application/json")
    }
}
