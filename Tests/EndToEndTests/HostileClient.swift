import Foundation
import NIOCore
import NIOPosix
import NodeRuntime
import Registry
import Sealing
import Synchronization
import Testing
import Transport

/// What a TLS peer shows: chain, leaf first, and the leaf's key.
struct Credential {
    var chain: String
    var key: String
}

/// A client of our own transport that shows whatever it is given and believes every server.
struct HostileClient {
    enum Answer: Equatable, CustomStringConvertible {
        /// TLS or the judgement after it ended the connection.
        case refusedAtTheDoor(String)
        case status(Int)
        /// Nothing that shows a refusal: nobody listens, or silence.
        case inconclusive(String)

        var isRefusal: Bool {
            switch self {
            case .refusedAtTheDoor: true
            case .status(let status): status == 401 || status == 403
            case .inconclusive: false
            }
        }

        var description: String {
            switch self {
            case .refusedAtTheDoor(let why): "refused at the door: \(why)"
            case .status(let status): "status \(status)"
            case .inconclusive(let why): "inconclusive: \(why)"
            }
        }
    }

    let port: Int
    /// Kept between connections, and with it the session tickets.
    let tls: TLSContext
    /// Whether the last handshake that this side completed resumed a session.
    private let resumption = Resumption()

    private final class Resumption: Sendable {
        let happened = Mutex(false)
    }

    init(port: Int, _ credential: Credential?) throws {
        self.port = port
        tls = try TLSContext.client(
            certificateChainPEM: credential.map { Array($0.chain.utf8) }, privateKeyPEM: credential.map { Array($0.key.utf8) }, trustAnchorsPEM: nil)
    }

    var lastResumed: Bool { resumption.happened.withLock { $0 } }

    func connect(_ limits: HTTPLimits = HTTPLimits()) async throws -> HTTPConnection {
        try await HTTPConnection.connect(
            to: .tcp(host: "127.0.0.1", port: port), tls: tls, group: MultiThreadedEventLoopGroup.singleton,
            verifyPeer: { [resumption] peer in resumption.happened.withLock { $0 = peer?.resumed ?? false } }, limits: limits)
    }

    /// Opens `POST /v1/link` on a connection of its own and takes the first answer.
    func askLink() async -> Answer {
        do {
            let connection = try await connect()
            let answer = try await Self.openLink(on: connection)
            answer.stream.reset()
            await connection.close()
            return .status(answer.status)
        } catch let error as TransportError {
            switch error.kind {
            case .tlsFailed, .peerCertificateMissing, .connectionClosed, .goingAway: return .refusedAtTheDoor(error.message)
            case .connectFailed, .alpnMissing, .streamReset, .timedOut, .protocolError, .cancelled, .bindFailed: return .inconclusive("\(error)")
            }
        } catch { return .inconclusive("\(error)") }
    }

    static func openLink(on connection: HTTPConnection) async throws -> (status: Int, stream: DuplexStream) {
        let stream = try await connection.openStream(method: "POST", path: "/v1/link", headers: [("content-type", "application/x-creditnode-link")])
        return (try await stream.head().status, stream)
    }
}

/// Certificates as no honest CA issues them: libcrypto's own tool signs what `CertificateAuthority` would not.
struct Forge {
    /// For the files the tool reads.
    let directory: URL

    static let leaf = ["basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature", "extendedKeyUsage=clientAuth,serverAuth"]

    /// Certifies the key in `keyFile` with the first certificate of `authority` and its key.
    /// - Returns: PEM of the certificate.
    func certificate(keyFile: String, extensions: [String], authority: (certificate: String, key: String)) throws -> String {
        let name = "forged-\(UInt32.random(in: 0...UInt32.max))"
        let request = directory.appending(path: "\(name).csr").path, profile = directory.appending(path: "\(name).ext").path
        try (extensions.joined(separator: "\n") + "\n").write(toFile: profile, atomically: true, encoding: .utf8)
        try openssl(["req", "-new", "-key", keyFile, "-subj", "/OU=tls/CN=\(name)", "-out", request])
        return try openssl([
            "x509", "-req", "-in", request, "-CA", authority.certificate, "-CAkey", authority.key, "-set_serial", "\(UInt32.random(in: 1...UInt32.max))",
            "-days", "30", "-extfile", profile
        ])
    }

