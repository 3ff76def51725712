import Foundation
import NIOCore
import Registry
import Synchronization
import Testing

@testable import NodeRuntime

/// The way of a file's bytes into an import.
@Suite struct ImportInputTests {
    private func buffer(_ text: String) -> ByteBuffer { ByteBuffer(string: text) }
    private struct Broken: Error {}

    @Test func theReaderGetsEnoughOrTheEnd() async throws {
        let input = ImportInput(limit: 100)
        await input.put(buffer("abc"))
        await input.put(buffer("def"))
        let first = try await input.take(least: 4)
        #expect(first.bytes == Array("abcdef".utf8) && !first.isEnd && !first.isPause)
        await input.put(buffer("g"))
        input.end(nil)
        let last = try await input.take(least: 4)
        #expect(last.bytes == Array("g".utf8) && last.isEnd)
    }

    @Test func whatCameBeforeAFaultIsReadFirst() async throws {
        let input = ImportInput(limit: 100)
        await input.put(buffer("abc"))
        input.end(Broken())
        let first = try await input.take(least: 50)
        #expect(first.bytes == Array("abc".utf8) && !first.isEnd)
        await #expect(throws: Broken.self) { try await input.take(least: 50) }
    }

    @Test func aPauseIsToldOnceAndHandsOverWhatThereIs() async throws {
        let input = ImportInput(limit: 100)
        await input.put(buffer("abc"))
        input.tick()
        // Whoever waits when a tick comes that nothing preceded; ticks may come before the reader waits.
        async let taken = input.take(least: 50)
        async let ticks: Void = { for _ in 0..<10_000 { input.tick(); await Task.yield() } }()
        let pause = try await taken
        #expect(pause.bytes == Array("abc".utf8) && pause.isPause && !pause.isEnd)
        await ticks
        async let next = input.take(least: 50)
        input.tick()
        input.tick()
        await input.put(buffer("de"))
        input.end(nil)
        let end = try await next
        #expect(end.bytes == Array("de".utf8) && end.isEnd && !end.isPause, "the same pause is not told twice")
    }

    @Test func aSenderWhoIsAheadWaitsAndIsReleased() async throws {
        let input = ImportInput(limit: 4), sent = Mutex(0)
        async let sending: Void = {
            for _ in 0..<50 {
                await input.put(buffer("abc"))
                sent.withLock { $0 += 1 }
            }
            input.end(nil)
        }()
        var got = 0
        while true {
            let piece = try await input.take(least: 1)
            got += piece.bytes.count
            #expect(piece.bytes.count <= 6, "at most the limit and one buffer lie there")
            if piece.isEnd { break }
        }
        await sending
        #expect(got == 150 && sent.withLock { $0 } == 50)
        let closed = ImportInput(limit: 4)
        async let released: Void = { for _ in 0..<20 { await closed.put(buffer("abcdef")) } }()
        closed.close()
        await released
    }
}

/// Imports through a whole node without links.
@Suite struct ImportFlowTests {
    private let unit = "11000000TEXT00017D"

    private func withNode(_ body: (NodeService) async throws -> Void) async throws {
        let home = "/tmp/cn-import-\(UInt32.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: home) }
        _ = try await NodeHome.initialise(home: home, path: "wuhan", suite: "ed25519-sha256")
        let service = try await NodeService.open(home: home)
        do { try await body(service) } catch {
            await service.close()
            throw error
        }
        await service.close()
    }

    private var header: String { (Catalogue.standard.item(code: "permit")?.fields.map(\.code) ?? []).joined(separator: ",") + "\n" }

    private func row(_ index: Int, _ note: String = "") -> String {
        "测试企业\(index),法人及非法人组织,91000000TEXT000250,,,,,,测试人,,,,,准予行政许可决定书,（2025）测许字第\(index)号,普通,食品经营许可证,XK\(index),准予从事食品经营活动，编号\(index)。\(note),2025/03/01,2025/03/01,2028/02/29,测试机关,\(unit),1,测试单位,\(unit),\n"
    }

    private var options: ImportOptions { ImportOptions(item: "permit", fileName: "x.csv", actor: ActorOptions(unit: unit, operator: "甲", reviewer: "乙")) }

