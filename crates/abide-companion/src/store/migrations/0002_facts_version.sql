-- How often what is known of the user was changed: who keeps it in memory learns by one number whether it is still so, whatever program changed it.

ALTER TABLE companions ADD COLUMN facts_version INTEGER NOT NULL DEFAULT 0;

CREATE TRIGGER facts_added AFTER INSERT ON facts BEGIN
    UPDATE companions SET facts_version = facts_version + 1 WHERE id = new.companion;
END;
CREATE TRIGGER facts_changed AFTER UPDATE ON facts BEGIN
    UPDATE companions SET facts_version = facts_version + 1 WHERE id = new.companion;
END;
CREATE TRIGGER facts_removed AFTER DELETE ON facts BEGIN
    UPDATE companions SET facts_version = facts_version + 1 WHERE id = old.companion;
END;
CREATE TRIGGER fact_sources_added AFTER INSERT ON fact_sources BEGIN
    UPDATE companions SET facts_version = facts_version + 1 WHERE id = new.companion;
END;
CREATE TRIGGER fact_sources_removed AFTER DELETE ON fact_sources BEGIN
    UPDATE companions SET facts_version = facts_version + 1 WHERE id = old.companion;
END;
