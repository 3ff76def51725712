import Foundation
import Registry
import Replication

/// What `invite` prints and `join` reads: where to dial, whom to trust, and the one-time secret.
struct InvitationToken: Codable, Sendable {
    static let prefix = "creditnode1."

    /// Path of the child to be.
    var path: String
    /// `host:port`.
    var address: String
    /// SHA-256 of the TLS root certificate, hexadecimal: the server must prove itself under it.
    var ca: String
    var id: String
    /// 32 bytes, hexadecimal.
    var secret: String
    /// Milliseconds since 1970.
    var expires: UInt64
    /// Name of the suite that the parent suggests for ledger keys; the child may choose another. A name that the
    /// child does not know, or none, means the default.
    var suite: String?
    /// Credit code of the department whose look-up client is invited; nil invites a child.
    var unit: String?

    var text: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            let base64 = try encoder.encode(self).base64EncodedString()
            return Self.prefix + base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        }
    }

    /// - Throws: ``ControlFault`` (`badInput`) for anything else than a whole token.
    init(_ text: String) throws(ControlFault) {
        let fault = ControlFault(
            "token", zh: "邀请码不完整或有误", en: "this is no whole invitation token", hint: "整行复制 creditnode invite 的输出 / copy the whole line that `creditnode invite` printed",
            exit: .badInput)
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard trimmed.hasPrefix(Self.prefix), trimmed.utf8.count < 4096 else { throw fault }
        var base64 = trimmed.dropFirst(Self.prefix.count).replacing("-", with: "+").replacing("_", with: "/")
        while base64.utf8.count % 4 != 0 { base64 += "=" }
        guard let data = Data(base64Encoded: String(base64)), let token = try? JSONDecoder().decode(InvitationToken.self, from: data),
            NodePath(token.path) != nil, Hex.decode(token.secret)?.count == 32, Hex.decode(token.ca)?.count == 32
        else { throw fault }
        self = token
    }

    init(path: NodePath, address: String, ca: Digest, id: String, secret: [UInt8], expires: UInt64, suite: Suite? = nil, unit: String? = nil) {
        self.path = path.description
        self.address = address
        self.ca = ca.description
        self.id = id
        self.secret = Hex.encode(secret)
        self.expires = expires
        self.suite = suite?.name
        self.unit = unit
    }
}

/// `host:port` as people write it.
struct HostPort: Sendable, Hashable, CustomStringConvertible {
    let host: String
    let port: Int

    /// - Parameter text: `127.0.0.1:7443`, `city.example:7443`, `[::1]:7443`.
    /// - Throws: ``ControlFault`` (`badInput`).
    init(_ text: String) throws(ControlFault) {
        let fault = ControlFault("address", zh: "地址应为 主机:端口，例如 127.0.0.1:7443", en: "an address is host:port, not \(text.prefix(80))", hint: "端口 0 表示自动选择 / port 0 chooses a free one", exit: .badInput)
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port) else { throw fault }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) } else if host.contains(":") { throw fault }
        guard !host.isEmpty else { throw fault }
        self.host = host
        self.port = port
    }

    init(host: String, port: Int) { (self.host, self.port) = (host, port) }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
