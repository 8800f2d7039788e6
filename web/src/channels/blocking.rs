//! Asking a vendor to block a contact, too, or to let them in again.

use channel_gateway::whatsapp::blocks::{self, Answer};
use inbox::contacts::vendor_block::{self, ASK, Ask, Outcome, Question};
use jobs::{Failure, Job, Runner};
use sea_orm::TransactionTrait as _;

use super::{Desk, Keys};
use crate::{connections::NotConnected, jobs::Bench, state::AppState};

/// Teaches a runner to ask.
#[must_use]
pub fn teach(runner: Runner, bench: &Bench) -> Runner {
    let state = bench.state.clone();
    runner.on(ASK, move |job| ask(state.clone(), job))
}

async fn ask(state: AppState, job: Job) -> Result<(), Failure> {
    let asked: Ask =
        serde_json::from_value(job.payload).map_err(|error| Failure::GiveUp(error.to_string()))?;
    for question in vendor_block::waiting(&state.db, asked).await? {
        if vendor_block::begin(&state.db, asked, &question).await? {
            ask_one(&state, asked, &question).await?;
        }
    }
    Ok(())
}

async fn ask_one(state: &AppState, asked: Ask, question: &Question) -> Result<(), Failure> {
    let desk = Desk::of(state);
    let outcome = match Keys::of(&desk, asked.channel).await {
        Ok(Keys::Cloud(keys)) => {
            let told =
                blocks::set(&keys.graph(&desk), &keys.number, &question.address, question.wanted).await;
            match told {
                Ok(Answer::Done) => Outcome::Done,
                Ok(Answer::Refused { code, detail }) => Outcome::Refused(code, detail),
                Err(channel_gateway::Fault::Refused(error)) => {
                    Outcome::Refused(error.code, error.sentence().to_owned())
                }
                Err(fault) => Outcome::NoAnswer(fault.to_string()),
            }
        }
        // Nobody else can be asked.
        Ok(Keys::Twilio(_)) => return Ok(()),
        Err(NotConnected::Db(error)) => return Err(error.into()),
        Err(error) => Outcome::NoAnswer(error.to_string()),
    };
    if let Outcome::Refused(code, _) = &outcome {
        tracing::warn!(
            channel = %asked.channel, contact = %asked.contact, code,
            "the vendor refused what was asked about contact {}", asked.contact
        );
    }
    let tx = state.db.begin().await?;
    vendor_block::answered(&tx, asked, question, &outcome, state.clock.now()).await?;
    tx.commit().await?;
    state.wakes.relay();
    state.wakes.work();
    Ok(())
}
