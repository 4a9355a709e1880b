-- The journal and what is written with it. $1 is the desk throughout.

-- name: AddDesk
INSERT INTO desks (desk, head) VALUES ($1, 0) ON CONFLICT DO NOTHING

-- name: Head
SELECT head FROM desks WHERE desk = $1

-- name: LockHead
SELECT head FROM desks WHERE desk = $1 /*pg FOR UPDATE */

-- name: MoveHead
UPDATE desks SET head = $2 WHERE desk = $1

-- name: AddLine
INSERT INTO journal (desk, position, at, format, kind, conversation, handoff, entry)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: ReadLines
SELECT position, at, format, entry FROM journal
WHERE desk = $1 AND position > $2 ORDER BY position LIMIT $3

-- name: LinesOfConversation
SELECT position, at, format, entry FROM journal
WHERE desk = $1 AND conversation = $2
ORDER BY position

-- name: LinesOfHandoff
SELECT position, at, format, entry FROM journal j
WHERE j.desk = $1 AND j.handoff = $2
UNION
SELECT position, at, format, entry FROM journal j
WHERE j.desk = $1
    AND j.conversation = (SELECT conversation FROM handoffs WHERE desk = $1 AND id = $2)
    AND j.position >= coalesce((SELECT message FROM handoffs WHERE desk = $1 AND id = $2), (
        SELECT m.position FROM journal m
        WHERE m.desk = $1
            AND m.conversation = (SELECT conversation FROM handoffs WHERE desk = $1 AND id = $2)
            AND m.position < $2 AND m.kind = 'message_received'
        ORDER BY m.position DESC LIMIT 1), 0)
    AND j.position <= $2
ORDER BY position

-- name: AddBody
INSERT INTO bodies (desk, position, text, extra) VALUES ($1, $2, $3, $4)

-- name: Bodies
SELECT position, text, extra FROM bodies
WHERE desk = $1 AND position >= $2 AND position <= $3 ORDER BY position

-- name: BodyAt
SELECT position, text, extra FROM bodies WHERE desk = $1 AND position = $2

-- name: SaveCustomer
INSERT INTO customers (desk, id, external_id, name, email, locale, attributes, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (desk, id) DO UPDATE SET external_id = excluded.external_id, name = excluded.name,
    email = excluded.email, locale = excluded.locale, attributes = excluded.attributes

-- name: SaveSnapshot
INSERT INTO snapshots (desk, position, state) VALUES ($1, $2, $3)
ON CONFLICT (desk) DO UPDATE SET position = excluded.position, state = excluded.state
WHERE snapshots.position <= excluded.position

-- name: LoadSnapshot
SELECT position, state FROM snapshots WHERE desk = $1

-- name: AddAnswer
INSERT INTO idempotency (desk, caller, key, request_hash, status, answer, at)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: Answer
SELECT caller, key, request_hash, status, answer, at FROM idempotency
WHERE desk = $1 AND caller = $2 AND key = $3

-- name: ForgetAnswers
DELETE FROM idempotency WHERE desk = $1 AND at < $2

-- name: AddOutbox
INSERT INTO outbox (desk, position, part, kind, target, payload, due_at)
SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), coalesce(max(part), -1) + 1,
    CAST($3 AS TEXT), CAST($4 AS TEXT), CAST($5 AS TEXT), CAST($6 AS BIGINT)
FROM outbox WHERE desk = $1 AND position = $2

-- name: ClaimOutbox
WITH due AS MATERIALIZED (
    SELECT position, part FROM outbox
    WHERE desk = $1 AND state = 'waiting' AND due_at <= $2
    ORDER BY due_at, position, part LIMIT $4 /*pg FOR UPDATE SKIP LOCKED */)
UPDATE outbox SET due_at = $3, attempts = attempts + 1
WHERE desk = $1 AND (position, part) IN (SELECT position, part FROM due)
RETURNING position, part, kind, target, payload, due_at, attempts

-- name: OutboxDone
UPDATE outbox SET state = 'done', last_error = NULL
WHERE desk = $1 AND position = $2 AND part = $3 AND attempts = $4 AND state = 'waiting'
RETURNING position

-- name: OutboxAgain
UPDATE outbox SET due_at = $6, last_error = $5
WHERE desk = $1 AND position = $2 AND part = $3 AND attempts = $4 AND state = 'waiting'
RETURNING position

-- name: OutboxGivenUp
UPDATE outbox SET state = 'given_up', last_error = $5
WHERE desk = $1 AND position = $2 AND part = $3 AND attempts = $4 AND state = 'waiting'
RETURNING position

-- name: ForgetTold
DELETE FROM outbox WHERE desk = $1 AND state <> 'waiting' AND due_at < $2

-- name: Healthy
SELECT version FROM schema_version
