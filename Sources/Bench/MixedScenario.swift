import Node
import Registry
import Replication
import Simulation

extension Scenario {
    /// What a district pays for a backlog of corrections, objections, replies and repairs beside new records.
    static let mixed = Scenario(name: "mixed", what: "a parent takes in mixed changes, beside as many plain new records") { run in
        let count = run.options.rows()
        let plain = try MixedTown(), mixed = try MixedTown()
        try plain.enter(count)
        // Three acts for seven records, as the year of an office goes, only more of them.
        let records = try mixed.enter(count * 7 / 10)
        let acts = try mixed.act(on: records, count - records.count)
        run.note("\(records.count) records and \(acts) acts of five kinds …")
        let reference = try plain.ingest(count), rate = try mixed.ingest(records.count + acts)
        run.report.add(
            Measure(
                "mixed-ingest", rate, "changes/s", reference: reference, detail: ["records": Double(records.count), "acts": Double(acts)],
                note: "mixed-ingest: street to district by the real conversation, one thread for both, disks in memory; the reference is as many plain records"))
    }
}

private struct MixedTown {
    private static let street = "bench/low"
    private let world: World

    init() throws {
        world = try World(seed: 1, cast: Cast(World.paths(["bench", Self.street]), now: World.usualStart))
        try world.settle()
        world.links(up: false)
    }

    private var node: Node { world.node(Self.street) }

    /// Records penalties at the street, a thousand at a time.
    @discardableResult
    func enter(_ count: Int) throws -> [Dot] {
        let (edition, catalogue) = try node.currentCatalogue()
        guard let item = catalogue.item(code: "penalty") else { throw BenchFailure(what: "no penalties in the catalogue") }
        let validator = RecordValidator(item: item, columns: item.fields.map { .field($0.number) }, today: node.environment.today, unit: CreditCode(World.clerk.unit))
        for start in stride(from: 0, to: count, by: 1_000) {
            let rows = try (start..<min(count, start + 1_000)).map { number in
                let cells = World.paper(item, number: "测罚〔2026〕\(number)号")
                guard let row = validator.validate(row: 1, cells: item.fields.map { cells[$0.code] ?? "" }).record else { throw BenchFailure(what: "a row does not pass") }
                return row
            }
            _ = try node.record(rows, item: item, edition: edition, actor: World.clerk)
        }
        var found: [Dot] = []
        try node.store.read { tx in try tx.eachRecord(home: node.path) { found.append($0.id) } }
        guard found.count == count else { throw BenchFailure(what: "\(found.count) records instead of \(count)") }
        return found
    }

    /// Acts on every record in turn: corrections, objections, replies, repairs, suspensions.
    func act(on records: [Dot], _ count: Int) throws -> Int {
        let (_, catalogue) = try node.currentCatalogue()
        guard let amount = catalogue.item(code: "penalty")?.fields.first(where: { $0.type == .amount })?.number else { throw BenchFailure(what: "penalties have no amount") }
        let basis = Basis(rank: .decidingUnit, reason: "核对"), today = node.environment.today, target = ReliefTarget(naturalKey: .zero, authority: "")
        let share = count / 5
        func all(_ rows: ArraySlice<Dot>, _ make: (Int, Dot) -> RecordAct) throws -> [Dot] {
            var dots: [Dot] = []
            for start in stride(from: rows.startIndex, to: rows.endIndex, by: 1_000) {
                let part = start..<min(rows.endIndex, start + 1_000)
                dots += try node.actAll(part.map { (records[$0], make($0, records[$0])) }, actor: World.clerk)
            }
            return dots
        }
        var done = try all(records[..<share]) { index, _ in
            .correction(Correction(fields: [RecordField(number: amount, value: .amount(Amount(micros: Int64(index) + 1) ?? .zero))], basis: basis))
        }.count
        let objections = try all(records[share..<2 * share]) { index, _ in
            .objection(Objection(ground: .inaccurate, fields: [amount], receipt: "R-\(index)", acceptedOn: today, statement: "金额有误", target: target))
        }
        done += objections.count
        done += try all(records[share..<2 * share]) { index, _ in
            .reply(ObjectionReply(objection: objections[index - share], outcome: .rejected, basis: basis, repliedOn: today))
        }.count
        done += try all(records[2 * share..<3 * share]) { _, _ in .repair(RepairAct(step: .approved, on: today, basis: basis, target: target)) }.count
        done += try all(records[3 * share..<4 * share]) { _, _ in .publication(PublicationMark(step: .suspended, reason: "核查", on: today, target: target)) }.count
        return done
    }

    /// Changes a second from the line's return until the parent holds them all.
    func ingest(_ count: Int) throws -> Double {
        let took = try ContinuousClock().measure {
            world.links(up: true)
            try world.settle()
        }
        let parent = world.node("bench")
        let held = try parent.store.read { tx in try tx.tips().filter { $0.ledger.replica == node.replica && $0.ledger.audience != .local }.map(\.tip.sequence).reduce(0, +) }
        guard held > 0 else { throw BenchFailure(what: "nothing came") }
        return Double(count) / took.inSeconds
    }
}
