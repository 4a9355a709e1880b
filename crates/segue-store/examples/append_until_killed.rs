//! Appends conversations of one message to a store for ever and prints each position once it is
//! acknowledged. The conformance suite kills it and looks what is there.

use segue_core::{
    id::{ConversationId, CustomerId},
    journal::{Author, CustomerFacts, Entry, FORMAT, Line, Observation},
    signals::Reading,
    time::Timestamp,
};
use segue_store::{Batch, Body, StoreError};

#[tokio::main]
async fn main() -> Result<(), String> {
    let place = std::env::args()
        .nth(1)
        .ok_or("usage: append_until_killed PLACE")?;
    let Err(error) = append(&place).await;
    Err(error.to_string())
}

async fn append(place: &str) -> Result<std::convert::Infallible, StoreError> {
    let store = segue_store::open(place).await?;
    let mut head = store.head().await?;
    loop {
        store.append(batch(head)).await?;
        head += 2;
        println!("{head}");
    }
}

fn batch(after: u64) -> Batch {
    let opened = after + 1;
    let customer = CustomerFacts {
        id: CustomerId(u128::from(opened)),
        tier: None,
        locale: None,
        attributes: [].into(),
        previous: vec![],
    };
    let opening = Observation::ConversationOpened {
        customer,
        channel: "web".into(),
    };
    let message = Observation::MessageReceived {
        conversation: ConversationId(opened),
        author: Author::Customer,
        epoch: None,
        reading: Box::new(Reading::default()),
        answer: None,
    };
    let body = Body {
        position: opened + 1,
        text: format!("message {opened}"),
        extra: None,
    };
    Batch {
        after,
        lines: vec![line(opened, opening), line(opened + 1, message)],
        bodies: vec![body],
        ..Batch::default()
    }
}

fn line(position: u64, seen: Observation) -> Line {
    Line {
        position,
        at: Timestamp(0),
        format: FORMAT,
        entry: Entry::Observed(seen),
    }
}
