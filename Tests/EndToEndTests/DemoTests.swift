import Stage
import Testing

/// The story that newcomers see, told by the program itself with few rows: seven processes, and a verdict.
@Suite(.serialized, .timeLimit(.minutes(3))) struct DemoTests {
    @Test("The demonstration ends with everything in agreement")
    func story() async throws {
        let troupe = try Troupe(name: "demo-test")
        let result: CommandResult
        do {
            result = try await troupe.run(Federation.binary.path, ["demo", "--once", "--rows", "100"])
        } catch {
            await troupe.end()
            throw error
        }
        await troupe.end()
        let text = String(decoding: result.output, as: UTF8.self)
        #expect(result.exit == 0, "\(result.errors)\n\(text.suffix(4000))")
        #expect(text.contains("everything agrees"))
        #expect(!text.contains("FAIL"))
    }
}
