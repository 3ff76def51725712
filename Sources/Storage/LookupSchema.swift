extension Schema {
    /// The log of look-ups with as few indexes as its questions need: at 20,000 lines a second each index in random
    /// order would write a page a line. A line is found by the number in its receipt; only look-ups of persons are
    /// counted by operator. What the column `previous` held is the digest of the line before.
    static let lookupLog = """
        CREATE TABLE lookup_line (
            id INTEGER PRIMARY KEY,                -- the number in the receipt
            receipt TEXT NOT NULL,
            time INTEGER NOT NULL,
            unit TEXT NOT NULL,
            operator TEXT NOT NULL,
            purpose TEXT NOT NULL,
            case_number TEXT NOT NULL,             -- empty: none was given
            subject TEXT NOT NULL,                 -- of a person the keyed digest, never the number
            answer TEXT NOT NULL,
            digest BLOB NOT NULL CHECK (length(digest) = 32) -- over the line before and this one
        ) STRICT;
        INSERT INTO lookup_line SELECT id, receipt, time, unit, operator, purpose, case_number, subject, answer, digest FROM lookup_log ORDER BY id;
        DROP TABLE lookup_log;
        ALTER TABLE lookup_line RENAME TO lookup_log;
        CREATE INDEX lookup_log_person ON lookup_log (unit, operator, time) WHERE subject >= 'person:' AND subject < 'person;';
        """

    /// Who may ask over the network: departments' look-up clients. They hold no ledger and see nothing but answers.
    static let readers = """
        -- Asked for at every look-up.
        CREATE TABLE reader (
            path TEXT PRIMARY KEY NOT NULL,        -- as in the certificate: a name below this node's
            unit TEXT NOT NULL,                    -- the credit code that stands in the log
            tls_key BLOB NOT NULL CHECK (length(tls_key) = 32),
            state TEXT NOT NULL CHECK (state IN ('enrolled', 'suspended')),
            enrolled_at INTEGER NOT NULL,
            valid_until INTEGER NOT NULL           -- end of the certificate, milliseconds since 1970
        ) STRICT, WITHOUT ROWID;

        -- One-time invitations, as those of children.
        CREATE TABLE reader_invitation (
            id TEXT PRIMARY KEY NOT NULL,
            path TEXT NOT NULL,
            unit TEXT NOT NULL,
            secret BLOB NOT NULL CHECK (length(secret) = 32),
            expires_at INTEGER NOT NULL,
            used_by BLOB,
            response BLOB
        ) STRICT, WITHOUT ROWID;
        """
}
