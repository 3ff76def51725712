import GRDB

/// The replica's schema as literature. Two kinds of tables: the *truth* (change sets exactly as sealed,
/// keys, receipts, statements, logs) and the *projection*, which `rebuild` empties and reproduces byte
/// for byte by replaying the change sets in the order they were stored.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: truth") { try $0.execute(sql: truth) }
        migrator.registerMigration("attachments") { try $0.execute(sql: attachments) }
        migrator.registerMigration("sums of ledgers") { try $0.execute(sql: ledgerSums) }
        migrator.registerMigration("look-up log 2") { try $0.execute(sql: lookupLog) }
        migrator.registerMigration("readers") { try $0.execute(sql: readers) }
        migrator.registerMigration("look-up notices") { try $0.execute(sql: notices) }
        migrator.registerMigration("erasures") { try $0.execute(sql: erasures) }
        // A new shape of the projection is a new name here: the tables are made anew, and the node replays
        // the truth into them when it opens (``ReadTransaction/projectionIsDue()``).
        migrator.registerMigration("projection 7") { db in
            for table in projectionTables { try db.execute(sql: "DROP TABLE IF EXISTS \(table.name)") }
            try db.execute(sql: projection + affairs + attachmentProjection + filingProjection + actedRecords + quarantineProjection + erasureProjection)
            for index in recordIndexes { try db.execute(sql: "CREATE INDEX \(index.name) ON record (\(index.column))") }
            try db.execute(sql: "INSERT OR REPLACE INTO meta (key, value) VALUES ('rebuild', x'01')")
        }
        return migrator
    }

    /// The tables that `rebuild` reproduces, with a total order for their digest.
    static let projectionTables: [(name: String, order: String)] = [
        ("edition", "digest"),
        ("proposal", "replica, counter"),
        ("record", "id"),
        ("record_count", "home, item, validity"),
        ("record_change", "record_replica, record_counter, replica, counter"),
        ("pending", "replica, counter"),
        ("suspension", "natural_key, replica, counter"),
        ("list", "replica, counter"),
        ("list_entry", "list_replica, list_counter, subject, document, entry_replica, entry_counter"),
        ("list_removal", "list_replica, list_counter, subject, document, replica, counter"),
        ("list_edition", "list_replica, list_counter, number, replica, counter"),
        ("attachment", "record_replica, record_counter, replica, counter, position"),
        ("list_digest", "entry_replica, entry_counter, epoch"),
        ("list_epoch", "list_replica, list_counter, epoch"),
        ("list_state", "list_replica, list_counter"),
        ("filing", "replica, counter"),
        ("filing_route", "replica, counter, record_replica, record_counter, change_replica, change_counter"),
        ("filing_answer", "replica, counter, author"),
        ("quarantine_notice", "replica, counter, author, rule"),
        ("quarantine_ruling", "replica, counter, rule, ruling_replica, ruling_counter"),
        ("fork_ruling", "replica, ruling_replica, ruling_counter"),
        ("fork_report", "replica, report_replica, report_counter"),
        ("purge", "record_replica, record_counter, replica, counter"),
        ("opt_out", "subject, item, origin_replica, origin_counter, replica, counter"),
        ("opt_out_lifted", "wish_replica, wish_counter, origin_replica, origin_counter, replica, counter"),
    ] + affairTables

    /// The indexes of records, which `rebuild` makes at its end: 64 and 48 bits of what is looked for.
    static let recordIndexes: [(name: String, column: String)] = [("record_key", "key_high"), ("record_subject", "subject_hash")]

    static let truth = """
        -- One value a key: the node's path, incarnation, next counter, clock.
        CREATE TABLE meta (
            key TEXT PRIMARY KEY NOT NULL,
            value BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- Replicas by a small local number, so that rows stay slim.
        CREATE TABLE replica (
            id INTEGER PRIMARY KEY,
            path TEXT NOT NULL CHECK (length(path) BETWEEN 1 AND 200),
            incarnation BLOB NOT NULL CHECK (length(incarnation) = 16),
            UNIQUE (path, incarnation)
        ) STRICT;

        -- Ledgers with their tip: the frontier of this replica.
        CREATE TABLE ledger (
            id INTEGER PRIMARY KEY,
            replica INTEGER NOT NULL REFERENCES replica (id),
            audience TEXT NOT NULL,
            lane INTEGER NOT NULL CHECK (lane IN (1, 2)),
            sequence INTEGER NOT NULL CHECK (sequence >= 0),
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            UNIQUE (replica, audience, lane)
        ) STRICT;

        -- Change sets exactly as sealed, in the order they became durable here (id). `digests` is empty
        -- while every body is present, for then it is recomputed.
        CREATE TABLE change_set (
            id INTEGER PRIMARY KEY,
            ledger INTEGER NOT NULL REFERENCES ledger (id),
            sequence INTEGER NOT NULL CHECK (sequence >= 1),
            replica INTEGER NOT NULL REFERENCES replica (id),
            first_counter INTEGER NOT NULL CHECK (first_counter >= 1),
            count INTEGER NOT NULL CHECK (count BETWEEN 1 AND 1000),
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            header BLOB NOT NULL,
            signature BLOB NOT NULL,
            digests BLOB NOT NULL,
            compression INTEGER NOT NULL,
            bodies_size INTEGER NOT NULL,
            bodies BLOB NOT NULL,
            received_at INTEGER NOT NULL,          -- milliseconds since 1970, local clock, display only
            UNIQUE (ledger, sequence),
            UNIQUE (replica, first_counter)        -- a dot is never used twice (guarantee 10)
        ) STRICT;

        -- Ledger keys with the certificate chain that certifies them (offline verification, years later).
        CREATE TABLE ledger_key (
            key BLOB PRIMARY KEY NOT NULL CHECK (length(key) = 32),
            path TEXT NOT NULL,
            public_key BLOB NOT NULL,              -- DER SubjectPublicKeyInfo
            chain BLOB NOT NULL,                   -- DER certificates, each with its length, leaf first
            continuity BLOB,                       -- why it may follow an earlier key of the path
            seen_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX ledger_key_path ON ledger_key (path);

        -- How far a child's (or our own) ledgers are known to be durable above.
        CREATE TABLE receipt (
            ledger INTEGER PRIMARY KEY REFERENCES ledger (id),
            sequence INTEGER NOT NULL,
            durable_at TEXT NOT NULL,              -- path of the highest tier
            sequence_at_highest INTEGER NOT NULL,  -- how far the highest tier holds it
            time INTEGER NOT NULL,
            content BLOB NOT NULL,
            key BLOB NOT NULL,
            signature BLOB NOT NULL
        ) STRICT;

        -- Replaceable signed statements: the newest a slot.
        CREATE TABLE statement (
            slot TEXT PRIMARY KEY NOT NULL,
            issuer TEXT NOT NULL,
            audience TEXT NOT NULL,
            issued_at INTEGER NOT NULL,
            valid_until INTEGER NOT NULL,
            received_at INTEGER NOT NULL,
            bytes BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- What our parent said of changes it did not simply accept.
        CREATE TABLE verdict (
            change TEXT PRIMARY KEY NOT NULL,
            outcome INTEGER NOT NULL,
            rule TEXT NOT NULL,
            detail TEXT NOT NULL,
            received_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        -- Evidence of forks and of refused change sets, by ledger and rule; newest kept.
        CREATE TABLE refusal (
            place TEXT NOT NULL,
            rule TEXT NOT NULL,
            peer TEXT NOT NULL,
            detail TEXT NOT NULL,
            count INTEGER NOT NULL,
            last_at INTEGER NOT NULL,
            PRIMARY KEY (place, rule, peer)
        ) STRICT, WITHOUT ROWID;

        -- Children enrolled here. Asked at every handshake, resumed ones too.
        CREATE TABLE member (
            path TEXT PRIMARY KEY NOT NULL,
            tls_key BLOB NOT NULL CHECK (length(tls_key) = 32),
            ledger_key BLOB NOT NULL CHECK (length(ledger_key) = 32),
            state TEXT NOT NULL CHECK (state IN ('enrolled', 'suspended')),
            enrolled_at INTEGER NOT NULL,
            last_contact INTEGER
        ) STRICT, WITHOUT ROWID;

        -- One-time invitations. The request's digest lets an interrupted join be repeated, by nobody else.
        CREATE TABLE invitation (
            id TEXT PRIMARY KEY NOT NULL,
            path TEXT NOT NULL,
            secret BLOB NOT NULL CHECK (length(secret) = 32),
            expires_at INTEGER NOT NULL,
            used_by BLOB,
            response BLOB
        ) STRICT, WITHOUT ROWID;

        -- Every look-up, durable before its answer, hash-chained so that a deleted line shows.
        CREATE TABLE lookup_log (
            id INTEGER PRIMARY KEY,
            receipt TEXT NOT NULL UNIQUE,
            time INTEGER NOT NULL,
            unit TEXT NOT NULL,
            operator TEXT NOT NULL,
            purpose TEXT NOT NULL,
            case_number TEXT NOT NULL,             -- empty: none was given
            subject TEXT NOT NULL,                 -- of a person the keyed digest, never the number
            answer TEXT NOT NULL,
            previous BLOB NOT NULL CHECK (length(previous) = 32),
            digest BLOB NOT NULL CHECK (length(digest) = 32)
        ) STRICT;
        CREATE INDEX lookup_log_subject ON lookup_log (subject);
        CREATE INDEX lookup_log_time ON lookup_log (time);
        """

    /// Sums beside ledgers, and a narrow index to count what follows a sequence: no question walks through bodies.
    static let ledgerSums = """
        ALTER TABLE ledger ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;
        UPDATE ledger SET changes = (SELECT ifnull(sum(count), 0) FROM change_set WHERE ledger = ledger.id);
        CREATE INDEX change_set_size ON change_set (ledger, sequence, count);
        """

    static let projection = """
        -- Editions by the digest changes name them by.
        CREATE TABLE edition (
            digest BLOB PRIMARY KEY NOT NULL CHECK (length(digest) = 32),
            kind TEXT NOT NULL CHECK (kind IN ('catalogue', 'units', 'profile', 'calendar')),
            code TEXT NOT NULL,                    -- which profile or calendar; empty where there is one of the kind
            number INTEGER NOT NULL,
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            captured_at INTEGER NOT NULL,
            body BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX edition_newest ON edition (kind, code, number);

        -- Supplements to the catalogue that were proposed, and what the root answered.
        CREATE TABLE proposal (
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            item TEXT NOT NULL,
            title TEXT NOT NULL,
            reason TEXT NOT NULL,
            outcome INTEGER,                       -- NULL = open
            reply TEXT,
            edition BLOB,
            PRIMARY KEY (replica, counter)
        ) STRICT, WITHOUT ROWID;

        -- One slim row a record; field values stay in the change sets. The id is the author's local number and the
        -- counter in one integer (``PackedDot``), so that what one author writes is appended; what is looked for is
        -- indexed by 64 bits of it and then compared. See decision 0031.
        CREATE TABLE record (
            id INTEGER PRIMARY KEY,
            item INTEGER NOT NULL,
            home INTEGER NOT NULL,
            validity INTEGER NOT NULL CHECK (validity BETWEEN 1 AND 4),
            subject TEXT NOT NULL,
            subject_hash INTEGER NOT NULL,         -- ``SubjectHash`` of the subject
            key_high INTEGER NOT NULL,             -- the natural key's 16 bytes, big-endian, as two integers
            key_low INTEGER NOT NULL,
            state INTEGER                          -- the change whose state stands, packed; NULL: the creating one
        ) STRICT;
        -- How many records stand, so that status pages need not count ten million rows. No row says 0.
        CREATE TABLE record_count (
            home INTEGER NOT NULL,
            item INTEGER NOT NULL,
            validity INTEGER NOT NULL,
            n INTEGER NOT NULL,
            PRIMARY KEY (home, item, validity)
        ) STRICT, WITHOUT ROWID;

        -- Changes of a record other than the one that created it.
        CREATE TABLE record_change (
            record_replica INTEGER NOT NULL,
            record_counter INTEGER NOT NULL,
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            PRIMARY KEY (record_replica, record_counter, replica, counter)
        ) STRICT, WITHOUT ROWID;

        -- Authentic changes that wait or are quarantined; absent = accepted.
        CREATE TABLE pending (
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'quarantined')),
            rule TEXT NOT NULL,
            detail TEXT NOT NULL,
            waiting_for TEXT,
            PRIMARY KEY (replica, counter)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX pending_waiting ON pending (waiting_for) WHERE waiting_for IS NOT NULL;

        -- Relief that waits for its record keeps the natural key it names from being published.
        CREATE TABLE suspension (
            natural_key BLOB NOT NULL CHECK (length(natural_key) = 16),
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            PRIMARY KEY (natural_key, replica, counter)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE list (
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            code TEXT NOT NULL,
            title TEXT NOT NULL,
            basis TEXT NOT NULL,
            authority TEXT NOT NULL,
            max_age INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            notice_required INTEGER NOT NULL CHECK (notice_required IN (0, 1)),
            PRIMARY KEY (replica, counter)
        ) STRICT, WITHOUT ROWID;

        -- Entries as held; whether one stands is the fold with list_removal.
        CREATE TABLE list_entry (
            list_replica INTEGER NOT NULL,
            list_counter INTEGER NOT NULL,
            subject TEXT NOT NULL,
            document TEXT NOT NULL,
            entry_replica INTEGER NOT NULL,
            entry_counter INTEGER NOT NULL,
            name TEXT NOT NULL,
            authority TEXT NOT NULL,
            since INTEGER NOT NULL,
            until INTEGER,
            published INTEGER NOT NULL CHECK (published IN (0, 1)),
            change_replica INTEGER NOT NULL,
            change_counter INTEGER NOT NULL,
            person TEXT,                           -- stable key of a person, where the number is held: at the issuer
            draft_replica INTEGER,                 -- the local change that holds number and name
            draft_counter INTEGER,
            notice TEXT,                           -- number of the notice of grounds; NULL: none was given
            notice_on INTEGER,
            proposal_replica INTEGER,
            proposal_counter INTEGER,
            PRIMARY KEY (list_replica, list_counter, subject, document, entry_replica, entry_counter)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX list_entry_subject ON list_entry (subject);
        CREATE INDEX list_entry_id ON list_entry (entry_replica, entry_counter);
        CREATE INDEX list_entry_person ON list_entry (person) WHERE person IS NOT NULL;
        CREATE INDEX list_entry_staged ON list_entry (list_replica, list_counter, entry_replica, entry_counter) WHERE published = 0;

        -- By which digests published persons are looked up, one an epoch of the list key.
        CREATE TABLE list_digest (
            entry_replica INTEGER NOT NULL,
            entry_counter INTEGER NOT NULL,
            epoch INTEGER NOT NULL CHECK (epoch >= 1),
            list_replica INTEGER NOT NULL,
            list_counter INTEGER NOT NULL,
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            PRIMARY KEY (entry_replica, entry_counter, epoch)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX list_digest_digest ON list_digest (digest);

        -- How many digests of an epoch are held; `beyond` of them are later than the newest edition.
        CREATE TABLE list_epoch (
            list_replica INTEGER NOT NULL,
            list_counter INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            covered INTEGER NOT NULL CHECK (covered >= 0),
            beyond INTEGER NOT NULL CHECK (beyond >= 0),
            PRIMARY KEY (list_replica, list_counter, epoch)
        ) STRICT, WITHOUT ROWID;

        -- What is known of a list as a whole, so that no question reads a million rows. Set hashes of published
        -- entries, of those among them later than the newest edition, and of removals.
        CREATE TABLE list_state (
            list_replica INTEGER NOT NULL,
            list_counter INTEGER NOT NULL,
            published INTEGER NOT NULL CHECK (published >= 0),
            removed INTEGER NOT NULL CHECK (removed BETWEEN 0 AND published),
            staged INTEGER NOT NULL CHECK (staged >= 0),
            persons INTEGER NOT NULL CHECK (persons BETWEEN 0 AND published),
            known INTEGER NOT NULL CHECK (known BETWEEN 0 AND persons), -- persons whose number is held here
            beyond INTEGER NOT NULL CHECK (beyond BETWEEN 0 AND published),
            confirmed INTEGER NOT NULL CHECK (confirmed IN (0, 1)),     -- the entries are those of the newest edition
            added_hash BLOB NOT NULL CHECK (length(added_hash) = 2048),
            beyond_hash BLOB NOT NULL CHECK (length(beyond_hash) = 2048),
            removal_hash BLOB NOT NULL CHECK (length(removal_hash) = 2048),
            PRIMARY KEY (list_replica, list_counter)
        ) STRICT;

        CREATE TABLE list_removal (
            list_replica INTEGER NOT NULL,
            list_counter INTEGER NOT NULL,
            subject TEXT NOT NULL,
            document TEXT NOT NULL,
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            reason TEXT NOT NULL,
            PRIMARY KEY (list_replica, list_counter, subject, document, replica, counter)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE list_edition (
            list_replica INTEGER NOT NULL,
            list_counter INTEGER NOT NULL,
            number INTEGER NOT NULL CHECK (number >= 1),
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            entries INTEGER NOT NULL,
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            captured_at INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            persons INTEGER NOT NULL,
            key_check BLOB CHECK (length(key_check) = 32),
            PRIMARY KEY (list_replica, list_counter, number, replica, counter)
        ) STRICT, WITHOUT ROWID;
        """
}
