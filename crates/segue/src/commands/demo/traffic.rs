//! Invented customers and agents who move by themselves, through the same door as everybody.

use std::{sync::Arc, time::Duration};

use segue_core::{
    conversation::Stage,
    desk::Desk,
    id::{AgentId, ConversationId, HandoffId},
    journal::{Author, Observation},
};
use tokio::time::sleep;

use crate::{
    desk_loop::{Denied, Told, Words},
    http::{App, demo::Cast},
};

/// A customer comes about this often.
const CUSTOMER_EVERY: Duration = Duration::from_secs(15);
/// An agent of the demo looks at their desk this often.
const AGENT_EVERY: Duration = Duration::from_secs(4);
/// How long an agent counts as there after each look.
const LEASE_SECONDS: u32 = 20;
/// Every so many-th agent is left to the people who try the demo.
const LEFT_ALONE: usize = 2;

const QUESTIONS: [&str; 10] = [
    "How long does delivery to Austria take?",
    "My lamp flickers when I dim it, what can I do?",
    "I was charged twice for order LL-203311, please give me my money back",
    "Can I talk to a person please?",
    "How do I wash a linen curtain?",
    "My parcel LL-204802 arrived with a broken shade",
    "I cannot sign in, the code never comes",
    "We need 40 bedside lamps for a hotel, who can make us an offer?",
    "Where do I find my invoice with the VAT number?",
    "This is the third time I ask about my refund, it is ridiculous!",
];
const REPLIES: [&str; 4] = [
    "Hello, I have read everything above, give me a moment to look at your order.",
    "Thank you for waiting. I can see it here and I am putting it right now.",
    "That is done. You get a confirmation by e-mail within a few minutes.",
    "Is there anything else that I can do for you?",
];

/// Lets customers come, and the demo's agents work, until it is dropped.
pub(super) async fn run(app: Arc<App>, cast: Cast) {
    let agents: Vec<AgentId> = {
        let desk = app.door().desk().await;
        let everybody = desk.agents().map(|agent| agent.id).enumerate();
        let moved = everybody.filter(|(index, _)| index % LEFT_ALONE == 1);
        moved.map(|(_, id)| id).collect()
    };
    for agent in agents {
        tokio::spawn(work(Arc::clone(&app), agent));
    }
    for number in 0.. {
        let customer = cast.customers.get(number % cast.customers.len().max(1));
        if let Some(customer) = customer {
            let external_id = customer.external_id.clone();
            tokio::spawn(come(Arc::clone(&app), external_id, pick(QUESTIONS.len())));
        }
        sleep(about(CUSTOMER_EVERY)).await;
    }
}

/// One customer: asks, writes once more while a person is there, rates and goes.
async fn come(app: Arc<App>, external_id: String, question: usize) {
    if let Err(denied) = visit(&app, &external_id, question).await {
        tracing::info!(?denied, "an invented customer gave up");
    }
}

async fn visit(app: &App, external_id: &str, question: usize) -> Result<(), Denied> {
    let id = app.secret.customer_id(external_id);
    let Some(row) = app.store().customer(id).await? else {
        return Ok(());
    };
    let facts = app.facts_of(&row).await;
    let Ok(customer) = facts else { return Ok(()) };
    let opened = Observation::ConversationOpened {
        customer,
        channel: "web".into(),
    };
    let done = app.door().tell(opened).await?;
    let conversation = ConversationId(done.first);
    let question = QUESTIONS.get(question).copied().unwrap_or_default();
    write(app, conversation, Author::Customer, question).await?;
    for _ in 0..30 {
        sleep(about(Duration::from_secs(6))).await;
        let desk = app.door().desk().await;
        let Some(open) = desk.conversation(conversation) else {
            break;
        };
        let with_agent = matches!(open.stage, Stage::WithAgent { .. });
        let answered = open.with_assistant() && open.unanswered.is_none();
        drop(desk);
        if with_agent {
            sleep(about(Duration::from_secs(12))).await;
            let thanks = "Thank you, that helps. I am looking forward to it.";
            write(app, conversation, Author::Customer, thanks).await?;
            break;
        }
        if answered {
            let by = Author::Customer;
            app.door()
                .tell(Observation::Resolved { conversation, by })
                .await?;
            break;
        }
    }
    rate(app, conversation).await
}