    @discardableResult
    private func openssl(_ arguments: [String]) throws -> String {
        let process = Process(), output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Federation.Failed("openssl \(arguments): exit \(process.terminationStatus)") }
        return String(decoding: text, as: UTF8.self)
    }
}

extension Federation {
    func file(_ name: String, of path: String) -> String { home(path) + "/" + name }
    func text(_ name: String, of path: String) throws -> String { try String(contentsOfFile: file(name, of: path), encoding: .utf8) }

    /// The certificate and key by which the node itself speaks TLS.
    func credential(_ path: String) throws -> Credential { Credential(chain: try text("certificates/tls.pem", of: path), key: try text("keys/tls.pem", of: path)) }

    /// The CA by which the node certifies its children's TLS keys, with its private key.
    func authority(_ path: String) throws -> CertificateAuthority {
        let own = try #require(try Certificate.bundle(pem: text("certificates/tls-ca.pem", of: path)).first)
        return try CertificateAuthority(certificatePEM: own.pem, privateKeyPEM: text("keys/tls-ca.pem", of: path))
    }

    /// City and district serve; the street is enrolled, has its keys, and has never called.
    static func withSilentStreet() throws -> Federation {
        let federation = try Federation()
        try federation.initialise()
        try federation.serve(city)
        try federation.enrol(district)
        try federation.join(a)
        return federation
    }

    func join(_ path: String) throws {
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        let invited = try ask(InviteCommand.Response.self, ["invite", path], at: parent)
        _ = try ask(InitReport.self, ["join", invited.token], at: path)
    }

    /// Serves a node below the root, its parent at `port` of this machine.
    func serve(_ path: String, parentPort port: Int) throws {
        let config = directory.appending(path: "config-\(port).yaml").path
        try "parent: \"127.0.0.1:\(port)\"\nreconnect_seconds: 1\n".write(toFile: config, atomically: true, encoding: .utf8)
        try serve(path, listen: nil, extra: ["--config", config])
    }

    func link(_ peer: String, at path: String) throws -> StatusReport.Link { try #require(try status(path).links.first { $0.peer == peer }) }

    func children(_ arguments: [String] = ["list"], at path: String) throws -> [ChildrenCommand.Child] {
        try ask(ChildrenCommand.Response.self, ["children"] + arguments, at: path).children
    }

    private struct RunFile: Decodable { var pid: Int32 }

    /// The process that serves.
    func pid(_ path: String) throws -> Int32 { try JSONDecoder().decode(RunFile.self, from: Data(contentsOf: URL(fileURLWithPath: file("run.json", of: path)))).pid }

    /// MiB of a serving process, now and at its highest.
    func residentMiB(_ path: String) throws -> (now: Int, peak: Int) {
        let lines = try String(contentsOfFile: "/proc/\(pid(path))/status", encoding: .utf8).split(separator: "\n")
        func value(_ key: String) throws -> Int {
            let line = try #require(lines.first { $0.hasPrefix(key + ":") })
            return try #require(Int(line.filter(\.isNumber))) / 1024
        }
        return (try value("VmRSS"), try value("VmHWM"))
    }
}

/// Listens, takes what comes, and never answers.
final class Sink: Sendable {
    let port: Int
    /// What the first connection said first.
    let firstBytes: EventLoopFuture<ByteBuffer>
    private let listener: any Channel

    init() throws {
        let promise = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: ByteBuffer.self)
        firstBytes = promise.futureResult
        listener = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(First(promise)) } }
            .bind(host: "127.0.0.1", port: 0).wait()
        port = listener.localAddress?.port ?? 0
        listener.closeFuture.whenComplete { _ in promise.fail(ChannelError.eof) }
    }

    deinit { listener.close(promise: nil) }

    private final class First: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let promise: EventLoopPromise<ByteBuffer>
        init(_ promise: EventLoopPromise<ByteBuffer>) { self.promise = promise }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) { promise.succeed(unwrapInboundIn(data)) }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
