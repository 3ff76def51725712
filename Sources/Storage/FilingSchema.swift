extension Schema {
    static let filingProjection = """
        -- Work on records taken at a window off their path, on its way.
        CREATE TABLE filing (
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            natural_key BLOB NOT NULL CHECK (length(natural_key) = 16),
            act TEXT NOT NULL,
            receipt TEXT NOT NULL,
            PRIMARY KEY (replica, counter)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX filing_key ON filing (natural_key);

        -- On which records it stands, by which change.
        CREATE TABLE filing_route (
            replica INTEGER NOT NULL,              -- of the filing
            counter INTEGER NOT NULL,
            record_replica INTEGER NOT NULL,
            record_counter INTEGER NOT NULL,
            change_replica INTEGER NOT NULL,
            change_counter INTEGER NOT NULL,
            PRIMARY KEY (replica, counter, record_replica, record_counter, change_replica, change_counter)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX filing_route_record ON filing_route (record_replica, record_counter);

        -- The last answer of each node that gave one.
        CREATE TABLE filing_answer (
            replica INTEGER NOT NULL,              -- of the filing
            counter INTEGER NOT NULL,
            author TEXT NOT NULL,
            number INTEGER NOT NULL,
            state INTEGER NOT NULL,
            change_replica INTEGER NOT NULL,
            change_counter INTEGER NOT NULL,
            PRIMARY KEY (replica, counter, author)
        ) STRICT, WITHOUT ROWID;

        -- Every answer that was given: a purge destroys those, too, that a later one replaced.
        CREATE TABLE filing_said (
            replica INTEGER NOT NULL,              -- of the filing
            counter INTEGER NOT NULL,
            change_replica INTEGER NOT NULL,
            change_counter INTEGER NOT NULL,
            PRIMARY KEY (replica, counter, change_replica, change_counter)
        ) STRICT, WITHOUT ROWID;
        """
}
