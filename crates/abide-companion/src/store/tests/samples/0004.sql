-- What a program with the fourth schema may have left.
INSERT INTO companions (id, uid, name, name_key, created, salt, branch, next_message, next_fact)
VALUES (1, '0e6f1e1c-36c1-4c9b-9f0c-6a2c4f3b1d11', 'Sample', 'sample', 1714550400000000, x'00ff', 'main', 4, 2);
INSERT INTO branches VALUES (1, 'main', 3, 1714550400000000);
INSERT INTO persona_versions VALUES (1, 1, 1714550400000000, NULL, NULL, '{"name":"Sample"}');
INSERT INTO messages VALUES
    (1, 1, 1, NULL, 1, 1, 'user', NULL, 'Hello', 1714550400000000, 'exact', NULL, 'complete', NULL, 1, -28800),
    (2, 1, 2, 1, 2, 1, 'companion', NULL, 'Hi', 1714550401000000, 'exact', NULL, 'interrupted', 'tiny', NULL, NULL),
    (3, 1, 3, 1, 2, 1, 'companion', NULL, 'Hello yourself', 1714550402000000, 'approximate', 'chatgpt', 'complete', NULL, NULL, NULL);
INSERT INTO message_words (rowid, companion, words) VALUES (1, 'c1', 'Hello'), (2, 'c1', 'Hi'), (3, 'c1', 'Hello yourself');
INSERT INTO path VALUES (1, 1, 1), (1, 2, 3);
INSERT INTO choices VALUES (1, 1, 3);
INSERT INTO facts VALUES (1, 1, 'preference', 'user', 'likes', 'tea', 'The user likes tea.', 'en', NULL, NULL, NULL, 0.9, 0, 'pattern',
    1714550400000000, NULL);
INSERT INTO fact_sources VALUES (1, 1, 1, 'tea');
INSERT INTO fact_ends VALUES (1, 1, 0, 3, 1714550402000000);
