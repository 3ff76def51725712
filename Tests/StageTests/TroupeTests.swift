import Foundation
import Stage
import Testing

@Suite(.timeLimit(.minutes(5))) struct TroupeTests {
    @Test func commandsGiveOutputErrorsAndCode() async throws {
        let troupe = try Troupe(name: "stage-test")
        let result = try await troupe.run("/bin/sh", ["-c", "echo out; echo err >&2; exit 65"])
        #expect(result.exit == 65)
        #expect(String(decoding: result.output, as: UTF8.self) == "out\n")
        #expect(result.errors == "err\n")
        await troupe.end()
        #expect(!FileManager.default.fileExists(atPath: troupe.directory))
    }

    @Test func aCancelledCommandIsEnded() async throws {
        let troupe = try Troupe(name: "stage-test")
        let task = Task { try await troupe.run("/bin/sh", ["-c", "exec sleep 50"]) }
        let started = ContinuousClock.now
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(ContinuousClock.now - started < .seconds(20))
        await troupe.end()
    }

    @Test func endingKillsEvenTheDeaf() async throws {
        let troupe = try Troupe(name: "stage-test")
        let file = troupe.directory + "/number"
        let task = Task { try await troupe.run("/bin/sh", ["-c", "trap '' TERM; echo $$ > '\(file)'; while :; do sleep 0.2; done"]) }
        let number = try await wait(for: "start", within: .seconds(10)) {
            (try? String(contentsOfFile: file, encoding: .utf8)).map { (Int32($0.dropLast()), $0) } ?? (nil, "")
        } until: { $0 != nil }
        await troupe.end()
        _ = try? await task.value
        #expect(ProcessFigures(pid: try #require(number)) == nil)
    }

    @Test func aWaitNamesWhatItWaitedForAndSawLast() async throws {
        let failure = await #expect(throws: WaitTimedOut.self) {
            _ = try await wait(for: "rain", within: .milliseconds(50), pause: .milliseconds(5)) { (1, "sun") } until: { $0 == 2 }
        }
        #expect(failure?.description.contains("rain") ?? false)
        #expect(failure?.last == "sun")
    }

    @Test func ownFiguresAreFound() throws {
        let figures = try #require(ProcessFigures(pid: getpid()))
        #expect(figures.peakMiB > 1)
        #expect(figures.cpuSeconds > 0)
    }

    @Test func commandLinesCanBeCopied() {
        #expect(Troupe.line("/a/b", ["x y", "许可", "--n=1", "it's", ""]) == "/a/b 'x y' 许可 --n=1 'it'\\''s' ''")
    }
}
