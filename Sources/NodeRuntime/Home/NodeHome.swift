import Foundation
import Node
import Registry
import Replication
import Sealing
import Storage

/// A node's directory: database, keys, certificates, and while it serves, the socket. Keys stand in files
/// of mode 0600 outside the database.
package struct NodeHome: Sendable {
    package let directory: String

    package init(_ directory: String) {
        self.directory = directory.hasPrefix("/") ? directory : FileManager.default.currentDirectoryPath + "/" + directory
    }

    var database: String { directory + "/node.db" }
    var lockFile: String { directory + "/node.lock" }
    var runFile: String { directory + "/run.json" }
    var identityFile: String { directory + "/identity.json" }
    func key(_ name: String) -> String { directory + "/keys/\(name).pem" }
    func certificate(_ name: String) -> String { directory + "/certificates/\(name).pem" }
    var federationKeysFile: String { directory + "/keys/federation.bin" }
    var listKeysFile: String { directory + "/keys/lists.bin" }

    /// Facts of the node that are neither secret nor in the database.
    struct IdentityFile: Codable {
        var path: String
        var suite: String
        /// `host:port` of the parent; nil at the root.
        var parentAddress: String?
    }

    /// What a serving node leaves for the CLI.
    struct RunFile: Codable {
        var pid: Int32
        var socket: String
        var listen: String?
        var statusPage: String?
        var startedAt: UInt64
    }

    var exists: Bool { FileManager.default.fileExists(atPath: identityFile) }

    /// A path short enough for a Unix socket (104 bytes), beside the database where possible.
    var socketPath: String {
        let near = directory + "/node.sock"
        if near.utf8.count <= 100 { return near }
        let tag = Hex.encode(OpenSSLPrimitives().digest(.ed25519SHA256, of: Array(directory.utf8)).bytes.prefix(8))
        return FileManager.default.temporaryDirectory.path + "/creditnode-\(tag).sock"
    }

    /// The Unix socket of a node that serves on this home; nil when none does.
    package static func socket(home: String) -> String? {
        let home = NodeHome(home)
        guard let data = FileManager.default.contents(atPath: home.runFile), let run = try? JSONDecoder().decode(RunFile.self, from: data),
            kill(run.pid, 0) == 0 || errno == EPERM, FileManager.default.fileExists(atPath: run.socket), HomeLock.isHeld(home.lockFile)
        else { return nil }
        return run.socket
    }

    // MARK: - Files

    func make() throws(ControlFault) {
        do {
            for path in [directory, directory + "/keys", directory + "/certificates"] {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
        } catch {
            throw ControlFault("home-directory", zh: "无法创建目录 \(directory)", en: "cannot make the directory \(directory): \(error.localizedDescription)", hint: "检查权限 / check permissions", exit: .system)
        }
    }

    /// Writes whole or not at all: to a new file of mode 0600, synced, then renamed.
    func write(_ bytes: [UInt8], to path: String) throws(ControlFault) {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw fileFault(path) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { throw fileFault(path) }
            rest = rest.dropFirst(written)
        }
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw fileFault(path) }
    }

    func read(_ path: String) throws(ControlFault) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ControlFault("home-file", zh: "缺少文件 \(path)", en: "the file \(path) is missing or unreadable", hint: "该目录是否为节点目录？/ is this a node's home?", exit: .notFound)
        }
        return Array(data)
    }

    private func fileFault(_ path: String) -> ControlFault {
        ControlFault("home-file", zh: "无法写入 \(path)", en: "cannot write \(path): \(String(cString: strerror(errno)))", hint: "检查磁盘空间和权限 / check disk space and permissions", exit: .system)
    }

    func readIdentityFile() throws(ControlFault) -> IdentityFile {
        guard exists else {
            throw ControlFault(
                "no-node", zh: "\(directory) 不是节点目录", en: "\(directory) is no node's home", hint: "creditnode init --path … 或 / or creditnode join TOKEN", exit: .notFound)
        }
        let bytes = try read(identityFile)
        do { return try JSONDecoder().decode(IdentityFile.self, from: Data(bytes)) } catch {
            throw ControlFault("identity-file", zh: "\(identityFile) 已损坏", en: "\(identityFile) is damaged: \(error)", hint: "从备份恢复 / restore it from a backup", exit: .failure)
        }
    }

    /// Everything needed to be the node.
    func loadIdentity() throws -> NodeIdentity {
        let file = try readIdentityFile()
        guard let path = NodePath(file.path) else {
            throw ControlFault("identity-file", zh: "节点路径无效：\(file.path)", en: "not a node path: \(file.path)", hint: "", exit: .failure)
        }
        let ledgerChain = try certificates("ledger")
        let roots = try TrustRoots([try last(ledgerChain, "ledger")])
        var authorities: NodeIdentity.Authorities?
        if FileManager.default.fileExists(atPath: key("ledger-ca")) {
            let ledgerCAs = try certificates("ledger-ca"), tlsCAs = try certificates("tls-ca")
            authorities = NodeIdentity.Authorities(
                ledger: try CertificateAuthority(certificatePEM: try first(ledgerCAs, "ledger-ca").pem, privateKeyPEM: text(try read(key("ledger-ca")))),
                tls: try CertificateAuthority(certificatePEM: try first(tlsCAs, "tls-ca").pem, privateKeyPEM: text(try read(key("tls-ca")))),
                ledgerChain: ledgerCAs.map(\.der), tlsChain: tlsCAs.map(\.der))
        }
        return NodeIdentity(
            path: path, ledgerKey: try LedgerKey(privateKeyPEM: text(try read(key("ledger")))), ledgerChain: ledgerChain.map(\.der),
            ledgerRoots: roots, federationKeys: try FederationKeys(serialized: try read(federationKeysFile)), authorities: authorities,
            tlsKey: try ECKey(privateKeyPEM: text(try read(key("tls")))), listKeys: try loadListKeys(root: path.depth == 1))
    }

    /// Before the first contact with a parent there is no file and no key.
    private func loadListKeys(root: Bool) throws(ControlFault) -> ListKeyring {
        var held: [ListKey] = []
        if FileManager.default.fileExists(atPath: listKeysFile) {
            guard let keys = ListKeyring.read(try read(listKeysFile)) else {
                throw ControlFault("list-keys", zh: "\(listKeysFile) 已损坏", en: "\(listKeysFile) is damaged", hint: "从备份恢复 / restore it from a backup", exit: .failure)
            }
            held = keys
        }
        return ListKeyring(held, keepsAll: root) { try write($0, to: listKeysFile) }
    }

    /// A stored chain: leaf or issuing CA first, root last.
    func certificates(_ name: String) throws -> [Certificate] { try Certificate.bundle(pem: text(try read(certificate(name)))) }

    func write(_ chain: [Certificate], as name: String) throws {
        try write(Array(chain.map(\.pem).joined().utf8), to: certificate(name))
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func first(_ chain: [Certificate], _ name: String) throws(ControlFault) -> Certificate {
        guard let first = chain.first else { throw emptyChain(name) }
        return first
    }

    private func last(_ chain: [Certificate], _ name: String) throws(ControlFault) -> Certificate {
        guard let last = chain.last else { throw emptyChain(name) }
        return last
    }

    func emptyChain(_ name: String) -> ControlFault {
        ControlFault("certificates", zh: "证书文件 \(certificate(name)) 为空", en: "\(certificate(name)) holds no certificate", hint: "从备份恢复 / restore it from a backup", exit: .failure)
    }
}

/// The lock that keeps two processes off one replica: an flock that dies with its holder.
final class HomeLock: Sendable {
    private let descriptor: Int32

    /// - Throws: ``ControlFault`` (`unavailable`) while another process holds it.
    init(_ path: String) throws(ControlFault) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ControlFault("lock-file", zh: "无法打开 \(path)", en: "cannot open \(path): \(String(cString: strerror(errno)))", hint: "", exit: .system)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw ControlFault(
                "node-busy", zh: "另一进程正在使用该节点", en: "another process is using this node", hint: "等待其结束，或经由正在运行的 serve / wait for it to end", exit: .unavailable)
        }
    }

    func release() { flock(descriptor, LOCK_UN) }

    deinit { close(descriptor) }

    /// Whether somebody holds it now.
    static func isHeld(_ path: String) -> Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
            flock(descriptor, LOCK_UN)
            return false
        }
        return true
    }
}

extension NodeEnvironment {
    /// The machine's clock and libcrypto's generator.
    package static var machine: NodeEnvironment {
        NodeEnvironment(
            now: {
                var time = timespec()
                clock_gettime(CLOCK_REALTIME, &time)
                return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
            },
            random: { try randomBytes($0) })
    }
}
