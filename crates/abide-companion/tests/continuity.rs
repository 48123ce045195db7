//! The table of continuity with a scripted model: each cell is a test.

#[path = "continuity/body.rs"]
mod body;

use std::sync::Arc;

use abide_generation::scripted::ScriptedGenerator;

use body::{Between, CORRECTED, DETAIL, FACT, Models, Told};

fn models() -> Models {
    let model = |name: &'static str, answer: &'static str| {
        let model = ScriptedGenerator::answering(move |_| vec![answer.to_owned()]).describe(|description| {
            name.clone_into(&mut description.name);
            // Bytes are this model's tokens, so this holds some 2,000 of a real one's.
            description.context_length = 8_192;
        });
        Arc::new(model)
    };
    Models { first: model("First", "So it goes."), second: model("Second", "Quite so.") }
}

fn told(told: &Told, between: Between) {
    let prompt = body::prompt_after(&models(), told, between);
    assert!(prompt.contains(told.holds), "{prompt}");
}

fn corrected(between: Between) {
    let prompt = body::prompt_after(&models(), &CORRECTED, between);
    assert!(prompt.contains("Jo moved to Lyon."), "{prompt}");
    assert!(!prompt.contains("lives in Brest"), "{prompt}");
}

fn deleted(told: &Told, between: Between) {
    let (prompt, home) = body::prompt_after_forgetting(&models(), told, between);
    assert!(!prompt.contains(told.holds), "{prompt}");
    assert!(!body::is_known(&home, told.holds), "the store still knows it");
    assert!(!body::is_on_disk(&home, told.holds), "a file holds it");
}

macro_rules! table {
    ($($between:ident: $fact:ident, $detail:ident, $corrected:ident, $deleted:ident, $deleted_detail:ident;)*) => {
        $(
            #[test]
            fn $fact() {
                told(&FACT, Between::$between);
            }

            #[test]
            fn $detail() {
                told(&DETAIL, Between::$between);
            }

            #[test]
            fn $corrected() {
                corrected(Between::$between);
            }

            #[test]
            fn $deleted() {
                deleted(&FACT, Between::$between);
            }

            #[test]
            fn $deleted_detail() {
                deleted(&DETAIL, Between::$between);
            }
        )*
    };
}

table! {
    Turns: a_fact_after_400_turns, a_detail_after_400_turns, a_correction_after_400_turns,
        a_deleted_fact_after_400_turns, a_deleted_detail_after_400_turns;
    Window: a_fact_in_a_new_window, a_detail_in_a_new_window, a_correction_in_a_new_window,
        a_deleted_fact_in_a_new_window, a_deleted_detail_in_a_new_window;
    Restart: a_fact_after_a_restart, a_detail_after_a_restart, a_correction_after_a_restart,
        a_deleted_fact_after_a_restart, a_deleted_detail_after_a_restart;
    Swap: a_fact_after_a_swap, a_detail_after_a_swap, a_correction_after_a_swap,
        a_deleted_fact_after_a_swap, a_deleted_detail_after_a_swap;
    Move: a_fact_after_a_move, a_detail_after_a_move, a_correction_after_a_move,
        a_deleted_fact_after_a_move, a_deleted_detail_after_a_move;
}

#[test]
fn two_companions_never_see_each_others_memory() {
    for told in [FACT, DETAIL, CORRECTED] {
        let prompt = body::prompt_of_another(&models(), &told);
        assert!(!prompt.contains(told.holds), "{prompt}");
    }
}
