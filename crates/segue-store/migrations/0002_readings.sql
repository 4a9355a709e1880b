-- What the words of imported conversations told, so that they are read once. A cache: it is made
-- again where the reader or the lesson is another one.
CREATE TABLE history_readings (
    desk BIGINT NOT NULL,
    import BIGINT NOT NULL,
    conversation BIGINT NOT NULL,
    reader TEXT NOT NULL,
    lesson TEXT NOT NULL,
    turns TEXT NOT NULL,
    PRIMARY KEY (desk, import, conversation),
    FOREIGN KEY (desk, import, conversation)
        REFERENCES history_conversations (desk, import, seq)
);
