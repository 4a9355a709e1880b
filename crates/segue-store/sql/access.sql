-- Who may do what. $1 is the desk throughout.

-- name: AddToken
INSERT INTO tokens (desk, hash, scope, agent, customer, created_at, expires_at, label)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: Token
SELECT hash, scope, agent, customer, created_at, expires_at, label FROM tokens
WHERE desk = $1 AND hash = $2

-- name: Tokens
SELECT hash, scope, agent, customer, created_at, expires_at, label FROM tokens
WHERE desk = $1 ORDER BY created_at, hash

-- name: RemoveToken
DELETE FROM tokens WHERE desk = $1 AND hash = $2

-- name: SaveSession
INSERT INTO sessions (desk, hash, agent, role, expires_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (desk, hash) DO UPDATE SET agent = excluded.agent, role = excluded.role,
    expires_at = excluded.expires_at

-- name: Session
SELECT hash, agent, role, expires_at FROM sessions WHERE desk = $1 AND hash = $2

-- name: RemoveSession
DELETE FROM sessions WHERE desk = $1 AND hash = $2

-- name: RemoveSessionsOf
DELETE FROM sessions WHERE desk = $1 AND agent = $2

-- name: ForgetSessions
DELETE FROM sessions WHERE desk = $1 AND expires_at < $2

-- name: ForgetTokens
DELETE FROM tokens WHERE desk = $1 AND expires_at < $2

-- name: RemoveOwnLogin
DELETE FROM logins WHERE desk = $1 AND (agent = $2
    OR (CAST($2 AS BIGINT) IS NULL AND agent IS NULL AND email = $3))

-- name: AddLogin
INSERT INTO logins (desk, email, agent, role, password_hash) VALUES ($1, $2, $3, $4, $5)

-- name: Login
SELECT email, agent, role, password_hash FROM logins WHERE desk = $1 AND email = $2

-- name: RemoveLoginOf
DELETE FROM logins WHERE desk = $1 AND agent = $2

-- name: Setting
SELECT value FROM settings WHERE desk = $1 AND key = $2

-- name: SaveSetting
INSERT INTO settings (desk, key, value) VALUES ($1, $2, $3)
ON CONFLICT (desk, key) DO UPDATE SET value = excluded.value

-- name: KeepSetting
INSERT INTO settings (desk, key, value) VALUES ($1, $2, $3)
ON CONFLICT (desk, key) DO UPDATE SET value = settings.value RETURNING value

-- name: Policy
SELECT version, source, author, at FROM policies WHERE desk = $1 AND version = $2

-- name: Policies
SELECT version, source, author, at FROM policies WHERE desk = $1 ORDER BY version DESC LIMIT $2

-- name: SaveWebhook
INSERT INTO webhooks (desk, id, url, secret, events, created_at, disabled_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (desk, id) DO UPDATE SET url = excluded.url, secret = excluded.secret,
    events = excluded.events, disabled_at = excluded.disabled_at

-- name: Webhooks
SELECT id, url, secret, events, created_at, disabled_at FROM webhooks
WHERE desk = $1 ORDER BY created_at, id

-- name: RemoveWebhook
DELETE FROM webhooks WHERE desk = $1 AND id = $2
