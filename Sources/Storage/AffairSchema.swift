extension Schema {
    /// Tables of what units say beside records.
    static let affairs = """
        -- Proposals to lists, and what the issuer decided.
        CREATE TABLE list_proposal (
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            list_replica INTEGER NOT NULL,
            list_counter INTEGER NOT NULL,
            intent INTEGER NOT NULL CHECK (intent BETWEEN 1 AND 3),
            subject TEXT NOT NULL,
            name TEXT NOT NULL,
            document TEXT NOT NULL,
            reason TEXT NOT NULL,
            unit TEXT NOT NULL,
            captured_at INTEGER NOT NULL,
            outcome INTEGER,                       -- NULL = open
            reply TEXT,
            reply_replica INTEGER,
            reply_counter INTEGER,
            result_replica INTEGER,
            result_counter INTEGER,
            PRIMARY KEY (replica, counter)
        ) STRICT, WITHOUT ROWID;

        -- Codes of one organisation, as said; a saying withdrawn anywhere counts for nothing.
        CREATE TABLE subject_alias (
            old_code TEXT NOT NULL,
            new_code TEXT NOT NULL,
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            document TEXT NOT NULL,
            name TEXT NOT NULL,
            day INTEGER NOT NULL,
            withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
            PRIMARY KEY (old_code, new_code, replica, counter)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX subject_alias_new ON subject_alias (new_code);

        -- Measures considered on the ground of a list entry or a record.
        CREATE TABLE measure (
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            basis_replica INTEGER NOT NULL,
            basis_counter INTEGER NOT NULL,
            subject TEXT NOT NULL,
            name TEXT NOT NULL,
            receipt TEXT NOT NULL,
            purpose TEXT NOT NULL,
            measure TEXT NOT NULL,
            applied INTEGER NOT NULL CHECK (applied IN (0, 1)),
            reason TEXT NOT NULL,
            day INTEGER NOT NULL,
            effect TEXT NOT NULL,
            case_number TEXT NOT NULL,
            unit TEXT NOT NULL,
            closed_replica INTEGER,
            closed_counter INTEGER,
            closed_reason TEXT,
            feedback TEXT,
            closed_on INTEGER,
            PRIMARY KEY (replica, counter)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX measure_basis ON measure (basis_replica, basis_counter);

        -- What a tier below the root shows less widely than the catalogue edition says.
        CREATE TABLE disclosure (
            edition BLOB NOT NULL CHECK (length(edition) = 32),
            item INTEGER NOT NULL,
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            disclosure INTEGER NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (edition, item, replica, counter)
        ) STRICT, WITHOUT ROWID;

        """

    static let affairTables: [(name: String, order: String)] = [
        ("list_proposal", "replica, counter"),
        ("subject_alias", "old_code, new_code, replica, counter"),
        ("measure", "replica, counter"),
        ("disclosure", "edition, item, replica, counter"),
    ]
}
