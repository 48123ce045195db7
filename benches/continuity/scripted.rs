//! Scripted models for the table of continuity. Must not know what they are asked.

use std::sync::Arc;

use abide_companion::companion::SayOptions;
use abide_generation::scripted::ScriptedGenerator;

use super::table::Models;

/// Two that say the same each time, with room for some 2,000 of a real model's tokens (bytes are theirs).
pub fn models() -> Models {
    let model = |name: &'static str, answer: &'static str| {
        let model = ScriptedGenerator::answering(move |_| vec![answer.to_owned()]);
        Arc::new(model.describe(|description| {
            name.clone_into(&mut description.name);
            description.context_length = 8_192;
        }))
    };
    Models {
        first: model("First", "So it goes."),
        second: model("Second", "Quite so."),
        say: SayOptions::default(),
    }
}
