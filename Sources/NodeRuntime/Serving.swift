import Foundation
import Logging
import NIOCore
import NIOPosix
import Node
import Registry
import Replication
import Sealing
import ServiceLifecycle
import Transport

/// What a serving node listens on.
package struct ServeAddresses: Codable, Sendable {
    /// For children; nil when it takes none.
    package var listen: String?
    package var statusPage: String?
    package var socket: String
}

extension NodeService {
    /// Serves until the task is cancelled: children's links, the link to the parent, the Unix socket, the page.
    /// - Parameter ready: called once everything listens, with the addresses actually bound.
    /// - Throws: ``ControlFault`` or ``TransportError`` when something cannot be bound.
    package func serve(
        _ settings: ServeSettings, control: @escaping RequestHandler, console: @escaping RequestHandler, logger: Logger = Logger(label: "creditnode"),
        ready: @escaping @Sendable (ServeAddresses) async -> Void
    ) async throws {
        node.personLookupsPerHour.withLock { $0 = settings.personLookupsPerHour }
        node.awaitFirstWord()
        let group = MultiThreadedEventLoopGroup.singleton
        node.attachmentQuota = UInt64(settings.attachmentQuotaMiB) << 20
        var servers: [@Sendable () async -> Void] = []
        var addresses = ServeAddresses(listen: nil, statusPage: nil, socket: home.socketPath)
        do {
            let tlsRoot = try tlsRoots()
            if let listen = settings.listen {
                let server = try await startDoor(HostPort(listen), tlsRoot, group, Patience(seconds: settings.silenceSeconds), logger)
                addresses.listen = server.localPort.map { HostPort(host: (try? HostPort(listen).host) ?? "127.0.0.1", port: $0).description }
                servers.append { await server.shutdown(gracePeriod: .seconds(2)) }
            }
            if let page = settings.statusPage {
                let address = try HostPort(page)
                let server = try await HTTP1Server.start(on: .tcp(host: address.host, port: address.port), group: group, handler: console)
                addresses.statusPage = server.localPort.map { HostPort(host: address.host, port: $0).description }
                servers.append { await server.shutdown(gracePeriod: .milliseconds(200)) }
            }
            // The directory's mode guards the socket, and the umask of the process its file.
            let socket = try await HTTPServer.start(on: .unix(path: addresses.socket), tls: nil, group: group, handler: control)
            servers.append { await socket.shutdown(gracePeriod: .seconds(2)) }
            let started = node.environment.now()
            serving.withLock { $0 = ServingFacts(addresses: addresses, startedAt: started, advertised: settings.advertise) }
            try writeRunFile(addresses, started)
            logger.info("serving", metadata: ["path": "\(node.path)", "listen": "\(addresses.listen ?? "-")", "socket": "\(addresses.socket)"])
            await ready(addresses)
            try await runServices(settings, tlsRoot, logger)
        } catch is CancellationError {
        } catch {
            await stop(servers, addresses)
            throw error
        }
        await stop(servers, addresses)
    }

    private func stop(_ servers: [@Sendable () async -> Void], _ addresses: ServeAddresses) async {
        await withTaskGroup(of: Void.self) { group in
            for stop in servers { group.addTask { await stop() } }
        }
        serving.withLock { $0 = nil }
        try? FileManager.default.removeItem(atPath: home.runFile)
        unlink(addresses.socket)
        try? await Offload.run { [node] in
            try node.saveConditions()
            try node.store.checkpoint()
        }
    }

    private func runServices(_ settings: ServeSettings, _ roots: TrustRoots, _ logger: Logger) async throws {
        var services: [any Service] = [
            StatementService(node: node, board: board, logger: logger), ConditionService(node: node, board: board, logger: logger),
        ]
        if let parent = node.path.parent, let address = settings.parent ?? file.parentAddress {
            let link = ParentLink(
                node: node, board: board, parent: parent, address: try HostPort(address), tls: try clientContext(), roots: roots, logger: logger,
                redial: Redial(longest: UInt64(settings.reconnectSeconds) * 1000), patience: Patience(seconds: settings.silenceSeconds))
            services.append(ParentLinkService(link: link))
        }
        let serviceGroup = ServiceGroup(configuration: ServiceGroupConfiguration(services: services, logger: logger))
        try await serviceGroup.run()
    }

    private func startDoor(_ address: HostPort, _ roots: TrustRoots, _ group: any EventLoopGroup, _ patience: Patience, _ logger: Logger) async throws -> HTTPServer {
        let door = ChildDoor(node: node, board: board, roots: roots, patience: patience, lookups: LookupDoor(service: self, logger: logger), logger: logger)
        return try await HTTPServer.start(
            on: .tcp(host: address.host, port: address.port), tls: try serverContext(), group: group, verifyPeer: door.verify, limits: patience.limits,
            observer: { event in logger.debug("connection", metadata: ["event": "\(event)"]) }, handler: door.handle)
    }

    // MARK: - TLS material

    private func tlsRoots() throws -> TrustRoots {
        guard let root = try home.certificates("tls").last else {
            throw ControlFault("certificates", zh: "缺少通信证书", en: "the TLS certificates are missing", hint: "从备份恢复 / restore a backup", exit: .failure)
        }
        return try TrustRoots([root])
    }

    private func serverContext() throws -> TLSContext {
        try TLSContext.server(
            certificateChainPEM: try home.read(home.certificate("tls")), privateKeyPEM: try home.read(home.key("tls")),
            trustAnchorsPEM: try anchors(), clientCertificates: .optional)
    }

    private func clientContext() throws -> TLSContext {
        try TLSContext.client(
            certificateChainPEM: try home.read(home.certificate("tls")), privateKeyPEM: try home.read(home.key("tls")), trustAnchorsPEM: try anchors())
    }

    private func anchors() throws -> [UInt8] { Array(try tlsRoots().certificates.map(\.pem).joined().utf8) }

    private func writeRunFile(_ addresses: ServeAddresses, _ started: UInt64) throws {
        let run = NodeHome.RunFile(
            pid: getpid(), socket: addresses.socket, listen: addresses.listen, statusPage: addresses.statusPage, startedAt: started)
        try home.write(Array(try JSONEncoder().encode(run)), to: home.runFile)
    }
}

/// Renews freshness statements and heartbeats, and copies the log into the database in quiet moments.
private struct StatementService: Service {
    let node: Node
    let board: LinkBoard
    let logger: Logger

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            while true {
                do {
                    for signed in try await Offload.run({ [node] in try node.renewStatements() }) {
                        guard let statement = try Statement.read(signed.content) else { continue }
                        board.tell(.statement(signed, statement.audience, issuer: statement.issuer.path))
                    }
                    while try await Offload.run({ [node] in try node.matchRelief() }) {}
                    try await Offload.run { [node] in try node.store.checkpoint() }
                } catch let error where !(error is CancellationError) {
                    logger.error("statements could not be renewed", metadata: ["error": "\(error)"])
                }
                try await Task.sleep(for: .seconds(60))
            }
        }
    }
}

private struct ParentLinkService: Service {
    let link: ParentLink

    func run() async throws {
        await cancelWhenGracefulShutdown { await link.run() }
    }
}
