import Foundation
import Stage
import Testing

/// The benchmarks in miniature: what is measured seldom must not rot. Speed is not judged here.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BenchSmokeTests {
    static var program: String { Federation.binary.deletingLastPathComponent().appending(path: "creditnode-bench").path }

    /// Names as the program itself lists them.
    static let scenarios: [String] = {
        let process = Process(), output = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["--list"]
        process.standardOutput = output
        guard (try? process.run()) != nil else { return [] }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(separator: "\n").map(String.init)
    }()

    struct Figure: Decodable {
        var scenario: String
        var value: Double
        var unit: String
        var reference: Double?
        var ratio: Double?
        var detail: [String: Double]?
        var note: String?
    }

    @Test("The scenarios that docs/performance.md speaks of are there")
    func names() { #expect(Set(Self.scenarios).isSuperset(of: ["chain", "reference", "list-million"])) }

    @Test("Each scenario runs and gives one JSON object a line, with the five keys", arguments: scenarios)
    func smoke(_ scenario: String) async throws {
        let troupe = try Troupe(name: "bench-smoke")
        let result: CommandResult
        do {
            result = try await troupe.run(Self.program, ["--only", scenario, "--smoke", "--json", "--keep-dir", troupe.directory + "/b"])
        } catch {
            await troupe.end()
            throw error
        }
        await troupe.end()
        try #require(result.exit == 0, "\(result.errors)")
        let lines = result.output.split(separator: UInt8(ascii: "\n"))
        #expect(!lines.isEmpty)
        for line in lines {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
            #expect(Set(object.keys).isSuperset(of: ["scenario", "value", "unit", "reference", "ratio"]))
            let figure = try JSONDecoder().decode(Figure.self, from: Data(line))
            #expect(figure.value.isFinite && figure.value >= 0 && !figure.unit.isEmpty && !figure.scenario.isEmpty)
            if let reference = figure.reference, let ratio = figure.ratio, reference > 0 {
                // Both are rounded to four digits.
                #expect(abs(ratio * reference - figure.value) <= 0.01 * figure.value, "\(figure)")
            }
        }
        // What follows "--only" is the beginning of the names of its figures.
        #expect(try lines.allSatisfy { try JSONDecoder().decode(Figure.self, from: Data($0)).scenario.hasPrefix(scenario.prefix(4)) })
    }
}
