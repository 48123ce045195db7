-- The chat of another program that a message of the user's came from, by the number of the message that the chat is known by; none for what
-- was said in abide itself. A number alone: it may outlive the message.

ALTER TABLE messages ADD COLUMN chat INTEGER;
