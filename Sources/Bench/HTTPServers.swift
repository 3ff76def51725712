import Foundation
import NIOCore
import NIOPosix
import Stage
import Transport

/// A server that is measured: where it listens, and what CPU it has used so far, in seconds.
struct MeasuredServer: Sendable {
    let port: Int
    let cpu: @Sendable () async throws -> Double
    let stop: @Sendable () async -> Void
}

/// Certificate, files and processes of the HTTP scenario.
struct HTTPPlace: Sendable {
    /// Size of the piece that bulk is made of.
    static let blobMebibytes = 25

    let troupe: Troupe
    let directory: String
    private let certificate: String
    private let key: String

    /// Makes a root node for its TLS certificate, and the files that are served and sent.
    init(_ troupe: Troupe, program: String) async throws {
        let node = StagedNode(path: "http-bench", executable: program, troupe: troupe)
        try await node.perform(["init", "--path", node.path])
        self.troupe = troupe
        certificate = node.home + "/certificates/tls.pem"
        key = node.home + "/keys/tls.pem"
        directory = troupe.directory + "/http"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Data("hello, world\n".utf8).write(to: URL(fileURLWithPath: directory + "/index.html"))
        try Data(repeating: 7, count: 1024).write(to: URL(fileURLWithPath: directory + "/post"))
        try Data(repeating: 7, count: Self.blobMebibytes << 20).write(to: URL(fileURLWithPath: directory + "/blob"))
    }

    /// Our server on one event loop, on which its handlers run too: that thread's CPU is the server's.
    func ours() async throws -> MeasuredServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let tls = try TLSContext.server(
            certificateChainPEM: Array(Data(contentsOf: URL(fileURLWithPath: certificate))), privateKeyPEM: Array(Data(contentsOf: URL(fileURLWithPath: key))),
            trustAnchorsPEM: [], clientCertificates: .none)
        let server = try await HTTPServer.start(on: .tcp(host: "127.0.0.1", port: 0), tls: tls, group: group, handler: Self.answer)
        let loop = group.next()
        return MeasuredServer(
            port: server.localPort ?? 0, cpu: { try await loop.submit { Self.threadSeconds() }.get() },
            stop: {
                await server.shutdown(gracePeriod: .seconds(1))
                try? await group.shutdownGracefully()
            })
    }

    /// nghttpd with one worker; nil when it is not installed.
    func nghttpd() async throws -> MeasuredServer? {
        guard let program = Self.find("nghttpd") else { return nil }
        let port = try await Self.freePort()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["-n", "1", "-a", "127.0.0.1", "-d", directory, String(port), key, certificate]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        troupe.guardProcess(process)
        let number = process.processIdentifier
        _ = try await wait(for: "nghttpd on port \(port)", within: .seconds(10), pause: .milliseconds(20)) {
            let there = (try? await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port).get()) != nil
            return (there, process.isRunning ? "running" : "ended")
        } until: { $0 }
        return MeasuredServer(port: port, cpu: { try Self.processSeconds(number) }, stop: { process.terminate() })
    }

    /// A program of the search path, or of where Debian puts servers.
    static func find(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return (path.split(separator: ":").map(String.init) + ["/usr/bin", "/usr/sbin"]).map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    // MARK: - Requests

    private static let hello = ByteBuffer(string: "hello, world\n")
    private static let piece = ByteBuffer(repeating: 7, count: 256 * 1024)

    private static let answer: RequestHandler = { request, writer in
        var received = 0
        for try await chunk in request.body { received += chunk.readableBytes }
        if request.head.path == "/blob", request.head.method == "GET" {
            try await writer.sendHead(status: 200, headers: [("content-length", String(blobMebibytes << 20))])
            for _ in 0..<(blobMebibytes << 20) / piece.readableBytes { try await writer.write(piece) }
        } else {
            try await writer.sendHead(status: 200, headers: [("content-length", String(hello.readableBytes)), ("content-type", "text/html")])
            try await writer.write(hello)
        }
        try await writer.finish()
    }

    // MARK: - What was used

    private static func threadSeconds() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Of all threads, user and system, from the scheduler's own count of nanoseconds.
    private static func processSeconds(_ number: Int32) throws -> Double {
        let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(number)/task")
        return try threads.reduce(0) { sum, thread in
            let text = try String(contentsOfFile: "/proc/\(number)/task/\(thread)/schedstat", encoding: .utf8)
            return sum + (text.split(separator: " ").first.flatMap { Double($0) } ?? 0) * 1e-9
        }
    }

    /// A port that nobody listens on now.
    private static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close().get()
        return port
    }
}
