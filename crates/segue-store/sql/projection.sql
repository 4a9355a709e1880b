-- How lines of the journal become rows. $1 is the desk throughout.

-- name: AddPolicy
INSERT INTO policies (desk, version, source, author, at) VALUES ($1, $2, $3, $4, $5)

-- name: AddAgent
INSERT INTO agents (desk, id, name, skills, capacity, on_call, retired, presence_since, added_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)

-- name: ChangeAgent
UPDATE agents SET name = $3, skills = $4, capacity = $5, on_call = $6, retired = $7
WHERE desk = $1 AND id = $2

-- name: SetPresence
UPDATE agents SET presence = $3, presence_since = $4 WHERE desk = $1 AND id = $2

-- name: AddPresenceChange
INSERT INTO presence_changes (desk, id, agent, was, became, at) VALUES ($1, $2, $3, $4, $5, $6)

-- name: OpenConversation
INSERT INTO conversations
    (desk, id, customer, channel, tier, locale, state, holder, epoch, opened_at)
VALUES ($1, $2, $3, $4, $5, $6, 'assistant', 'assistant', $7, $8)

-- name: ReopenConversation
UPDATE conversations SET channel = $3, tier = $4, locale = $5, state = 'assistant',
    holder = 'assistant', epoch = $6, resolved_at = NULL, resolved_by = NULL
WHERE desk = $1 AND id = $2

-- name: ResolveConversation
UPDATE conversations SET state = 'resolved', holder = 'nobody', epoch = $3, resolved_at = $4,
    resolved_by = $5
WHERE desk = $1 AND id = $2

-- name: AddMessage
INSERT INTO messages (desk, conversation, id, author, agent, at, sentiment_permille, intent,
    confidence_permille, notice, verdict, trigger_name)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- name: CountMessage
UPDATE conversations SET messages = messages + 1, last_message_at = $3
WHERE desk = $1 AND id = $2

-- name: FirstReply
UPDATE handoffs SET first_reply_at = $4
WHERE desk = $1 AND conversation = $2 AND agent = $3 AND state = 'assigned'
    AND first_reply_at IS NULL

-- name: JudgeMessage
UPDATE messages SET verdict = $4, trigger_name = $5
WHERE desk = $1 AND conversation = $2 AND id = $3

-- name: WithholdMessage
UPDATE messages SET withheld = TRUE WHERE desk = $1 AND conversation = $2 AND id = $3

-- A reply is refused right after it was observed: it is the latest message before the line.
-- name: RefuseMessage
UPDATE messages SET refused = TRUE
WHERE desk = $1 AND id = (
    SELECT position FROM journal
    WHERE desk = $1 AND conversation = $2 AND position < $3 AND kind = 'message_received'
    ORDER BY position DESC LIMIT 1)

-- name: UncountMessage
UPDATE conversations SET messages = messages - 1, last_message_at = (
    SELECT m.at FROM journal j JOIN messages m ON m.desk = j.desk AND m.id = j.position
    WHERE j.desk = $1 AND j.conversation = $2 AND NOT m.refused
    ORDER BY j.position DESC LIMIT 1)
WHERE desk = $1 AND id = $2

-- name: OpenHandoff
INSERT INTO handoffs (desk, id, conversation, message, trigger_name, level, severity, intent,
    route, skills, policy, state, opened_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'queued', $12)

-- name: LeaveAssistant
UPDATE conversations SET state = 'waiting', holder = 'nobody', epoch = $3,
    handoff = $4, handoffs = handoffs + 1
WHERE desk = $1 AND id = $2

