extension Schema {
    /// Contents of attachments are truth: no ledger holds them, and `rebuild` leaves them alone. Which change
    /// names which content is projection.
    static let attachments = """
        -- Contents of attachments, whole or on their way, by everything the digest depends on: whoever names a
        -- content without knowing its salt names another one. While staged_at is set, a local file is being taken
        -- in: digest and size are not known yet, and nothing names it.
        CREATE TABLE blob (
            id INTEGER PRIMARY KEY,
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            salt BLOB NOT NULL CHECK (length(salt) = 16),
            suite INTEGER NOT NULL CHECK (suite IN (1, 2)),
            size INTEGER NOT NULL CHECK (size BETWEEN 1 AND 20971520),
            held INTEGER NOT NULL CHECK (held BETWEEN 0 AND size), -- bytes held from the beginning, without gaps
            complete INTEGER NOT NULL CHECK (complete = 0 OR complete = 1 AND held = size), -- the digest was checked
            moved_at INTEGER NOT NULL,             -- last progress, milliseconds since 1970, local clock
            trouble TEXT,                          -- why it does not come, for people
            staged_at INTEGER CHECK (staged_at IS NULL OR complete = 0),
            media_type TEXT,                       -- of a staged file, once it was looked at
            UNIQUE (digest, salt, suite, size)
        ) STRICT;
        CREATE INDEX blob_wanted ON blob (id) WHERE complete = 0 AND staged_at IS NULL;
        CREATE INDEX blob_staged ON blob (staged_at) WHERE staged_at IS NOT NULL;

        -- Their bytes, in rows that keep a transaction and its log small.
        CREATE TABLE blob_chunk (
            blob INTEGER NOT NULL REFERENCES blob (id),
            offset INTEGER NOT NULL CHECK (offset >= 0),
            content BLOB NOT NULL CHECK (length(content) BETWEEN 1 AND 262144),
            UNIQUE (blob, offset)
        ) STRICT;
        """

    static let attachmentProjection = """

        -- Attachments of accepted changes. Names and media types stay in the change sets.
        CREATE TABLE attachment (
            record_replica INTEGER NOT NULL,
            record_counter INTEGER NOT NULL,
            replica INTEGER NOT NULL,
            counter INTEGER NOT NULL,
            position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 15),
            blob INTEGER NOT NULL,
            ledger INTEGER NOT NULL,               -- in which the change travels: who may ask for the content
            PRIMARY KEY (record_replica, record_counter, replica, counter, position)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX attachment_blob ON attachment (blob);
        """
}
