import Node
import Registry
import Replication
import Sealing
import Storage

extension NodeService {
    func inviteReader(_ command: ReaderInviteCommand) throws -> ReaderInviteCommand.Response {
        let unit = try creditCode(command.unit, "--unit")
        let (address, root) = try invitationTerms(hours: command.validHours, address: command.address)
        let row = try node.inviteReader(command.reader, unit: unit, validMilliseconds: UInt64(command.validHours) * 3_600_000)
        let token = InvitationToken(path: row.path, address: address, ca: root, id: row.id, secret: row.secret, expires: row.expiresAt, unit: unit.text)
        return ReaderInviteCommand.Response(
            token: try token.text, reader: row.path.name, unit: unit.text, address: address, caFingerprint: root.description, expiresAt: Instant.text(row.expiresAt))
    }

    func readers(_ command: ReadersCommand) throws -> ReadersCommand.Response {
        switch command.action {
        case .list: break
        case .suspend, .resume: try node.setReaderSuspended(try node.readerPath(command.reader ?? ""), command.action == .suspend)
        }
        return ReadersCommand.Response(
            readers: try node.store.read { try $0.readers() }.map { reader in
                ReadersCommand.Reader(
                    name: reader.path.name, unit: reader.unit, state: reader.isSuspended ? "suspended" : "enrolled", enrolledAt: Instant.text(reader.enrolledAt),
                    validUntil: Instant.text(reader.validUntil))
            })
    }

    /// The address that an invitation names, and the fingerprint of the root under which this node proves itself there.
    /// - Throws: ``ControlFault`` for hours out of range, or when no address is known that others can dial.
    func invitationTerms(hours: Int, address asked: String?) throws -> (address: String, root: Digest) {
        guard (1...720).contains(hours) else {
            throw ControlFault("hours", zh: "有效期为1至720小时", en: "an invitation is valid for 1…720 hours", hint: "--hours", exit: .badInput)
        }
        let facts = serving.withLock { $0 }
        guard let address = asked ?? facts?.advertised ?? facts?.addresses.listen else {
            throw ControlFault(
                "no-address", zh: "不知道对方应连接的地址", en: "it is not known where the other side shall dial", hint: "先运行 serve --listen，或用 --address 主机:端口 / run `serve --listen` or give --address",
                exit: .badInput)
        }
        let dialled = try HostPort(address)
        guard dialled.host != "0.0.0.0", dialled.host != "::", dialled.port > 0 else {
            throw ControlFault(
                "no-address", zh: "\(address) 不是可以连接的地址", en: "\(address) is no address that can be dialled", hint: "serve --advertise 主机:端口，或 --address / give the address others reach",
                exit: .badInput)
        }
        guard let root = try home.certificates("tls").last else { preconditionFailure("a chain was loaded at start") }
        return (address, root.fingerprint)
    }
}
