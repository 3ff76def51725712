import Registry
import Replication
import Storage

extension Node {
    /// A proposal that is not answered yet says that an entry is wrong, or should go.
    static let removalProposedMark = "removal-proposed", objectedMark = "disputed"

    /// What whoever uses a hit must know (rules.md 3.7): marks of the decision it rests on, where that is held, and open proposals to take the
    /// entry off or that say it is wrong.
    /// - Parameter keys: of the subject that was asked about.
    static func marks(of hits: [ListEntryRow], _ keys: [String], _ held: HeldRecords, _ facts: LookupFacts) -> [Dot: [String]] {
        var found: [Dot: [String]] = [:]
        for hit in hits {
            var marks: [String] = []
            func add(_ names: [String]) { for name in names where !marks.contains(name) { marks.append(name) } }
            for one in held.marked where !one.isMasked && !hit.document.isEmpty && Normalisation.documentNumber(one.document) == Normalisation.documentNumber(hit.document) { add(one.marks) }
            for open in facts.objections where open.list == hit.list && open.document == hit.document && (open.subject == hit.subject || keys.contains(open.subject)) {
                switch open.intent {
                case .add: break
                case .remove: add([removalProposedMark])
                case .objection: add([objectedMark])
                }
            }
            if !marks.isEmpty { found[hit.id] = marks }
        }
        return found
    }
}
