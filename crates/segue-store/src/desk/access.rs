//! Who may do what, over any engine.

use async_trait::async_trait;
use segue_core::{id::AgentId, time::Timestamp};

use super::{DeskStore, values};
use crate::{
    Access, LoginRow, PolicyRow, SessionRow, StoreError, TokenRow, WebhookRow,
    engine::Engine,
    sql::{Query, Row, step, unreadable},
};

#[async_trait]
impl<E: Engine> Access for DeskStore<E> {
    async fn add_token(&self, token: TokenRow) -> Result<(), StoreError> {
        let TokenRow {
            hash,
            scope,
            agent,
            customer,
            created_at,
            expires_at,
            label,
        } = token;
        let step = step!(
            AddToken, self.desk, hash, scope, agent, customer, created_at, expires_at, label
        );
        self.write(vec![step]).await.map(|_| ())
    }

    async fn token(&self, hash: &str) -> Result<Option<TokenRow>, StoreError> {
        self.one(Query::Token, values![hash], token).await
    }

    async fn tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        self.list(Query::Tokens, values![], token).await
    }

    async fn remove_token(&self, hash: &str) -> Result<(), StoreError> {
        self.write(vec![step!(RemoveToken, self.desk, hash)])
            .await
            .map(|_| ())
    }

    async fn save_session(&self, session: SessionRow) -> Result<(), StoreError> {
        let SessionRow {
            hash,
            agent,
            role,
            expires_at,
        } = session;
        let step = step!(SaveSession, self.desk, hash, agent, role, expires_at);
        self.write(vec![step]).await.map(|_| ())
    }

    async fn session(&self, hash: &str) -> Result<Option<SessionRow>, StoreError> {
        self.one(Query::Session, values![hash], |row| {
            Ok(SessionRow {
                hash: row.take()?,
                agent: row.take()?,
                role: row.take()?,
                expires_at: row.take()?,
            })
        })
        .await
    }

    async fn remove_session(&self, hash: &str) -> Result<(), StoreError> {
        self.write(vec![step!(RemoveSession, self.desk, hash)])
            .await
            .map(|_| ())
    }

    async fn remove_sessions_of(&self, agent: AgentId) -> Result<(), StoreError> {
        self.write(vec![step!(RemoveSessionsOf, self.desk, agent)])
            .await
            .map(|_| ())
    }

    async fn forget_expired(&self, before: Timestamp) -> Result<(), StoreError> {
        let desk = self.desk;
        let steps = vec![
            step!(ForgetSessions, desk, before),
            step!(ForgetTokens, desk, before),
        ];
        self.write(steps).await.map(|_| ())
    }

    async fn save_login(&self, login: LoginRow) -> Result<(), StoreError> {
        let LoginRow {
            email,
            agent,
            role,
            password_hash,
        } = login;
        let desk = self.desk;
        let steps = vec![
            step!(RemoveOwnLogin, desk, agent, &email),
            step!(AddLogin, desk, &email, agent, role, password_hash),
        ];
        self.write(steps).await.map(|_| ())
    }

    async fn login(&self, email: &str) -> Result<Option<LoginRow>, StoreError> {
        self.one(Query::Login, values![email], |row| {
            Ok(LoginRow {
                email: row.take()?,
                agent: row.take()?,
                role: row.take()?,
                password_hash: row.take()?,
            })
        })
        .await
    }

    async fn remove_login_of(&self, agent: AgentId) -> Result<(), StoreError> {
        self.write(vec![step!(RemoveLoginOf, self.desk, agent)])
            .await
            .map(|_| ())
    }

    async fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.one(Query::Setting, values![key], Row::take).await
    }

    async fn save_setting(&self, key: &str, value: &str) -> Result<(), StoreError> {
        self.write(vec![step!(SaveSetting, self.desk, key, value)])
            .await
            .map(|_| ())
    }

    async fn setting_or(&self, key: &str, value: &str) -> Result<String, StoreError> {
        let mut rows = self
            .write(vec![step!(KeepSetting, self.desk, key, value)])
            .await?;
        let kept = rows
            .first_mut()
            .ok_or_else(|| unreadable("a setting", "it is gone"))?;
        kept.take()
    }

    async fn policy(&self, version: Option<u32>) -> Result<Option<PolicyRow>, StoreError> {
        match version {
            Some(version) => self.one(Query::Policy, values![version], policy).await,
            None => self.one(Query::Policies, values![1], policy).await,
        }
    }

    async fn policies(&self) -> Result<Vec<PolicyRow>, StoreError> {
        self.list(Query::Policies, values![i64::MAX], policy).await
    }

    async fn save_webhook(&self, webhook: WebhookRow) -> Result<(), StoreError> {
        let WebhookRow {
            id,
            url,
            secret,
            events,
            created_at,
            disabled_at,
        } = webhook;
        let events = serde_json::Value::from(events).to_string();
        let step = step!(
            SaveWebhook,
            self.desk,
            id,
            url,
            secret,
            events,
            created_at,
            disabled_at
        );
        self.write(vec![step]).await.map(|_| ())
    }

    async fn webhooks(&self) -> Result<Vec<WebhookRow>, StoreError> {
        self.list(Query::Webhooks, values![], |row| {
            Ok(WebhookRow {
                id: row.take()?,
                url: row.take()?,
                secret: row.take()?,
                events: row.json()?,
                created_at: row.take()?,
                disabled_at: row.take()?,
            })
        })
        .await
    }

    async fn remove_webhook(&self, id: &str) -> Result<(), StoreError> {
        self.write(vec![step!(RemoveWebhook, self.desk, id)])
            .await
            .map(|_| ())
    }
}

fn token(row: &mut Row) -> Result<TokenRow, StoreError> {
    let (hash, scope, agent): (String, String, Option<AgentId>) =
        (row.take()?, row.take()?, row.take()?);
    let customer: Option<String> = row.take()?;
    let customer = customer.map(|id| id.parse()).transpose();
    Ok(TokenRow {
        hash,
        scope,
        agent,
        customer: customer.map_err(|why| unreadable("a token", why))?,
        created_at: row.take()?,
        expires_at: row.take()?,
        label: row.take()?,
    })
}

fn policy(row: &mut Row) -> Result<PolicyRow, StoreError> {
    Ok(PolicyRow {
        version: row.take()?,
        source: row.take()?,
        author: row.take()?,
        at: row.take()?,
    })
}