async fn rate(app: &App, conversation: ConversationId) -> Result<(), Denied> {
    for _ in 0..30 {
        sleep(about(Duration::from_secs(6))).await;
        if app.door().desk().await.conversation(conversation).is_none() {
            let score = u8::try_from(3 + pick(3)).unwrap_or(4);
            let rated = Observation::CsatGiven {
                conversation,
                score,
            };
            return app.door().tell(rated).await.map(drop);
        }
    }
    Ok(())
}

/// One agent: takes what is offered, answers, resolves. Somebody who opens their console in a
/// browser takes over from here.
async fn work(app: Arc<App>, agent: AgentId) {
    loop {
        sleep(about(AGENT_EVERY)).await;
        if app.consoles.is_manned(agent).await {
            continue;
        }
        let there = app.consoles.lease(app.door(), agent, LEASE_SECONDS).await;
        let moved = match there {
            Ok(()) => step(&app, agent).await,
            Err(denied) => Err(denied),
        };
        if let Err(denied) = moved {
            tracing::info!(?denied, %agent, "an invented agent was too late");
        }
    }
}

async fn step(app: &App, agent: AgentId) -> Result<(), Denied> {
    let (offers, held) = work_of(app, agent).await;
    for handoff in offers {
        app.door()
            .tell(Observation::OfferAccepted { handoff, agent })
            .await?;
    }
    // One thing at a time: people do not type in four windows at once.
    let Some((conversation, written)) = held.into_iter().next() else {
        return Ok(());
    };
    if let Some(reply) = REPLIES.get(written) {
        return write(app, conversation, Author::Agent(agent), reply).await;
    }
    let by = Author::Agent(agent);
    app.door()
        .tell(Observation::Resolved { conversation, by })
        .await
        .map(drop)
}

/// What is offered to an agent, and what they have with how often they wrote in it.
async fn work_of(app: &App, agent: AgentId) -> (Vec<HandoffId>, Vec<(ConversationId, usize)>) {
    let (offers, held) = {
        let desk = app.door().desk().await;
        let Some(agent) = desk.agent(agent) else {
            return (Vec::new(), Vec::new());
        };
        let offers: Vec<HandoffId> = agent.offers.iter().copied().collect();
        let held = agent.handoffs.iter().filter_map(|id| desk.handoff(*id));
        let held: Vec<ConversationId> = held.map(|handoff| handoff.conversation).collect();
        (offers, held)
    };
    let mut counted = Vec::new();
    for conversation in held {
        let rows = app.store().messages(conversation, None, 500).await;
        let written = rows.unwrap_or_default();
        let own = written
            .iter()
            .filter(|row| row.author == Author::Agent(agent));
        counted.push((conversation, own.count()));
    }
    (offers, counted)
}

async fn write(
    app: &App,
    conversation: ConversationId,
    author: Author,
    text: &str,
) -> Result<(), Denied> {
    let told = Told {
        seen: Observation::MessageReceived {
            conversation,
            author,
            epoch: None,
            reading: Box::new(app.door().read(text, author)),
            answer: None,
        },
        words: Some(Words {
            text: text.to_owned(),
            extra: None,
        }),
    };
    let seen = Box::new(move |_: &Desk| Ok(vec![told.clone()]));
    app.door().submit(seen, None, None).await.map(drop)
}

/// Anything below `count`.
fn pick(count: usize) -> usize {
    let mut bytes = [0; 4];
    // Without randomness it is always the first, which is calm, too.
    let _ = getrandom::fill(&mut bytes);
    usize::try_from(u32::from_le_bytes(bytes)).unwrap_or_default() % count.max(1)
}

/// Half as long to one and a half times as long.
fn about(time: Duration) -> Duration {
    let percent = u32::try_from(50 + pick(100)).unwrap_or(100);
    time * percent / 100
}
