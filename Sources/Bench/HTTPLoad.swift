import Foundation
import NIOCore
import NIOPosix
import Stage
import Transport

/// Asks a server over one connection: h2load where it is installed, our own client in this process otherwise.
struct HTTPLoad: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case get = "get-cpu"
        /// 1 KiB.
        case post = "post-cpu"
        case upload, download

        var isBulk: Bool {
            switch self {
            case .get, .post: false
            case .upload, .download: true
            }
        }
    }

    private let place: HTTPPlace
    private let h2load: String?
    /// Requests under way at once.
    private static let concurrency = 32

    init(_ place: HTTPPlace) throws {
        self.place = place
        h2load = HTTPPlace.find("h2load")
    }

    /// For notes.
    var name: String { h2load == nil ? "our own client in the same process (h2load is not installed)" : "h2load, 32 requests at once, bulk one at a time" }

    /// - Parameter amount: requests, or pieces of bulk.
    /// - Returns: the seconds the generator counted, if it did.
    /// - Throws: ``BenchFailure`` unless every answer was good.
    func run(_ kind: Kind, _ amount: Int, port: Int) async throws -> Double? {
        if let h2load { return try await run(h2load, kind, amount, port) }
        try await runOwn(kind, amount, port)
        return nil
    }

    private func run(_ program: String, _ kind: Kind, _ amount: Int, _ port: Int) async throws -> Double? {
        var words = ["-c", "1", "-t", "1", "-m", String(kind.isBulk ? 1 : Self.concurrency), "-n", String(amount)]
        switch kind {
        case .get, .download: break
        case .post: words += ["-d", place.directory + "/post"]
        case .upload: words += ["-d", place.directory + "/blob"]
        }
        let result = try await place.troupe.run(program, words + ["https://127.0.0.1:\(port)\(kind == .download ? "/blob" : "/")"])
        let text = String(decoding: result.output, as: UTF8.self)
        guard result.exit == 0, text.contains("\(amount) succeeded"), text.contains("status codes: \(amount) 2xx") else {
            throw BenchFailure(what: "\(result.line): not every answer was good (exit \(result.exit))\n\(text.suffix(1000))\(result.errors)")
        }
        return Self.seconds(text)
    }

    /// `finished in 107.71ms, …`
    private static func seconds(_ text: String) -> Double? {
        guard let tail = text.range(of: "finished in ").map({ text[$0.upperBound...] }), let word = tail.split(separator: ",").first else { return nil }
        for (unit, factor) in [("ms", 1e-3), ("us", 1e-6), ("s", 1.0)] where word.hasSuffix(unit) { return Double(word.dropLast(unit.count)).map { $0 * factor } }
        return nil
    }

    private func runOwn(_ kind: Kind, _ amount: Int, _ port: Int) async throws {
        let tls = try TLSContext.client(certificateChainPEM: nil, privateKeyPEM: nil, trustAnchorsPEM: nil)
        var limits = HTTPLimits()
        limits.maxResponseBytes = HTTPPlace.blobMebibytes << 20
        let connection = try await HTTPConnection.connect(to: .tcp(host: "127.0.0.1", port: port), tls: tls, group: MultiThreadedEventLoopGroup.singleton, limits: limits)
        let body = ByteBuffer(repeating: 7, count: kind == .upload ? HTTPPlace.blobMebibytes << 20 : 1024)
        let workers = kind.isBulk ? 1 : Self.concurrency
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for worker in 0..<workers {
                tasks.addTask {
                    for _ in stride(from: worker, to: amount, by: workers) {
                        let answer =
                            switch kind {
                            case .get: try await connection.request(method: "GET", path: "/")
                            case .download: try await connection.request(method: "GET", path: "/blob", timeout: .seconds(120))
                            case .post, .upload: try await connection.request(method: "POST", path: "/", body: body, timeout: .seconds(120))
                            }
                        guard answer.status == 200 else { throw BenchFailure(what: "status \(answer.status) to \(kind.rawValue)") }
                    }
                }
            }
            try await tasks.waitForAll()
        }
        await connection.close()
    }
}
