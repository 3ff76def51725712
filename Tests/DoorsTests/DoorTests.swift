import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing
import Transport

@testable import API
@testable import NodeRuntime
@testable import creditnode

/// The routes over a real Unix socket, with a node made of closures behind them.
struct DoorTests {
    private func serving(_ handler: @escaping RequestHandler, _ body: (HTTPConnection) async throws -> Void) async throws {
        let path = "/tmp/doors-\(UInt32.random(in: 0 ... .max)).sock"
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await HTTPServer.start(on: .unix(path: path), tls: nil, group: group, handler: handler)
        let connection = try await HTTPConnection.connect(to: .unix(path: path), tls: nil, group: group)
        do { try await body(connection) } catch {
            await server.shutdown(gracePeriod: .zero)
            throw error
        }
        await connection.close()
        await server.shutdown(gracePeriod: .seconds(1))
    }

    private var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    private func control(
        execute: @escaping @Sendable (String, [UInt8]) async throws -> [UInt8] = { name, json in Array(#"{"name":"\#(name)","bytes":\#(json.count)}"#.utf8) },
        importFile: @escaping @Sendable (ImportOptions, RequestBody, @escaping @Sendable (ImportEvent) async -> Void) async throws -> ImportReport = { _, _, _ in throw CancellationError() }
    ) -> RequestHandler {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return controlHandler(operations: ControlOperations(execute: execute, importFile: importFile, export: { _ in throw CancellationError() }), logger: logger)
    }

    @Test func commandsPassThrough() async throws {
        try await serving(control()) { connection in
            let answer = try await connection.request(method: "POST", path: "/v1/control/digest", body: Array("{\"home\":\"wuhan\"}".utf8))
            #expect(answer.status == 200 && String(buffer: answer.body) == #"{"name":"digest","bytes":16}"#)
            let status = try await connection.request(method: "GET", path: "/v1/status")
            #expect(String(buffer: status.body) == #"{"name":"status","bytes":2}"#)
            let health = try await connection.request(method: "GET", path: "/v1/health")
            #expect(health.status == 200 && String(buffer: health.body) == #"{"health":"ok"}"#)
            let head = try await connection.request(method: "HEAD", path: "/v1/health")
            #expect(head.status == 200 && head.body.readableBytes == 0)
        }
    }

    @Test func faultsTravelAsJSON() async throws {
        struct Odd: Error {}
        let fault = ControlFault("no", zh: "不行", en: "no", hint: "h", exit: .refused)
        try await serving(control(execute: { name, _ in if name == "odd" { throw Odd() } else { throw fault } })) { connection in
            let refused = try await connection.request(method: "POST", path: "/v1/control/x", body: [])
            #expect(refused.status == 403)
            #expect(try ControlWire.decode(ControlFault.self, from: refused.body.readableBytesView) == fault)
            let odd = try await connection.request(method: "POST", path: "/v1/control/odd", body: [])
            #expect(odd.status == 500 && !String(buffer: odd.body).contains("Odd"))
            let missing = try await connection.request(method: "GET", path: "/v1/nothing")
            #expect(missing.status == 404)
            #expect(try ControlWire.decode(ControlFault.self, from: missing.body.readableBytesView).code == "no-such-route")
            let large = try await connection.request(method: "POST", path: "/v1/control/x", body: [UInt8](repeating: 32, count: 1_048_577))
            #expect(large.status == 413)
            let bare = try await connection.request(method: "POST", path: "/v1/import", body: [])
            #expect(bare.status == 400)
        }
    }

    @Test func importStreams() async throws {
        let options = ImportOptions(item: "permit", fileName: "许可.csv", actor: ActorOptions(unit: "U", operator: "张三", reviewer: nil))
        let handler = control(importFile: { given, body, progress in
            var bytes = 0
            for try await chunk in body {
                bytes += chunk.readableBytes
                await progress(.progress(ImportProgress(rows: bytes, bytes: bytes, effective: 0, drafts: 0, unchanged: 0, refused: 0)))
            }
            return ImportReport(
                fileName: given.fileName, item: given.item, rows: bytes, effective: 0, drafts: 0, unchanged: 0, refused: 0, warnings: 0, problems: [], problemsOmitted: 0, milliseconds: 0)
        })
        try await serving(handler) { connection in
            let stream = try await connection.openStream(method: "POST", path: "/v1/import", headers: [(ControlWire.optionsHeader, try ControlWire.encodeOptions(options))])
            for _ in 0..<64 { try await stream.write(ByteBuffer(repeating: 65, count: 100_000)) }
            try await stream.finish()
            let text = String(buffer: try await stream.inbound.collect(upTo: 1 << 20))
            let events = try text.split(separator: "\n").map { try ControlWire.decode(ImportEvent.self, from: $0.utf8) }
            guard case .finished(let report)? = events.last else { Issue.record("no report: \(text)"); return }
            #expect(report.rows == 6_400_000 && report.fileName == "许可.csv" && events.count >= 2)
        }
    }

    @Test func importFailsInItsLastLine() async throws {
        let fault = ControlFault("bad-item", zh: "无此事项", en: "no such item", hint: "", exit: .badInput)
        let options = ImportOptions(item: "x", fileName: "f", actor: ActorOptions(unit: "U", operator: "O", reviewer: nil))
        try await serving(control(importFile: { _, _, _ in throw fault })) { connection in
            let answer = try await connection.request(
                method: "POST", path: "/v1/import", headers: [(ControlWire.optionsHeader, try ControlWire.encodeOptions(options))], body: [UInt8](repeating: 65, count: 3_000_000))
            guard case .failed(let said) = try ControlWire.decode(ImportEvent.self, from: answer.body.readableBytesView) else { Issue.record("not failed"); return }
            #expect(answer.status == 200 && said == fault)
        }
    }

    @Test func pageIsServedUnderAStrictPolicy() async throws {
        let asked = Mutex(0)
        let handler = consoleHandler(interval: .milliseconds(20), logger: Logger(label: "test")) {
            asked.withLock { $0 += 1 }
            return Samples.status()
        }
        try await serving(handler) { connection in
            for (path, type) in [("/", "text/html"), ("/?lang=en", "text/html"), ("/style.css", "text/css"), ("/app.js", "text/javascript"), ("/status.json", "application/json")] {
                let answer = try await connection.request(method: "GET", path: path)
                #expect(answer.status == 200 && answer.headers.contains { $0.name == "content-type" && $0.value.hasPrefix(type) }, "\(path)")
                #expect(answer.headers.contains { $0.name == "content-security-policy" && $0.value.hasPrefix("default-src 'none'") && !$0.value.contains("unsafe") })
            }
            // How seldom the replica is asked depends on the hour; RecentStatusTests fix it.
            #expect((1...3).contains(asked.withLock { $0 }))
            #expect(try await connection.request(method: "POST", path: "/", body: []).status == 405)
            #expect(try await connection.request(method: "GET", path: "/etc").status == 404)
            let events = try await connection.openStream(method: "GET", path: "/events?lang=en")
            try await events.finish()
            var text = ""
            for try await chunk in events.inbound {
                text += String(buffer: chunk)
                if text.components(separatedBy: "event: as-of").count > 2 { break }
            }
            events.reset()
            #expect(text.hasPrefix("event: status\ndata: ") && text.contains("this node"))
            #expect(text.components(separatedBy: "event: status").count == 2, "an unchanged page is not sent again")
            #expect(text.contains("event: as-of\ndata: 2026-11-21 18:04:05\n\n"))
        }
    }

    @Test("A change of the tree reaches the open page, and a fault says that it is not live")
    func pageFollows() async throws {
        struct Down: Error {}
        let asked = Mutex(0)
        let handler = consoleHandler(interval: .milliseconds(5), lifetime: .zero, logger: quiet) {
            let round = asked.withLock { count in
                count += 1
                return count
            }
            if round == 5 { throw Down() }
            var report = Samples.status(path: "wuhan", children: 0, calm: true)
            report.tree = SampleTree.small(calm: round < 3)
            return report
        }
        try await serving(handler) { connection in
            let events = try await connection.openStream(method: "GET", path: "/events?lang=en")
            try await events.finish()
            var text = ""
            for try await chunk in events.inbound {
                text += String(buffer: chunk)
                if text.components(separatedBy: "event: status").count > 3, text.hasSuffix("\n\n") { break }
            }
            events.reset()
            let pages = text.components(separatedBy: "event: status")
            #expect(pages[1].contains("All 7 nodes are well") && pages[2].contains("1 of 7 need attention: wuchang/zhonghualu (cut)"))
            #expect(pages[2].contains("event: fault") && !pages[2].hasSuffix("event: as-of"), "said between two states")
            #expect(pages[3].contains("1 of 7 need attention"), "after a fault the page is sent again")
        }
    }

    @Test func pageSaysWhenTheNodeCannot() async throws {
        let handler = consoleHandler(logger: Logger(label: "test")) { throw ControlFault("x", zh: "打不开", en: "shut", hint: "", exit: .system) }
        try await serving(handler) { connection in
            let answer = try await connection.request(method: "GET", path: "/")
            #expect(answer.status == 503 && String(buffer: answer.body).contains("打不开"))
        }
    }

    @Test func clientSendsFilesAndHearsRefusals() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("doors-\(UInt32.random(in: 0 ... .max)).csv")
        try Data(repeating: 65, count: 5_000_000).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let fault = ControlFault("bad-item", zh: "无此事项", en: "no such item", hint: "", exit: .badInput)
        let handler = control(execute: { _, _ in throw fault }, importFile: { options, body, progress in
            if options.item == "x" { throw fault }
            var bytes = 0
            for try await chunk in body { bytes += chunk.readableBytes }
            await progress(.progress(ImportProgress(rows: 1, bytes: bytes, effective: 0, drafts: 0, unchanged: 0, refused: 0)))
            return ImportReport(
                fileName: options.fileName, item: options.item, rows: bytes, effective: 0, drafts: 0, unchanged: 0, refused: 0, warnings: 0, problems: [], problemsOmitted: 0, milliseconds: 0)
        })
        try await serving(handler) { connection in
            let client = ControlClient(route: .socket(connection)), chunks = try FileChunks(path: file.path)
            func options(_ item: String) -> ImportOptions { ImportOptions(item: item, fileName: "f", actor: ActorOptions(unit: "U", operator: "O", reviewer: nil)) }
            let report = try await client.importFile(options("permit"), file: chunks) { _ in }
            #expect(report.rows == 5_000_000 && chunks.bytes == 5_000_000)
            await #expect(throws: fault) { _ = try await client.importFile(options("x"), file: chunks) { _ in } }
            await #expect(throws: fault) { _ = try await client.execute(VerifyCommand()) }
            try FileManager.default.removeItem(at: file)
            let error = await #expect(throws: ControlFault.self) { _ = try await client.importFile(options("permit"), file: chunks) { _ in } }
            #expect(error?.code == "read-failed")
        }
        #expect(throws: ControlFault.self) { try FileChunks(path: file.path) }
    }
}