-- name: AddSegment
INSERT INTO segments (desk, id, handoff, route, only_agent, points_severity, points_customer,
    points_sentiment, points_per_minute, waiting_since, entered_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- name: LeaveSegment
UPDATE segments SET left_at = $3, how = $4
WHERE desk = $1 AND handoff = $2 AND left_at IS NULL

-- name: QueueHandoff
UPDATE handoffs SET state = 'queued', route = $3, step = 0, step_who = NULL, step_since = NULL,
    unmatched = NULL
WHERE desk = $1 AND id = $2

-- Taking a conversation out of an agent's hands is a change of hands.
-- name: ConversationWaits
UPDATE conversations SET state = 'waiting', holder = 'nobody',
    epoch = CASE WHEN holder = 'agent' THEN epoch + 1 ELSE epoch END
WHERE desk = $1 AND id = (SELECT conversation FROM handoffs WHERE desk = $1 AND id = $2)

-- name: TakeStep
UPDATE handoffs SET step = $3, step_who = $4, step_since = $5, unmatched = NULL
WHERE desk = $1 AND id = $2

-- name: Unmatched
UPDATE handoffs SET unmatched = $3 WHERE desk = $1 AND id = $2

-- name: AddOffer
INSERT INTO offers (desk, id, handoff, agent, offered_at, until_at)
VALUES ($1, $2, $3, $4, $5, $6)

-- name: OfferHandoff
UPDATE handoffs SET state = 'offered', offers = offers + 1, unmatched = NULL
WHERE desk = $1 AND id = $2

-- name: ConversationOffered
UPDATE conversations SET state = 'offered'
WHERE desk = $1 AND id = (SELECT conversation FROM handoffs WHERE desk = $1 AND id = $2)

-- name: EndOffer
UPDATE offers SET ended_at = $3, how = $4 WHERE desk = $1 AND id = $2

-- name: HandoffNotOffered
UPDATE handoffs SET state = 'queued' WHERE desk = $1 AND id = $2 AND state = 'offered'

-- name: ConversationNotOffered
UPDATE conversations SET state = 'waiting'
WHERE desk = $1 AND state = 'offered'
    AND id = (SELECT conversation FROM handoffs WHERE desk = $1 AND id = $2)

-- name: AcceptOffer
UPDATE offers SET ended_at = $4, how = 'accepted'
WHERE desk = $1 AND handoff = $2 AND agent = $3 AND ended_at IS NULL

-- name: WithdrawOffers
UPDATE offers SET ended_at = $3, how = 'withdrawn'
WHERE desk = $1 AND handoff = $2 AND ended_at IS NULL

-- name: AssignHandoff
UPDATE handoffs SET state = 'assigned', agent = $3, assigned_at = coalesce(assigned_at, $4),
    unmatched = NULL
WHERE desk = $1 AND id = $2

-- name: AssignConversation
UPDATE conversations SET state = 'agent', holder = 'agent', agent = $3, epoch = $4
WHERE desk = $1 AND id = $2

-- name: NoteCallback
UPDATE handoffs SET state = 'callback', callback_at = $3, unmatched = NULL
WHERE desk = $1 AND id = $2

-- name: EndHandoff
UPDATE handoffs SET state = $3, ending = $3, ended_at = $4, unmatched = NULL
WHERE desk = $1 AND id = $2

-- name: BackToAssistant
UPDATE conversations SET state = 'assistant', holder = 'assistant', epoch = $3
WHERE desk = $1 AND id = $2

-- name: AddPromise
INSERT INTO promises (desk, id, handoff, told_at, until_at, low_seconds, high_seconds,
    coverage_permille)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: SettlePromise
UPDATE promises SET settled_at = $3, how = $4 WHERE desk = $1 AND id = $2

-- name: AddCsat
INSERT INTO csat (desk, id, conversation, score, at) VALUES ($1, $2, $3, $4, $5)

-- name: RateConversation
UPDATE conversations SET csat = $3 WHERE desk = $1 AND id = $2

-- name: AddFlag
INSERT INTO flags (desk, id, handoff, agent, flag, at) VALUES ($1, $2, $3, $4, $5, $6)

-- name: AddAlert
INSERT INTO alerts (desk, id, handoff, rule, severity, at) VALUES ($1, $2, $3, $4, $5, $6)

-- name: ClearPolicies
DELETE FROM policies WHERE desk = $1
-- name: ClearAgents
DELETE FROM agents WHERE desk = $1
-- name: ClearConversations
DELETE FROM conversations WHERE desk = $1
-- name: ClearMessages
DELETE FROM messages WHERE desk = $1
-- name: ClearHandoffs
DELETE FROM handoffs WHERE desk = $1
-- name: ClearSegments
DELETE FROM segments WHERE desk = $1
-- name: ClearOffers
DELETE FROM offers WHERE desk = $1
-- name: ClearPromises
DELETE FROM promises WHERE desk = $1
-- name: ClearCsat
DELETE FROM csat WHERE desk = $1
-- name: ClearFlags
DELETE FROM flags WHERE desk = $1
-- name: ClearAlerts
DELETE FROM alerts WHERE desk = $1
-- name: ClearPresenceChanges
DELETE FROM presence_changes WHERE desk = $1
