import Foundation
import Node
import NIOCore
import Registry
import Replication
import Sealing
import Storage

extension NodeService {
    func invite(_ command: InviteCommand) throws -> InviteCommand.Response {
        let child = try path(command.path, "PATH")
        let (address, root) = try invitationTerms(hours: command.validHours, address: command.address)
        let suite = try command.suite.map { try NodeHome.suite($0) } ?? node.identity.suite
        let row = try node.invite(child, validMilliseconds: UInt64(command.validHours) * 3_600_000)
        let token = InvitationToken(path: child, address: address, ca: root, id: row.id, secret: row.secret, expires: row.expiresAt, suite: suite)
        return InviteCommand.Response(
            token: try token.text, path: child.description, address: address, caFingerprint: root.description, expiresAt: Instant.text(row.expiresAt), suite: suite.name)
    }

    func children(_ command: ChildrenCommand) throws -> ChildrenCommand.Response {
        switch command.action {
        case .list: break
        case .suspend, .resume:
            let child = try path(command.path ?? "", "PATH")
            try node.setSuspended(child, command.action == .suspend)
            if command.action == .suspend { board.tell(.suspended(child)) }
        }
        return ChildrenCommand.Response(
            children: try node.store.read { tx in try tx.members().map { ($0, try tx.ledgerKey($0.ledgerKey)) } }.map { member, key in
                ChildrenCommand.Child(
                    path: member.path.description, state: member.isSuspended ? "suspended" : "enrolled", enrolledAt: Instant.text(member.enrolledAt),
                    lastContact: (board.state(of: member.path)?.lastContact ?? member.lastContact).map { Instant.text($0) },
                    ledgerKey: member.ledgerKey.short, suite: key.flatMap { try? LedgerPublicKey(subjectPublicKeyInfo: $0.publicKey).suite.name })
            })
    }

    func verify() throws -> VerifyCommand.Response {
        let start = NIODeadline.now()
        let result = try node.verify()
        return VerifyCommand.Response(
            ledgers: result.ledgers, changeSets: result.changeSets, changes: result.changes, missingBodies: result.missingBodies, keys: result.keys,
            lookups: result.lookups, faults: result.faults.map { VerifyCommand.Fault(place: $0.place, rule: $0.rule, detail: $0.detail) },
            milliseconds: Self.milliseconds(since: start))
    }

    func rebuild() throws -> RebuildCommand.Response {
        let start = NIODeadline.now()
        let result = try node.rebuild()
        return RebuildCommand.Response(
            changeSets: result.changeSets, digestBefore: result.before.description, digestAfter: result.after.description,
            identical: result.before == result.after, milliseconds: Self.milliseconds(since: start))
    }

    static func milliseconds(since start: NIODeadline) -> Int { Int((NIODeadline.now() - start).nanoseconds / 1_000_000) }

    /// Looks at everything that commonly goes wrong and says what to do about it.
    func doctor() -> DoctorCommand.Response {
        var checks: [DoctorCommand.Check] = []
        func check(_ name: String, _ body: () throws -> (ok: Bool, zh: String, en: String, hint: String)) {
            do {
                let found = try body()
                checks.append(DoctorCommand.Check(name: name, result: found.ok ? "ok" : "warning", zh: found.zh, en: found.en, hint: found.ok ? "" : found.hint))
            } catch {
                let fault = ControlFault(error)
                checks.append(DoctorCommand.Check(name: name, result: "failed", zh: fault.messageZh, en: fault.messageEn, hint: fault.hint))
            }
        }
        check("database") {
            let fault = try node.store.integrityFault()
            return (fault == nil, fault == nil ? "数据库完整" : "数据库损坏", fault ?? "the database file is sound", "从备份恢复 / restore a backup")
        }
        check("durability") {
            let found = try node.store.durability()
            let ok = found.journal == "wal" && found.synchronous == 2
            return (ok, "日志 \(found.journal)，同步级别 \(found.synchronous)", "journal \(found.journal), synchronous \(found.synchronous) (2 = FULL)", "不要更改数据库设置 / do not change the pragmas")
        }
        check("crypto") {
            try OpenSSLPrimitives.selfTest()
            return (true, "密码算法自检通过", "digests of both suites answer as they should", "")
        }
        check("key-files") {
            let loose = try FileManager.default.contentsOfDirectory(atPath: home.directory + "/keys").filter { name in
                let mode = (try? FileManager.default.attributesOfItem(atPath: home.directory + "/keys/" + name)[.posixPermissions] as? Int) ?? 0
                return mode & 0o077 != 0
            }
            return (loose.isEmpty, loose.isEmpty ? "密钥文件权限正确" : "其他用户可读密钥：\(loose.joined(separator: "、"))", loose.isEmpty ? "key files are private" : "others may read \(loose.joined(separator: ", "))", "chmod 600")
        }
        check("certificates") {
            let now = Int64(node.environment.now() / 1000)
            let days = try home.certificates("tls").map { ($0.notAfter - now) / 86_400 }.min() ?? 0
            return (days > 30, "通信证书剩余 \(days) 天", "the TLS certificate has \(days) days left", "到期前更新证书 / renew before it ends")
        }
        check("catalogue") {
            let catalogue = try node.currentCatalogue().catalogue
            return (true, "目录第 \(catalogue.number) 版", "catalogue edition \(catalogue.number) is held", "")
        }
        check("disk") {
            let free = (try FileManager.default.attributesOfFileSystem(forPath: home.directory)[.systemFreeSize] as? NSNumber)?.int64Value ?? 0
            return (free > 1 << 30, "磁盘剩余 \(free >> 20) MiB", "\(free >> 20) MiB free", "清理磁盘 / free some space")
        }
        check("quarantine") {
            let totals = try node.store.read { try $0.totals() }
            return (totals.quarantined == 0, "隔离 \(totals.quarantined) 条，等待 \(totals.waiting) 条", "\(totals.quarantined) changes in quarantine, \(totals.waiting) waiting", "creditnode status")
        }
        check("withheld") {
            let missing = try node.withheld()
            return (missing.isEmpty, missing.isEmpty ? "未发现被扣留的数据" : "\(missing.count) 个账本少于其作者所述", missing.isEmpty ? "no ledger is shorter than its author says" : "\(missing.count) ledgers are shorter than their authors say", "检查上下级连接 / check the links")
        }
        check("clock") {
            let latest = try node.store.read { try $0.latestSignedTime(above: node.path) }
            let ok = node.environment.now() + 5 * 60_000 >= latest
            return (ok, ok ? "本机时钟正常" : "本机时钟落后", ok ? "the clock is not behind signed times" : "the clock is behind times that others signed", "校准时钟 / set the clock")
        }
        return DoctorCommand.Response(checks: checks)
    }
}
