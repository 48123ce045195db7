-- The first schema. Times are microseconds since 1970 in UTC; JSON is text; message, fact, summary and window ids mean something within
-- their companion alone. A released step is never edited: changes are steps of their own.

CREATE TABLE companions (
    -- Never given twice, so that what is in memory for a deleted companion is not taken for another's.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- The name as it is compared: normalised and in lower case by Unicode's rules (SQLite's own NOCASE knows ASCII alone).
    name_key TEXT NOT NULL UNIQUE,
    created INTEGER NOT NULL,
    -- What the hashes of deleted contents are made with, so that nobody can guess words by comparing hashes between companions.
    salt BLOB NOT NULL,
    branch TEXT NOT NULL,
    next_message INTEGER NOT NULL DEFAULT 1,
    next_fact INTEGER NOT NULL DEFAULT 1,
    next_summary INTEGER NOT NULL DEFAULT 1,
    next_window INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE persona_versions (
    companion INTEGER NOT NULL REFERENCES companions (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    created INTEGER NOT NULL,
    note TEXT,
    -- The version that this one goes back to.
    reverted_to INTEGER,
    persona TEXT NOT NULL,
    PRIMARY KEY (companion, version)
) STRICT;

CREATE TABLE settings (
    companion INTEGER NOT NULL REFERENCES companions (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (companion, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
    -- The search index's name for it.
    row INTEGER PRIMARY KEY,
    companion INTEGER NOT NULL REFERENCES companions (id) ON DELETE CASCADE,
    id INTEGER NOT NULL,
    parent INTEGER,
    -- Messages from the first to this one: its position wherever a path goes through it.
    depth INTEGER NOT NULL,
    sitting INTEGER NOT NULL,
    speaker TEXT NOT NULL,
    name TEXT,
    text TEXT NOT NULL,
    time INTEGER NOT NULL,
    time_certainty TEXT NOT NULL,
    -- The format it was imported from; none for what was said here.
    imported_from TEXT,
    completeness TEXT NOT NULL,
    model TEXT,
    UNIQUE (companion, id),
    FOREIGN KEY (companion, parent) REFERENCES messages (companion, id) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX messages_by_parent ON messages (companion, parent, id);
CREATE INDEX messages_by_time ON messages (companion, time, id);

-- The active path, written out: what follows from the head of the current branch, kept so that any part of it is found at once.
CREATE TABLE path (
    companion INTEGER NOT NULL REFERENCES companions (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    message INTEGER NOT NULL,
    PRIMARY KEY (companion, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX path_by_message ON path (companion, message);

-- Where a path forks: which child was gone to last. Parent 0 stands before the first messages.
CREATE TABLE choices (
    companion INTEGER NOT NULL REFERENCES companions (id) ON DELETE CASCADE,
    parent INTEGER NOT NULL,
    child INTEGER NOT NULL,
    PRIMARY KEY (companion, parent)
) STRICT, WITHOUT ROWID;

CREATE TABLE branches (
    companion INTEGER NOT NULL REFERENCES companions (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    head INTEGER,
    created INTEGER NOT NULL,
    PRIMARY KEY (companion, name)
) STRICT, WITHOUT ROWID;

-- Stretches of the conversation that the user began anew; recent turns are taken from the last one alone.
CREATE TABLE windows (
    companion INTEGER NOT NULL REFERENCES companions (id) ON DELETE CASCADE,
    id INTEGER NOT NULL,
    -- The message it begins behind.
    after INTEGER,
    opened INTEGER NOT NULL,
    title TEXT,
    PRIMARY KEY (companion, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE facts (
    companion INTEGER NOT NULL REFERENCES companions (id) ON DELETE CASCADE,
    id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    predicate TEXT NOT NULL,
    value TEXT NOT NULL,
    text TEXT NOT NULL,
    language TEXT,
    valid_from INTEGER,
    valid_to INTEGER,
    superseded_by INTEGER,
    confidence REAL NOT NULL,
    pinned INTEGER NOT NULL,
    origin TEXT NOT NULL,
    created INTEGER NOT NULL,
    edited INTEGER,
    PRIMARY KEY (companion, id)
) STRICT;
CREATE INDEX facts_by_subject ON facts (companion, subject, predicate);

CREATE TABLE fact_sources (
    companion INTEGER NOT NULL,
    fact INTEGER NOT NULL,
    message INTEGER NOT NULL,
    quote TEXT,
    PRIMARY KEY (companion, fact, message),
    FOREIGN KEY (companion, fact) REFERENCES facts (companion, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX fact_sources_by_message ON fact_sources (companion, message);

CREATE TABLE moods (
    companion INTEGER NOT NULL REFERENCES companions (id) ON DELETE CASCADE,
    message INTEGER NOT NULL,
    valence REAL NOT NULL,
    label TEXT,
    PRIMARY KEY (companion, message)
) STRICT, WITHOUT ROWID;

-- Of the messages on the path from `first` to `last`.
CREATE TABLE summaries (
    companion INTEGER NOT NULL REFERENCES companions (id) ON DELETE CASCADE,
    id INTEGER NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    text TEXT NOT NULL,
    method TEXT NOT NULL,
    -- A JSON array of further messages whose words it may hold.
    sources TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (companion, id)
) STRICT;
CREATE INDEX summaries_by_last ON summaries (companion, last);

CREATE TABLE vector_models (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE vectors (
    companion INTEGER NOT NULL REFERENCES companions (id) ON DELETE CASCADE,
    model INTEGER NOT NULL REFERENCES vector_models (id) ON DELETE CASCADE,
    -- Of a message (0) or a fact (1).
    kind INTEGER NOT NULL,
    item INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (companion, model, kind, item)
) STRICT;

CREATE TABLE plans (
    companion INTEGER NOT NULL REFERENCES companions (id) ON DELETE CASCADE,
    reply INTEGER NOT NULL,
    plan TEXT NOT NULL,
    -- JSON arrays of the messages and facts whose words it may hold.
    messages TEXT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (companion, reply)
) STRICT;

-- As it was behind a message, so that going back in the tree takes it back, too.
CREATE TABLE lorebook_states (
    companion INTEGER NOT NULL REFERENCES companions (id) ON DELETE CASCADE,
    message INTEGER NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (companion, message)
) STRICT, WITHOUT ROWID;

-- What was deleted: numbers and salted hashes alone. Says to importers and extractors what must not come back.
CREATE TABLE tombstones (
    companion INTEGER NOT NULL REFERENCES companions (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    item INTEGER NOT NULL,
    hash BLOB NOT NULL,
    deleted INTEGER NOT NULL,
    PRIMARY KEY (companion, kind, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstones_by_hash ON tombstones (companion, hash);

CREATE TABLE imports (
    companion INTEGER NOT NULL REFERENCES companions (id) ON DELETE CASCADE,
    id INTEGER NOT NULL,
    time INTEGER NOT NULL,
    report TEXT NOT NULL,
    PRIMARY KEY (companion, id)
) STRICT;

-- Replies that are being written, and by which open store.
CREATE TABLE open_replies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    companion INTEGER NOT NULL REFERENCES companions (id) ON DELETE CASCADE,
    session TEXT NOT NULL,
    -- The message, without its text, as JSON.
    message TEXT NOT NULL
) STRICT;

CREATE TABLE reply_pieces (
    reply INTEGER NOT NULL REFERENCES open_replies (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (reply, number)
) STRICT, WITHOUT ROWID;

-- Work that a deletion has left for later, should the program end in its middle.
CREATE TABLE pending (
    what TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- The words of messages, for exact search. It keeps no text of its own; ideographs and kana are indexed one by one.
CREATE VIRTUAL TABLE message_words USING fts5 (
    companion,
    words,
    content = '',
    tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO message_words (message_words, rank) VALUES ('secure-delete', 1);
