extension StatusReport {
    /// One node of the federation as this node knows it, with those below it.
    package struct TreeNode: Codable, Sendable {
        /// Something that somebody should look at, with a stable name.
        package struct Note: Codable, Sendable, Hashable {
            /// relief-waits, behind, quarantined, waiting, catalogue-behind, list-stale, list-behind, clock-ahead, old-news.
            package var code: String
            package var zh: String
            package var en: String
            package init(_ code: String, zh: String, en: String) { (self.code, self.zh, self.en) = (code, zh, en) }
        }

        /// A list as this node holds it.
        package struct HeldList: Codable, Sendable, Hashable {
            package var code: String
            package var title: String
            /// 0 = none published there.
            package var edition: UInt64
            /// An edition newer than this one is known here.
            package var behind: Bool
            /// Milliseconds since its issuer last vouched for it; nil = never heard.
            package var ageMs: Int?
            /// fresh, stale, unpublished, missing.
            package var freshness: String
        }

        package var path: String
        package var name: String
        package var tier: Int
        /// The node that reports.
        package var own = false
        /// It stands above the reporting node, which is told little of it.
        package var above = false
        /// Of its line to its parent: connected, synchronising, waiting, cut, refused, never, suspended; `root`; `unknown`.
        package var line = "unknown"
        /// True while line and numbers are as of now: every line between here and there is up.
        package var live = false
        /// Milliseconds since the node spoke of itself; nil = it never did. Small even when live: it speaks when something changes.
        package var ageMs: Int?
        package var asOf: String?
        package var lastContact: String?
        /// Milliseconds since its parent last heard of it; 0 while connected; nil = never or unknown.
        package var silentMs: Int?
        package var records: Int?
        /// Changes of its subtree that are not known to be durable at the root.
        package var backlog: Backlog?
        /// Age of the oldest of them, milliseconds.
        package var lagMs = 0
        /// Changes its parent holds for it.
        package var toCome: Backlog?
        package var waiting: Int?
        package var quarantined: Int?
        package var catalogue: UInt64?
        package var catalogueBehind = false
        package var lists: [HeldList] = []
        package var software: String?
        package var suite: String?
        package var notes: [Note] = []
        package var children: [TreeNode] = []
        /// Children it has and did not name.
        package var more = 0

        package init(path: String, name: String, tier: Int) { (self.path, self.name, self.tier) = (path, name, tier) }
    }
}
