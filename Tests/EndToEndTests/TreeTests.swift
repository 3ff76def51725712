import NodeRuntime
import Testing

/// What the city knows of a street two tiers below, over real processes and lines.
@Suite(.serialized) struct TreeTests {
    typealias F = Federation

    @Test("The city sees a street come, work and go; the street sees nobody but its own line")
    func threeTiers() throws {
        let federation = try F.standing(streets: [F.a, F.b])
        func street(_ path: String = F.a) throws -> StatusReport.TreeNode? {
            try federation.status(F.city).tree.children.first?.children.first { $0.path == path }
        }
        try federation.until("the city has heard both streets") { try [F.a, F.b].allSatisfy { try street($0)?.live == true && street($0)?.catalogue == 1 } }
        #expect(try federation.importPermits(0..<20, at: F.a).effective == 20)
        try federation.until("their records and that they are durable at the root") { try street()?.records == 20 && street()?.backlog == .init(relief: 0, ordinary: 0) }
        let root = try federation.status(F.a).tree
        let own = try #require(root.children.first?.children.first)
        #expect(root.above && root.children.count == 1 && root.children[0].children.count == 1 && own.own && own.path == F.a && own.children.isEmpty)
        #expect(own.line == "connected" && own.records == 20)
        federation.kill9(F.a)
        try federation.until("the city sees that its line is cut") { try street()?.line == "cut" }
        let gone = try street(), other = try street(F.b)
        #expect(gone?.live == false && gone?.records == 20 && gone?.silentMs != nil && other?.live == true)
        // A restart of the city keeps what it was told.
        #expect(federation.stop(F.city) == 0)
        try federation.serve(F.city)
        let kept = try street()
        #expect(kept?.records == 20)
    }
}