    private func stream(_ text: String, cut: Int) -> AsyncStream<ByteBuffer> {
        let bytes = Array(text.utf8)
        return AsyncStream { continuation in
            for at in stride(from: 0, to: bytes.count, by: cut) { continuation.yield(ByteBuffer(bytes: bytes[at..<min(at + cut, bytes.count)])) }
            continuation.finish()
        }
    }

    @Test("Transactions grow, and what progress tells is durable")
    func manyRows() async throws {
        try await withNode { service in
            let count = 7_300, text = header + (0..<count).map { row($0) }.joined()
            let told = Mutex<[Int]>([])
            let report = try await service.importFile(options, body: stream(text, cut: 50_000)) { event in
                guard case .progress(let progress) = event else { return }
                let held = (try? await service.execute(StatusCommand()).records) ?? 0
                #expect(held >= progress.effective)
                told.withLock { $0.append(progress.effective) }
            }
            #expect(report.effective == count && report.refused == 0 && report.rows == count)
            let steps = told.withLock { $0 }
            #expect(steps.last == count && zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 } && steps.count < 20, "\(steps)")
            // Once more, with one row that contradicts: nothing is recorded twice.
            let again = header + (0..<count).map { row($0, $0 == 4321 ? "改" : "") }.joined()
            var options = options
            options.wantsRows = true
            let refused = Mutex<[ImportRow]>([])
            let second = try await service.importFile(options, body: stream(again, cut: 200_000)) { event in
                if case .refused(let rows) = event { refused.withLock { $0 += rows } }
            }
            #expect(second.unchanged == count - 1 && second.refused == 1 && second.effective == 0)
            #expect(second.problems.map(\.row) == [4322] && second.problems.map(\.value) == ["〔2025〕测许字第4321号"])
            #expect(refused.withLock { $0.map(\.row) } == [4322])
        }
    }

    @Test("Rows of a sender who pauses are stored without waiting for more")
    func aPause() async throws {
        try await withNode { service in
            let (body, sender) = AsyncStream<ByteBuffer>.makeStream()
            // Beyond the window in which a reader settles the file's form.
            sender.yield(ByteBuffer(string: header + (0..<400).map { row($0) }.joined()))
            async let report = service.importFile(options, body: body) { event in
                // Told only of what is stored: the sender goes on when it hears of the rows before.
                guard case .progress(let progress) = event, progress.effective == 400 else { return }
                sender.yield(ByteBuffer(string: row(400)))
                sender.finish()
            }
            let effective = try await report.effective
            #expect(effective == 401)
        }
    }

    @Test("A file that breaks off keeps what was stored and says why")
    func brokenOff() async throws {
        struct Broken: Error {}
        try await withNode { service in
            let (body, sender) = AsyncThrowingStream<ByteBuffer, any Error>.makeStream()
            sender.yield(ByteBuffer(string: header + (0..<2500).map { row($0) }.joined()))
            sender.finish(throwing: Broken())
            await #expect(throws: ControlFault.self) { _ = try await service.importFile(options, body: body) { _ in } }
            let held = try await service.execute(StatusCommand()).records
            #expect([0, 1000, 2000, 2500].contains(held), "whole batches only: \(held)")
        }
    }

    @Test("One row, a bad item, a spreadsheet and an empty file")
    func small() async throws {
        try await withNode { service in
            let one = try await service.importFile(options, body: stream(header + row(1), cut: 1000)) { _ in }
            let again = try await service.importFile(options, body: stream(header + row(1), cut: 3)) { _ in }
            #expect(one.effective == 1 && again.unchanged == 1)
            var other = options
            other.item = "nothing"
            let fault = await #expect(throws: ControlFault.self) { _ = try await service.importFile(other, body: stream(header, cut: 100)) { _ in } }
            #expect(fault?.code == "item" && fault?.exit == .badInput)
            let zip = await #expect(throws: ControlFault.self) { _ = try await service.importFile(options, body: stream("PK\u{3}\u{4}aaaaaaaa", cut: 3)) { _ in } }
            #expect(zip?.code == "spreadsheet")
            let empty = try await service.importFile(options, body: stream("", cut: 1)) { _ in }
            #expect(empty.effective == 0)
            var check = options
            check.checkOnly = true
            let checked = try await service.importFile(check, body: stream(header + row(1) + row(2), cut: 100)) { _ in }
            let held = try await service.execute(StatusCommand()).records
            #expect(checked.unchanged == 1 && checked.effective == 1 && held == 1)
        }
    }
}
