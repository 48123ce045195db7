-- What is known follows the active path: a fact that is known from messages elsewhere alone does not hold, and ends nothing. So what ends a fact
-- stands beside it, by its cause: a newer fact, or a message; the other is 0.

CREATE TABLE fact_ends (
    companion INTEGER NOT NULL,
    fact INTEGER NOT NULL,
    newer INTEGER NOT NULL,
    message INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (companion, fact, newer, message),
    FOREIGN KEY (companion, fact) REFERENCES facts (companion, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX fact_ends_by_newer ON fact_ends (companion, newer);
CREATE INDEX fact_ends_by_message ON fact_ends (companion, message);

INSERT INTO fact_ends (companion, fact, newer, message, at)
SELECT older.companion, older.id, newer.id, 0, coalesce(newer.valid_from, newer.created)
FROM facts AS older JOIN facts AS newer ON newer.companion = older.companion AND newer.id = older.superseded_by;
UPDATE facts SET superseded_by = NULL, valid_to = nullif(valid_to, (
    SELECT at FROM fact_ends WHERE fact_ends.companion = facts.companion AND fact_ends.fact = facts.id AND newer = superseded_by
)) WHERE superseded_by IS NOT NULL;

CREATE TRIGGER fact_ends_added AFTER INSERT ON fact_ends BEGIN
    UPDATE companions SET facts_version = facts_version + 1 WHERE id = new.companion;
END;
CREATE TRIGGER fact_ends_removed AFTER DELETE ON fact_ends BEGIN
    UPDATE companions SET facts_version = facts_version + 1 WHERE id = old.companion;
END;
CREATE TRIGGER path_gained AFTER INSERT ON path
WHEN EXISTS (SELECT 1 FROM fact_sources WHERE companion = new.companion AND message = new.message)
    OR EXISTS (SELECT 1 FROM fact_ends WHERE companion = new.companion AND message = new.message)
BEGIN
    UPDATE companions SET facts_version = facts_version + 1 WHERE id = new.companion;
END;
CREATE TRIGGER path_lost AFTER DELETE ON path
WHEN EXISTS (SELECT 1 FROM fact_sources WHERE companion = old.companion AND message = old.message)
    OR EXISTS (SELECT 1 FROM fact_ends WHERE companion = old.companion AND message = old.message)
BEGIN
    UPDATE companions SET facts_version = facts_version + 1 WHERE id = old.companion;
END;

-- Where a message was said, in seconds east of Greenwich, if that is known: its "tomorrow" is that place's.
ALTER TABLE messages ADD COLUMN offset_seconds INTEGER;
