import Foundation
import Logging
import NIOCore
import NodeRuntime
import Registry
import Synchronization
import Testing
import Transport

/// A node served by this process: many of them cost the memory of one.
final class Tenant: Sendable {
    let path: String
    let service: NodeService
    private let serving = Mutex<Task<Void, any Error>?>(nil)

    private init(_ path: String, _ service: NodeService) { (self.path, self.service) = (path, service) }

    static func join(_ path: String, home: String, token: String) async throws -> Tenant {
        _ = try await NodeHome.join(home: home, token: token)
        return Tenant(path, try await NodeService.open(home: home))
    }

    func serve(reconnectSeconds: Int) async throws {
        let nobody: RequestHandler = { _, response in
            try await response.sendHead(status: 404, headers: [])
            try await response.finish()
        }
        let ready = AsyncStream<Void>.makeStream()
        let task = Task { [service, path] in
            defer { ready.continuation.finish() }
            try await service.serve(ServeSettings(reconnectSeconds: reconnectSeconds), control: nobody, console: nobody, logger: Logger(label: path) { _ in SwiftLogNoOpLogHandler() }) { _ in ready.continuation.yield() }
        }
        serving.withLock { $0 = task }
        for await _ in ready.stream { return }
        try await task.value
    }

    func importPermits(_ rows: Range<Int>) async throws -> ImportReport {
        let item = try #require(Federation.permitCodes)
        var text = item.joined(separator: ",") + "\n"
        for n in rows { text += Federation.cells(n, path).joined(separator: ",") + "\n" }
        let body = AsyncStream<ByteBuffer>.makeStream()
        body.continuation.yield(ByteBuffer(string: text))
        body.continuation.finish()
        return try await service.importFile(
            ImportOptions(item: "permit", fileName: "rows.csv", actor: ActorOptions(unit: Federation.unit, operator: "甲", reviewer: "乙")), body: body.stream) { _ in }
    }

    func close() async {
        let task = serving.withLock { $0 }
        task?.cancel()
        _ = try? await task?.value
        await service.close()
    }
}

@Suite(.serialized) struct ReturnTests {
    typealias F = Federation

    /// The district is a process of its own, so that its memory can be told from theirs.
    @Test("Streets that return at once after their district was away all converge, spread out, in bounded memory")
    func manyReturn() async throws {
        let federation = try F(), count = soaking ? 50 : 12, rows = 100
        try federation.initialise()
        try federation.serve(F.city)
        try federation.enrol(F.district)
        let listen = try #require(federation.addresses(F.district)?.listen)
        var tenants: [Tenant] = []
        for number in 0..<count {
            let path = "\(F.district)/s\(number)"
            let invited = try federation.ask(InviteCommand.Response.self, ["invite", path], at: F.district)
            tenants.append(try await Tenant.join(path, home: federation.directory.appending(path: "s\(number)").path, token: invited.token))
        }
        for tenant in tenants { try await tenant.serve(reconnectSeconds: 2) }
        try await federation.wait("all have the catalogue") {
            for tenant in tenants { if try await tenant.service.execute(StatusCommand()).catalogue == nil { return false } }
            return true
        }
        federation.kill9(F.district)
        for (number, tenant) in tenants.enumerated() {
            #expect(try await tenant.importPermits(number * rows..<(number + 1) * rows).effective == rows)
        }
        try federation.serve(F.district, listen: listen)
        let start = Date()
        try await federation.wait("all rows are at the city", seconds: 120) { try federation.status(F.city).records == count * rows }
        print("\(count) streets of \(rows) rows back in \(Date().timeIntervalSince(start)) s; district \(try federation.residentMiB(F.district)) MiB")
        for tenant in tenants {
            let own = try await tenant.service.execute(DigestCommand(home: tenant.path))
            #expect(try own.records == rows && federation.digest(tenant.path, at: F.city).digest == own.digest)
        }
        #expect(try federation.status(F.district).links.filter { $0.role == "child" && $0.state == "connected" }.count == count)
        #expect(try federation.residentMiB(F.district).peak < 250)
        await withTaskGroup(of: Void.self) { group in for tenant in tenants { group.addTask { await tenant.close() } } }
    }
}

extension Federation {
    static var permitCodes: [String]? { Catalogue.standard.item(code: "permit")?.fields.map(\.code) }

    /// As ``until(_:seconds:_:)``, for questions that wait themselves.
    func wait(_ what: String, seconds: Double = 60, _ condition: () async throws -> Bool) async throws {
        let deadline = Date(timeIntervalSinceNow: seconds)
        while Date() < deadline {
            if try await condition() { return }
            await Task.yield()
        }
        throw Failed("timed out: \(what)")
    }
}
