-- History that was brought in from elsewhere. $1 is the desk throughout.

-- name: BeginImport
INSERT INTO imports (desk, id, format, file, started_at)
SELECT CAST($1 AS BIGINT), coalesce(max(id), 0) + 1, CAST($2 AS TEXT), CAST($3 AS TEXT),
    CAST($4 AS BIGINT)
FROM imports WHERE desk = $1
RETURNING id

-- name: ImportAt
SELECT conversations FROM imports
WHERE desk = $1 AND id = $2 AND finished_at IS NULL

-- name: GrowImport
UPDATE imports SET conversations = conversations + $3, messages = messages + $4
WHERE desk = $1 AND id = $2

-- name: AddHistoryConversation
INSERT INTO history_conversations (desk, import, seq, external_id, channel, tier, opened_at,
    closed_at, handed_off, solved, csat, extra)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- name: AddHistoryMessage
INSERT INTO history_messages (desk, import, conversation, seq, author, at, text, extra)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: FinishImport
UPDATE imports SET finished_at = $4, refused = $3
WHERE desk = $1 AND id = $2 AND finished_at IS NULL
RETURNING id

-- name: UndoMessages
DELETE FROM history_messages WHERE desk = $1 AND import = $2

-- name: UndoConversations
DELETE FROM history_conversations WHERE desk = $1 AND import = $2

-- name: UndoImport
DELETE FROM imports WHERE desk = $1 AND id = $2

-- name: Imports
SELECT id, format, file, started_at, finished_at, conversations, messages, refused
FROM imports WHERE desk = $1 ORDER BY id

-- name: NextImport
SELECT id FROM imports WHERE desk = $1 AND id >= $2 AND finished_at IS NOT NULL
ORDER BY id LIMIT 1

-- name: HistoryConversations
SELECT seq, external_id, channel, tier, opened_at, closed_at, handed_off, solved, csat, extra
FROM history_conversations WHERE desk = $1 AND import = $2 AND seq > $3 ORDER BY seq LIMIT $4

-- name: HistoryMessages
SELECT conversation, author, at, text, extra FROM history_messages
WHERE desk = $1 AND import = $2 AND conversation >= $3 AND conversation <= $4
ORDER BY conversation, seq

-- name: HistoryHeads
SELECT c.seq, c.external_id, c.channel, c.tier, c.opened_at, c.closed_at, c.handed_off, c.solved,
    c.csat, c.extra, r.reader, r.lesson, r.turns
FROM history_conversations c LEFT JOIN history_readings r
    ON r.desk = c.desk AND r.import = c.import AND r.conversation = c.seq
WHERE c.desk = $1 AND c.import = $2 AND c.seq > $3 ORDER BY c.seq LIMIT $4

-- name: KeepReadings
INSERT INTO history_readings (desk, import, conversation, reader, lesson, turns)
SELECT $1, $2, $3, CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS TEXT)
FROM history_conversations WHERE desk = $1 AND import = $2 AND seq = $3
ON CONFLICT (desk, import, conversation)
DO UPDATE SET reader = excluded.reader, lesson = excluded.lesson, turns = excluded.turns

-- name: UndoReadings
DELETE FROM history_readings WHERE desk = $1 AND import = $2
