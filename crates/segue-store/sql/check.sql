-- What is compared with the journal. $1 is the desk throughout; the first column is the key.

-- name: AllAgents
SELECT t.id AS place, t.* FROM agents t WHERE desk = $1 AND t.id > $2 AND t.id <= $3 ORDER BY 1

-- name: AllAlerts
SELECT t.id AS place, t.* FROM alerts t WHERE desk = $1 AND t.id > $2 AND t.id <= $3 ORDER BY 1

-- name: AllConversations
SELECT t.id AS place, t.* FROM conversations t WHERE desk = $1 AND t.id > $2 AND t.id <= $3 ORDER BY 1

-- name: AllCsat
SELECT t.id AS place, t.* FROM csat t WHERE desk = $1 AND t.id > $2 AND t.id <= $3 ORDER BY 1

-- name: AllFlags
SELECT t.id AS place, t.* FROM flags t WHERE desk = $1 AND t.id > $2 AND t.id <= $3 ORDER BY 1

-- name: AllHandoffs
SELECT t.id AS place, t.* FROM handoffs t WHERE desk = $1 AND t.id > $2 AND t.id <= $3 ORDER BY 1

-- name: AllMessages
SELECT t.id AS place, t.* FROM messages t WHERE desk = $1 AND t.id > $2 AND t.id <= $3 ORDER BY 1

-- name: AllOffers
SELECT t.id AS place, t.* FROM offers t WHERE desk = $1 AND t.id > $2 AND t.id <= $3 ORDER BY 1

-- name: AllPolicies
SELECT t.version AS place, t.* FROM policies t WHERE desk = $1 AND t.version > $2 AND t.version <= $3 ORDER BY 1

-- name: AllPresenceChanges
SELECT t.id AS place, t.* FROM presence_changes t WHERE desk = $1 AND t.id > $2 AND t.id <= $3 ORDER BY 1

-- name: AllPromises
SELECT t.id AS place, t.* FROM promises t WHERE desk = $1 AND t.id > $2 AND t.id <= $3 ORDER BY 1

-- name: AllSegments
SELECT t.id AS place, t.* FROM segments t WHERE desk = $1 AND t.id > $2 AND t.id <= $3 ORDER BY 1

-- name: AllWords
SELECT position FROM bodies WHERE desk = $1 AND position > $2 AND position <= $3 ORDER BY position
