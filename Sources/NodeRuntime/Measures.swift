import Metrics
import Node

/// What the shell counts of the facts the node returns, by the names operators see. Whoever bootstraps a
/// metrics backend in the process receives them; without one they cost nothing.
struct Measures: Sendable {
    /// Rows of imports, by what became of them.
    static func imported(effective: Int, drafts: Int, unchanged: Int, refused: Int) {
        for (fate, count) in [("effective", effective), ("draft", drafts), ("unchanged", unchanged), ("refused", refused)] where count > 0 {
            Counter(label: "creditnode_rows_imported_total", dimensions: [("fate", fate)]).increment(by: count)
        }
    }

    /// Change sets that links brought and that were stored, and those that were refused by name.
    static func admitted(sets: Int, refused rules: [String]) {
        if sets > 0 { Counter(label: "creditnode_change_sets_admitted_total").increment(by: sets) }
        for rule in rules { Counter(label: "creditnode_change_sets_refused_total", dimensions: [("rule", rule)]).increment() }
    }

    /// Bytes of change sets sent over links.
    static func sent(bytes: Int) { Counter(label: "creditnode_bytes_sent_total").increment(by: bytes) }

    /// Bytes of attachments' contents over links.
    static func contentSent(bytes: Int) { Counter(label: "creditnode_attachment_bytes_sent_total").increment(by: bytes) }
    static func contentReceived(bytes: Int) { Counter(label: "creditnode_attachment_bytes_received_total").increment(by: bytes) }

    private static let onTheList = lookups(.onTheList), notOnTheList = lookups(.notOnTheList), notCovered = lookups(.notCovered), tooStaleToSay = lookups(.tooStaleToSay)

    private static func lookups(_ verdict: LookupVerdict) -> Counter { Counter(label: "creditnode_lookups_total", dimensions: [("answer", verdict.rawValue)]) }

    /// Answers of a look-up, one a list.
    static func lookedUp(_ result: LookupResult) {
        for list in result.lists {
            switch list.verdict {
            case .onTheList: onTheList.increment()
            case .notOnTheList: notOnTheList.increment()
            case .notCovered: notCovered.increment()
            case .tooStaleToSay: tooStaleToSay.increment()
            }
        }
    }
}
