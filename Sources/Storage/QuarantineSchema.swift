extension Schema {
    static let quarantineProjection = """
        -- What nodes above said of changes written here or below.
        CREATE TABLE quarantine_notice (
            replica INTEGER NOT NULL,              -- of the change
            counter INTEGER NOT NULL,
            author TEXT NOT NULL,
            rule TEXT NOT NULL,
            detail TEXT NOT NULL,
            PRIMARY KEY (replica, counter, author, rule)
        ) STRICT, WITHOUT ROWID;

        -- What persons decided about quarantined changes.
        CREATE TABLE quarantine_ruling (
            replica INTEGER NOT NULL,              -- of the change
            counter INTEGER NOT NULL,
            rule TEXT NOT NULL,
            ruling_replica INTEGER NOT NULL,
            ruling_counter INTEGER NOT NULL,
            outcome INTEGER NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (replica, counter, rule, ruling_replica, ruling_counter)
        ) STRICT, WITHOUT ROWID;

        -- Replicas whose past was written twice: how far it was receipted, and whether a person let it go on.
        CREATE TABLE fork_ruling (
            replica INTEGER NOT NULL,
            ruling_replica INTEGER NOT NULL,
            ruling_counter INTEGER NOT NULL,
            through INTEGER NOT NULL,
            goes_on INTEGER NOT NULL CHECK (goes_on IN (0, 1)),
            reason TEXT NOT NULL,
            PRIMARY KEY (replica, ruling_replica, ruling_counter)
        ) STRICT, WITHOUT ROWID;

        -- What replicas said of branches of theirs that nobody took.
        CREATE TABLE fork_report (
            replica INTEGER NOT NULL,              -- whose past was written twice
            report_replica INTEGER NOT NULL,
            report_counter INTEGER NOT NULL,
            changes INTEGER NOT NULL,
            PRIMARY KEY (replica, report_replica, report_counter)
        ) STRICT, WITHOUT ROWID;
        """
}
