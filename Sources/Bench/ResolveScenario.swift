import Registry
import Replication

extension Scenario {
    /// The one function that decides what is shown, alone, on one thread.
    static let resolving = Scenario(name: "resolve", what: "what is shown of a record, from its changes: a typical one, and one with a thousand") { run in
        let rounds = run.options.pick(full: 200_000, quick: 20_000, smoke: 50)
        let bench = ResolveBench()
        let plain = bench.time(bench.plain, rounds)
        run.report.add(
            Measure(
                "resolve-typical", bench.time(bench.typical, rounds), "µs", reference: plain, detail: ["µs with its changes wrapped anew": bench.timeWrapped(bench.typical, rounds)],
                note: "resolve-typical: one creation, one correction, one objection, one decision, with profile, calendar and item; the reference is a record nobody ever touched"))
        let sizes = [100, 1_000, 10_000], times = sizes.map { bench.time(bench.crowded($0), max(1, rounds / ($0 * 4))) / Double($0) }
        run.report.add(
            Measure(
                "resolve-thousand", times[1] * 1_000, "µs", reference: times[0] * 1_000,
                detail: ["µs per change of 100": times[0], "µs per change of 1,000": times[1], "µs per change of 10,000": times[2]],
                note: "resolve-thousand: 1,000 changes of one record by three authors, each of whom had seen what came before; the reference is ten records of 100"))
    }
}

private struct ResolveBench {
    private static let unit = "11000000TEXT00017D"
    private let circumstances: ViewCircumstances
    private let home: NodePath, city: NodePath, street: ReplicaID, district: ReplicaID, above: ReplicaID
    private let audience: Audience

    init() {
        func path(_ text: String) -> NodePath {
            guard let path = NodePath(text) else { preconditionFailure("a valid path") }
            return path
        }
        (home, city) = (path("bench/middle/low"), path("bench"))
        street = ReplicaID(path: home, incarnation: Incarnation(high: 1, low: 1))
        district = ReplicaID(path: path("bench/middle"), incarnation: Incarnation(high: 1, low: 2))
        above = ReplicaID(path: city, incarnation: Incarnation(high: 1, low: 3))
        audience = .lineage(of: home, upTo: 1)
        guard let item = Catalogue.standard.item(code: "penalty") else { preconditionFailure("penalties are in the standard catalogue") }
        let inForce = ItemInForce(item)
        circumstances = {
            var made = ViewCircumstances(asOf: CivilDate(year: 2026, month: 6, day: 1) ?? .latest, item: inForce.item, checker: inForce.checker)
            made.profile = LegalProfile.standard("hubei")
            made.calendar = WorkCalendar.standard
            return made
        }()
    }

    private func change(_ replica: ReplicaID, _ counter: UInt64, _ record: Dot?, saw: [Dot], _ kind: ChangeKind) -> HeldChange {
        let entries = Dictionary(grouping: saw, by: \.replica).sorted { $0.key < $1.key }.map { replica, dots in
            Context.Entry(replica: replica, through: dots.map(\.counter).max() ?? 0)
        }
        let change = Change(
            record: record, context: Context(entries) ?? .empty, actor: Actor(unit: Self.unit, operator: "甲", reviewer: "乙"), capturedAt: 1, kind: kind)
        return HeldChange(dot: Dot(replica: replica, counter: counter), change: change, audience: audience)
    }

    private var creation: HeldChange {
        guard let item = circumstances.item else { preconditionFailure("set in init") }
        var fields: [RecordField] = []
        for rule in item.fields {
            switch rule.type {
            case .text: fields.append(RecordField(number: rule.number, value: .text(rule.number == item.roles.authorityCode ? Self.unit : "〔2026〕第\(rule.number)号")))
            case .date: fields.append(RecordField(number: rule.number, value: .date(CivilDate(year: 2026, month: 3, day: 1) ?? .earliest)))
            case .amount: fields.append(RecordField(number: rule.number, value: .amount(Amount(micros: 200_000) ?? .zero)))
            }
        }
        return change(street, 1, nil, saw: [], .recordState(RecordState(item: item.number, home: nil, validity: .effective, subject: .unregistered("某商行"), fields: fields)))
    }

    private func correction(_ number: Int64, by replica: ReplicaID, _ counter: UInt64, saw: [Dot]) -> HeldChange {
        let field = circumstances.item?.fields.first { $0.type == .amount }?.number ?? 1
        return change(
            replica, counter, creation.dot, saw: saw,
            .act(.correction(Correction(fields: [RecordField(number: field, value: .amount(Amount(micros: number) ?? .zero))], basis: Basis(rank: .decidingUnit, reason: "笔误")))))
    }

    var plain: [HeldChange] { [creation] }

    var typical: [HeldChange] {
        let first = creation, corrected = correction(20_000, by: street, 2, saw: [first.dot])
        let target = ReliefTarget(naturalKey: .zero, authority: Self.unit), day = CivilDate(year: 2026, month: 5, day: 20) ?? .earliest
        let objection = change(
            above, 1, first.dot, saw: [first.dot],
            .act(.objection(Objection(ground: .inaccurate, fields: [4], receipt: "R-1", acceptedOn: day, statement: "有误", target: target))))
        let reply = change(
            street, 3, first.dot, saw: [corrected.dot, objection.dot],
            .act(.reply(ObjectionReply(objection: objection.dot, outcome: .rejected, basis: Basis(rank: .decidingUnit, reason: "查无不符"), repliedOn: day))))
        return [first, corrected, objection, reply]
    }

    /// Corrections in turn by three authors, each after all before.
    func crowded(_ count: Int) -> [HeldChange] {
        var changes = [creation], last: [ReplicaID: Dot] = [street: changes[0].dot]
        let authors = [street, district, above]
        for index in 1..<count {
            let author = authors[index % 3], counter = UInt64(index) + 1
            changes.append(correction(Int64(index), by: author, counter, saw: last.values.sorted()))
            last[author] = Dot(replica: author, counter: counter)
        }
        return changes
    }

    /// The same with every change made ready for `resolve` within the measured time, as a node does that has just read it.
    func timeWrapped(_ changes: [HeldChange], _ rounds: Int) -> Double {
        var best = Double.infinity
        for _ in 0..<5 {
            let took = ContinuousClock().measure {
                for _ in 0..<max(1, rounds / 5) {
                    let held = changes.map { HeldChange(dot: $0.dot, change: $0.change, audience: $0.audience) }
                    if resolve(held, in: circumstances).count != 1 { preconditionFailure("one decision, one view") }
                }
            }
            best = min(best, took.inSeconds * 1e6 / Double(max(1, rounds / 5)))
        }
        return best
    }

    /// Microseconds a call, the best of five.
    func time(_ changes: [HeldChange], _ rounds: Int) -> Double {
        var best = Double.infinity
        for _ in 0..<5 {
            let took = ContinuousClock().measure {
                for _ in 0..<max(1, rounds / 5) where resolve(changes, in: circumstances).count != 1 { preconditionFailure("one decision, one view") }
            }
            best = min(best, took.inSeconds * 1e6 / Double(max(1, rounds / 5)))
        }
        return best
    }
}
