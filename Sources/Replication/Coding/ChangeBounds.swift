import Registry

/// How many entries the lists of a change may have: counted on the bytes before anything is decoded, for two bytes on the
/// wire can become hundreds in memory. Lists of numbers and words are not here: they grow eightfold at most. The decoders know the same bounds and say more when one is broken.
enum ChangeBounds {
    /// Field numbers from the change down, with what a list holds at most; lists within entries of a list count together.
    private static let lists: [(path: [UInt64], bound: Int)] = [
        ([4], Context.maximumEntries),
        ([7], 16),
        // A record's fields; attachments.
        ([16, 5], 256),
        ([17, 1], AttachmentsAdded.maximumFiles),
        // The decision's other records, and their revocations.
        ([43, 2], Kinship.maximumOthers),
        ([43, 4], Kinship.maximumRevocations),
        ([44, 1], Noted.maximumChanges),
        // Catalogue: items, and of all of them fields, roles and bases. A proposal has one item.
        ([48, 3], 1000),
        ([48, 3, 9], 1000 * CatalogueItem.maximumFields),
        ([48, 3, 10], 64_000),
        ([48, 3, 12], 64_000),
        // What was withdrawn, and the cut-overs.
        ([48, 5], 1000),
        ([48, 5, 4], 100_000),
        ([49, 1, 9], CatalogueItem.maximumFields),
        ([49, 1, 10], 64),
        ([49, 1, 12], 64),
        // Unit registry: divisions, units, successions, what was cut over, mirrors.
        ([50, 3], 1000),
        ([50, 4], 50_000),
        ([50, 5], 50_000),
        ([50, 5, 6], 100_000),
        ([50, 6], 1000),
        // Legal profile: sources, terms, schemes. Calendar: days.
        ([51, 6], 100),
        ([51, 7], 100),
        ([51, 16], 100),
        ([52, 6], 20_000),
        // Replicas an erasure speaks of; wishes that one withdraws.
        ([54, 2], ErasureOrder.maximumDots),
        ([55, 4], OptOutWish.maximumWithdrawn),
    ]

    /// - Throws: ``CodingFault`` for a crowd, and for bytes that no decoder reads.
    static func check(_ bytes: [UInt8]) throws(CodingFault) {
        // What is small cannot become large.
        guard bytes.count > 4096 else { return }
        for (path, bound) in lists {
            guard let count = WireScan.count(path: path[...], in: bytes[...]) else { throw CodingFault("not a change: fields of an unknown wire type") }
            guard count <= bound else { throw CodingFault("\(count) entries in a list of a change; at most \(bound)") }
        }
    }
}
