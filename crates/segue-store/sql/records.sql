-- What people ask for. $1 is the desk throughout.

-- name: Conversation
SELECT c.id, c.customer, c.channel, b.text, c.tier, c.locale, c.state, c.holder, c.agent,
    c.epoch, c.opened_at, c.resolved_at, c.resolved_by, c.handoff, c.handoffs, c.messages,
    c.last_message_at, c.csat
FROM conversations c LEFT JOIN bodies b ON b.desk = c.desk AND b.position = c.id
WHERE c.desk = $1 AND c.id = $2

-- name: Conversations
SELECT c.id, c.customer, c.channel, b.text, c.tier, c.locale, c.state, c.holder, c.agent,
    c.epoch, c.opened_at, c.resolved_at, c.resolved_by, c.handoff, c.handoffs, c.messages,
    c.last_message_at, c.csat
FROM conversations c LEFT JOIN bodies b ON b.desk = c.desk AND b.position = c.id
WHERE c.desk = $1 AND c.id < $2 AND (CAST($3 AS TEXT) IS NULL OR c.state = $3)
    AND (CAST($4 AS BIGINT) IS NULL OR c.agent = $4)
ORDER BY c.id DESC LIMIT $5

-- name: ConversationsOfCustomer
SELECT c.id, c.customer, c.channel, b.text, c.tier, c.locale, c.state, c.holder, c.agent,
    c.epoch, c.opened_at, c.resolved_at, c.resolved_by, c.handoff, c.handoffs, c.messages,
    c.last_message_at, c.csat
FROM conversations c LEFT JOIN bodies b ON b.desk = c.desk AND b.position = c.id
WHERE c.desk = $1 AND c.customer = $2 AND c.id < $3 AND (CAST($4 AS TEXT) IS NULL OR c.state = $4)
    AND (CAST($5 AS BIGINT) IS NULL OR c.agent = $5)
ORDER BY c.id DESC LIMIT $6

-- name: ConversationsBetween
SELECT c.id, c.customer, c.channel, b.text, c.tier, c.locale, c.state, c.holder, c.agent,
    c.epoch, c.opened_at, c.resolved_at, c.resolved_by, c.handoff, c.handoffs, c.messages,
    c.last_message_at, c.csat
FROM conversations c LEFT JOIN bodies b ON b.desk = c.desk AND b.position = c.id
WHERE c.desk = $1 AND c.opened_at >= $2 AND c.opened_at < $3
ORDER BY c.id

-- name: Messages
SELECT m.id, m.conversation, m.at, m.withheld, b.text, b.extra, j.entry
FROM journal j
JOIN messages m ON m.desk = j.desk AND m.id = j.position
LEFT JOIN bodies b ON b.desk = j.desk AND b.position = j.position
WHERE j.desk = $1 AND j.conversation = $2 AND j.position > $3 AND NOT m.refused
ORDER BY j.position LIMIT $4

-- name: Message
SELECT m.id, m.conversation, m.at, m.withheld, b.text, b.extra, j.entry
FROM messages m
JOIN journal j ON j.desk = m.desk AND j.position = m.id
LEFT JOIN bodies b ON b.desk = m.desk AND b.position = m.id
WHERE m.desk = $1 AND m.id = $2 AND NOT m.refused

-- name: Customer
SELECT id, external_id, name, email, locale, attributes, created_at FROM customers
WHERE desk = $1 AND id = $2

-- name: CustomerOf
SELECT id, external_id, name, email, locale, attributes, created_at FROM customers
WHERE desk = $1 AND external_id = $2

-- name: EraseCustomer
UPDATE customers SET external_id = NULL, name = NULL, email = NULL, locale = NULL,
    attributes = '{}'
WHERE desk = $1 AND id = $2

-- name: EraseWords
DELETE FROM bodies WHERE desk = $1 AND position IN (
    SELECT position FROM journal WHERE desk = $1 AND conversation IN (
        SELECT id FROM conversations WHERE desk = $1 AND customer = $2)
    UNION
    SELECT position FROM journal WHERE desk = $1 AND handoff IN (
        SELECT h.id FROM handoffs h
        JOIN conversations c ON c.desk = h.desk AND c.id = h.conversation
        WHERE h.desk = $1 AND c.customer = $2))

-- name: Previous
SELECT id, opened_at, handoffs, csat FROM conversations
WHERE desk = $1 AND customer = $2 ORDER BY id DESC LIMIT 5

-- name: Handoff
SELECT id, conversation, message, trigger_name, level, severity, intent, route, skills, policy,
    state, opened_at, step, step_who, step_since, unmatched, offers, agent, assigned_at,
    first_reply_at, callback_at, ended_at
FROM handoffs WHERE desk = $1 AND id = $2

-- name: HandoffsOf
SELECT id, conversation, message, trigger_name, level, severity, intent, route, skills, policy,
    state, opened_at, step, step_who, step_since, unmatched, offers, agent, assigned_at,
    first_reply_at, callback_at, ended_at
FROM handoffs WHERE desk = $1 AND conversation = $2 ORDER BY id

-- name: HandoffsBetween
SELECT id, conversation, message, trigger_name, level, severity, intent, route, skills, policy,
    state, opened_at, step, step_who, step_since, unmatched, offers, agent, assigned_at,
    first_reply_at, callback_at, ended_at
FROM handoffs WHERE desk = $1 AND opened_at >= $2 AND opened_at < $3 ORDER BY id

-- name: EntryAt
SELECT position, at, format, entry FROM journal WHERE desk = $1 AND position = $2

-- name: SegmentsOf
SELECT id, route, only_agent, points_severity, points_customer, points_sentiment,
    points_per_minute, waiting_since, entered_at, left_at, how
FROM segments WHERE desk = $1 AND handoff = $2 ORDER BY id

-- name: OffersOf
SELECT id, agent, offered_at, until_at, ended_at, how
FROM offers WHERE desk = $1 AND handoff = $2 ORDER BY id

-- name: PromisesOf
SELECT id, told_at, until_at, low_seconds, high_seconds, coverage_permille, settled_at, how
FROM promises WHERE desk = $1 AND handoff = $2 ORDER BY id

-- name: PromisesBetween
SELECT id, told_at, until_at, low_seconds, high_seconds, coverage_permille, settled_at, how
FROM promises WHERE desk = $1 AND told_at >= $2 AND told_at < $3 ORDER BY id

-- name: FlagsOf
SELECT f.id, f.handoff, f.agent, f.flag, f.at, b.text
FROM flags f LEFT JOIN bodies b ON b.desk = f.desk AND b.position = f.id
WHERE f.desk = $1 AND f.handoff = $2 ORDER BY f.id

-- name: FlagsBetween
SELECT f.id, f.handoff, f.agent, f.flag, f.at, b.text
FROM flags f LEFT JOIN bodies b ON b.desk = f.desk AND b.position = f.id
WHERE f.desk = $1 AND f.at >= $2 AND f.at < $3 ORDER BY f.id

-- name: Agents
SELECT a.id, a.name, a.skills, a.capacity, a.on_call, a.retired, a.presence, a.presence_since,
    l.email
FROM agents a LEFT JOIN logins l ON l.desk = a.desk AND l.agent = a.id
WHERE a.desk = $1 ORDER BY a.id
