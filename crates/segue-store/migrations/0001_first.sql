-- Text between /*pg and */ is for PostgreSQL only, between /*sqlite and */ for SQLite only.
-- Times are milliseconds since 1970-01-01T00:00:00Z. JSON stands in TEXT columns.

-- What is true: the journal, the words and the names. -------------------------------------

CREATE TABLE desks (
    desk BIGINT PRIMARY KEY,
    head BIGINT NOT NULL
);

CREATE TABLE journal (
    desk BIGINT NOT NULL,
    position BIGINT NOT NULL,
    at BIGINT NOT NULL,
    format BIGINT NOT NULL,
    kind TEXT NOT NULL,
    conversation BIGINT,
    handoff BIGINT,
    entry TEXT NOT NULL,
    PRIMARY KEY (desk, position)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX journal_conversation ON journal (desk, conversation, position)
    WHERE conversation IS NOT NULL;
CREATE INDEX journal_handoff ON journal (desk, handoff, position) WHERE handoff IS NOT NULL;

-- The words that belong to a line. They can be erased; the line stays.
CREATE TABLE bodies (
    desk BIGINT NOT NULL,
    position BIGINT NOT NULL,
    text TEXT NOT NULL,
    extra TEXT,
    PRIMARY KEY (desk, position)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE customers (
    desk BIGINT NOT NULL,
    id TEXT NOT NULL,
    external_id TEXT,
    name TEXT,
    email TEXT,
    locale TEXT,
    attributes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (desk, id),
    UNIQUE (desk, external_id)
);

-- A cache of the desk; it can always be made again from the journal.
CREATE TABLE snapshots (
    desk BIGINT PRIMARY KEY,
    position BIGINT NOT NULL,
    state TEXT NOT NULL
);

CREATE TABLE idempotency (
    desk BIGINT NOT NULL,
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status BIGINT NOT NULL,
    answer TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (desk, caller, key)
);
CREATE INDEX idempotency_at ON idempotency (desk, at);

-- What must still be told to the outside. A claim moves due_at to the end of its lease.
CREATE TABLE outbox (
    desk BIGINT NOT NULL,
    position BIGINT NOT NULL,
    part BIGINT NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    payload TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'waiting',
    last_error TEXT,
    PRIMARY KEY (desk, position, part)
);
CREATE INDEX outbox_due ON outbox (desk, due_at) WHERE state = 'waiting';

-- Who may do what. --------------------------------------------------------------------------

CREATE TABLE tokens (
    desk BIGINT NOT NULL,
    hash TEXT NOT NULL,
    scope TEXT NOT NULL,
    agent BIGINT,
    customer TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    label TEXT,
    PRIMARY KEY (desk, hash)
);

CREATE TABLE sessions (
    desk BIGINT NOT NULL,
    hash TEXT NOT NULL,
    agent BIGINT,
    role TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (desk, hash)
);

CREATE TABLE logins (
    desk BIGINT NOT NULL,
    email TEXT NOT NULL,
    agent BIGINT,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    PRIMARY KEY (desk, email),
    UNIQUE (desk, agent)
);

CREATE TABLE settings (
    desk BIGINT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (desk, key)
);

CREATE TABLE webhooks (
    desk BIGINT NOT NULL,
    id TEXT NOT NULL,
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    events TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    PRIMARY KEY (desk, id)
);

-- For people with SQL and BI tools: computed from the journal, and only from it. ------------

CREATE TABLE policies (
    desk BIGINT NOT NULL,
    version BIGINT NOT NULL,
    source TEXT NOT NULL,
    author TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (desk, version)
);

CREATE TABLE agents (
    desk BIGINT NOT NULL,
    id BIGINT NOT NULL,
    name TEXT NOT NULL,
    skills TEXT NOT NULL,
    capacity BIGINT NOT NULL,
    on_call BOOLEAN NOT NULL,
    retired BOOLEAN NOT NULL,
    presence TEXT NOT NULL DEFAULT 'offline',
    presence_since BIGINT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (desk, id)
);

CREATE TABLE conversations (
    desk BIGINT NOT NULL,
    id BIGINT NOT NULL,
    customer TEXT NOT NULL,
    channel TEXT NOT NULL,
    tier TEXT,
    locale TEXT,
    state TEXT NOT NULL,
    holder TEXT NOT NULL,
    agent BIGINT,
    epoch BIGINT NOT NULL,
    opened_at BIGINT NOT NULL,
    resolved_at BIGINT,
    resolved_by TEXT,
    handoff BIGINT,
    handoffs BIGINT NOT NULL DEFAULT 0,
    messages BIGINT NOT NULL DEFAULT 0,
    last_message_at BIGINT,
    csat BIGINT,
    PRIMARY KEY (desk, id)
);
CREATE INDEX conversations_customer ON conversations (desk, customer, id);
CREATE INDEX conversations_state ON conversations (desk, state, id);
CREATE INDEX conversations_agent ON conversations (desk, agent, id) WHERE agent IS NOT NULL;
CREATE INDEX conversations_opened ON conversations (desk, opened_at);

-- The messages of a conversation are found by the journal's index: a second one would double what
-- each message costs.
CREATE TABLE messages (
    desk BIGINT NOT NULL,
    conversation BIGINT NOT NULL,
    id BIGINT NOT NULL,
    author TEXT NOT NULL,
    agent BIGINT,
    at BIGINT NOT NULL,
    sentiment_permille BIGINT,
    intent TEXT,
    confidence_permille BIGINT,
    verdict TEXT,
    trigger_name TEXT,
    notice TEXT,
    withheld BOOLEAN NOT NULL DEFAULT FALSE,
    refused BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (desk, id)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE handoffs (
    desk BIGINT NOT NULL,
    id BIGINT NOT NULL,
    conversation BIGINT NOT NULL,
    message BIGINT,
    trigger_name TEXT,
    level TEXT NOT NULL,
    severity TEXT NOT NULL,
    intent TEXT,
    route TEXT NOT NULL,
    skills TEXT NOT NULL,
    policy BIGINT NOT NULL,
    state TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    step BIGINT NOT NULL DEFAULT 0,
    step_who TEXT,
    step_since BIGINT,
    unmatched TEXT,
    offers BIGINT NOT NULL DEFAULT 0,
    agent BIGINT,
    assigned_at BIGINT,
    first_reply_at BIGINT,
    callback_at BIGINT,
    ended_at BIGINT,
    ending TEXT,
    PRIMARY KEY (desk, id)
);
CREATE INDEX handoffs_conversation ON handoffs (desk, conversation, id);
CREATE INDEX handoffs_opened ON handoffs (desk, opened_at);

-- One row for each stay in the queue.
CREATE TABLE segments (
    desk BIGINT NOT NULL,
    id BIGINT NOT NULL,
    handoff BIGINT NOT NULL,
    route TEXT NOT NULL,
    only_agent BIGINT,
    points_severity BIGINT NOT NULL,
    points_customer BIGINT NOT NULL,
    points_sentiment BIGINT NOT NULL,
    points_per_minute BIGINT NOT NULL,
    waiting_since BIGINT NOT NULL,
    entered_at BIGINT NOT NULL,
    left_at BIGINT,
    how TEXT,
    PRIMARY KEY (desk, id)
);
CREATE INDEX segments_handoff ON segments (desk, handoff, id);

CREATE TABLE offers (
    desk BIGINT NOT NULL,
    id BIGINT NOT NULL,
    handoff BIGINT NOT NULL,
    agent BIGINT NOT NULL,
    offered_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    ended_at BIGINT,
    how TEXT,
    PRIMARY KEY (desk, id)
);
CREATE INDEX offers_handoff ON offers (desk, handoff, id);

CREATE TABLE promises (
    desk BIGINT NOT NULL,
    id BIGINT NOT NULL,
    handoff BIGINT NOT NULL,
    told_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    low_seconds BIGINT NOT NULL,
    high_seconds BIGINT NOT NULL,
    coverage_permille BIGINT NOT NULL,
    settled_at BIGINT,
    how TEXT,
    PRIMARY KEY (desk, id)
);
CREATE INDEX promises_handoff ON promises (desk, handoff, id);

CREATE TABLE csat (
    desk BIGINT NOT NULL,
    id BIGINT NOT NULL,
    conversation BIGINT NOT NULL,
    score BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (desk, id)
);
CREATE INDEX csat_conversation ON csat (desk, conversation);

CREATE TABLE flags (
    desk BIGINT NOT NULL,
    id BIGINT NOT NULL,
    handoff BIGINT NOT NULL,
    agent BIGINT NOT NULL,
    flag TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (desk, id)
);
CREATE INDEX flags_handoff ON flags (desk, handoff);

CREATE TABLE alerts (
    desk BIGINT NOT NULL,
    id BIGINT NOT NULL,
    handoff BIGINT NOT NULL,
    rule TEXT NOT NULL,
    severity TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (desk, id)
);

CREATE TABLE presence_changes (
    desk BIGINT NOT NULL,
    id BIGINT NOT NULL,
    agent BIGINT NOT NULL,
    was TEXT NOT NULL,
    became TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (desk, id)
);
CREATE INDEX presence_changes_agent ON presence_changes (desk, agent, id);

-- History that was brought in from elsewhere. -----------------------------------------------

CREATE TABLE imports (
    desk BIGINT NOT NULL,
    id BIGINT NOT NULL,
    format TEXT NOT NULL,
    file TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    conversations BIGINT NOT NULL DEFAULT 0,
    messages BIGINT NOT NULL DEFAULT 0,
    refused BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (desk, id)
);

CREATE TABLE history_conversations (
    desk BIGINT NOT NULL,
    import BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    external_id TEXT NOT NULL,
    channel TEXT,
    tier TEXT,
    opened_at BIGINT NOT NULL,
    closed_at BIGINT,
    handed_off BOOLEAN,
    solved BOOLEAN,
    csat BIGINT,
    extra TEXT,
    PRIMARY KEY (desk, import, seq),
    FOREIGN KEY (desk, import) REFERENCES imports (desk, id)
) /*sqlite WITHOUT ROWID*/;

CREATE TABLE history_messages (
    desk BIGINT NOT NULL,
    import BIGINT NOT NULL,
    conversation BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    author TEXT NOT NULL,
    at BIGINT NOT NULL,
    text TEXT NOT NULL,
    extra TEXT,
    PRIMARY KEY (desk, import, conversation, seq),
    FOREIGN KEY (desk, import, conversation)
        REFERENCES history_conversations (desk, import, seq)
) /*sqlite WITHOUT ROWID*/;

-- Messages with their words, for people.
CREATE VIEW message_texts AS
SELECT m.desk, m.conversation, m.id, m.author, m.agent, m.at, b.text
FROM messages m LEFT JOIN bodies b ON b.desk = m.desk AND b.position = m.id
WHERE NOT m.refused;
