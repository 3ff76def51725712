extension Schema {
    /// Which bodies may be missing is truth: an order may be shown before its own place in its ledger has come.
    static let erasures = """
        -- Bodies that may be missing, by the orders that name them, with the record each order speaks of.
        CREATE TABLE erasure (
            replica INTEGER NOT NULL REFERENCES replica (id),
            counter INTEGER NOT NULL,
            order_replica INTEGER NOT NULL REFERENCES replica (id),
            order_counter INTEGER NOT NULL,
            record_replica INTEGER NOT NULL REFERENCES replica (id),
            record_counter INTEGER NOT NULL,
            PRIMARY KEY (replica, counter, order_replica, order_counter)
        ) STRICT, WITHOUT ROWID;
        """

    static let erasureProjection = """

        -- Purged records with their orders. The tombstone outlives everything else of them.
        CREATE TABLE purge (
            record_replica INTEGER NOT NULL,
            record_counter INTEGER NOT NULL,
            replica INTEGER NOT NULL,              -- the order
            counter INTEGER NOT NULL,
            ground INTEGER NOT NULL,
            captured_at INTEGER NOT NULL,
            tombstone BLOB CHECK (length(tombstone) = 32),
            tombstone_key INTEGER,                 -- 1 subject key, 2 natural-key key
            PRIMARY KEY (record_replica, record_counter, replica, counter)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX purge_tombstone ON purge (tombstone) WHERE tombstone IS NOT NULL;

        -- Wishes not to have items recorded, by keyed digest of the subject: one row an item and copy held.
        CREATE TABLE opt_out (
            subject BLOB NOT NULL CHECK (length(subject) = 32),
            item INTEGER NOT NULL,
            origin_replica INTEGER NOT NULL,
            origin_counter INTEGER NOT NULL,
            replica INTEGER NOT NULL,              -- the copy
            counter INTEGER NOT NULL,
            PRIMARY KEY (subject, item, origin_replica, origin_counter, replica, counter)
        ) STRICT, WITHOUT ROWID;

        -- Wishes that a later one of the subject lifted, by origin.
        CREATE TABLE opt_out_lifted (
            wish_replica INTEGER NOT NULL,
            wish_counter INTEGER NOT NULL,
            origin_replica INTEGER NOT NULL,       -- of the change that lifts it
            origin_counter INTEGER NOT NULL,
            replica INTEGER NOT NULL,              -- the copy
            counter INTEGER NOT NULL,
            subject BLOB NOT NULL CHECK (length(subject) = 32),
            PRIMARY KEY (wish_replica, wish_counter, origin_replica, origin_counter, replica, counter)
        ) STRICT, WITHOUT ROWID;
        """
}
