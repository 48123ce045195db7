//! What stands before a constrained answer: thoughts, and a space that belongs to the tokenizer.

use std::time::Duration;

use abide_generation::Constraint;

use super::words::*;
use crate::constraint::Guide;
use crate::constraint::pace::Paces;

const CLOSE: &str = "</think>";

fn thinking(adds_space: bool) -> Guide {
    grammars(adds_space).guide(&Constraint::Regex("yes|no".into())).unwrap().after(None, Some(CLOSE))
}

fn accept(guide: &mut Guide, words: &[&str]) {
    for word in words {
        for token in (Words { adds_space: false }).encode_text(word).unwrap() {
            assert!(guide.allowed().unwrap().contains(token), "{word:?}");
            guide.accept(token).unwrap();
        }
    }
}

fn token(word: &str) -> u32 {
    let tokens = (Words { adds_space: false }).encode_text(word).unwrap();
    assert_eq!(tokens.len(), 1, "{word}");
    tokens[0]
}

fn allows(guide: &mut Guide, word: &str) -> bool {
    guide.allowed().unwrap().contains(token(word))
}

use crate::scheduler::TextCodec as _;

#[test]
fn thoughts_are_free_until_they_are_closed() {
    for closing in [&["</", "th", "ink", ">"][..], &["</think>"], &["</", "th", "ink", ">\n\n"]] {
        let mut guide = thinking(false);
        accept(&mut guide, &["name", "{\"", "日本", "</", "x", "</", "th", "\n"]);
        assert!(!guide.allowed().unwrap().contains(END), "an answer is owed");
        assert!(guide.allowed().unwrap().contains(CALL));
        for word in closing {
            let token = token(word);
            assert!(guide.allowed().unwrap().contains(token), "{word}");
            guide.accept(token).unwrap();
        }
        assert!(!allows(&mut guide, "x") && !allows(&mut guide, "\n") && allows(&mut guide, "yes"));
        accept(&mut guide, &["no"]);
        assert!(guide.is_complete());
    }
}

#[test]
fn no_token_takes_the_answer_along_out_of_the_thoughts() {
    let mut guide = thinking(false);
    assert!(allows(&mut guide, ">{") && !allows(&mut guide, "</think>{") && allows(&mut guide, "</think>"));
    for word in ["</", "th", "ink"] {
        guide.accept(token(word)).unwrap();
    }
    assert!(
        !allows(&mut guide, ">{")
            && allows(&mut guide, ">\n\n")
            && allows(&mut guide, ">")
            && allows(&mut guide, "x")
    );
    guide.accept(token("x")).unwrap();
    assert!(allows(&mut guide, ">{"));
}

/// However often they begin their mark.
#[test]
fn thoughts_take_none_of_the_grammars_time() {
    let pace = Paces::new(Duration::ZERO, Duration::ZERO).join();
    let guide = grammars(false).guide(&Constraint::Regex("yes|no".into())).unwrap();
    let mut guide = guide.at_pace(pace).after(None, Some(CLOSE));
    for _ in 0..50 {
        accept(&mut guide, &["</", "th", "x"]);
    }
}

#[test]
fn a_control_token_may_be_the_mark() {
    let mut guide =
        grammars(false).guide(&Constraint::Regex("yes".into())).unwrap().after(None, Some("<call>"));
    guide.accept(token("x")).unwrap();
    guide.accept(CALL).unwrap();
    assert!(allows(&mut guide, "yes") && !allows(&mut guide, "no"));
}

#[test]
fn guesses_in_thoughts_stop_at_an_end() {
    let mut guide = thinking(false);
    assert_eq!(guide.fitting(&[token("x"), token("name"), END, token("x")]), 2);
    assert_eq!(thinking(true).after(None, None).fitting(&[token("yes")]), 0);
}

#[test]
fn a_leading_space_is_the_tokenizers() {
    let words = |adds_space| {
        let guide = grammars(adds_space).guide(&Constraint::Regex("yes|no".into())).unwrap();
        let mut guide = guide.after(None, None);
        let allowed = guide.allowed().unwrap();
        (0..VOCABULARY as u32).filter(|token| allowed.contains(*token)).collect::<Vec<_>>()
    };
    let mut both = ["yes", "no"].map(token).to_vec();
    both.extend([u32::from(b'n'), u32::from(b'y')]);
    let mut spaced = [&both[..], &[" yes", " no", " "].map(token), &[u32::from(b' ')]].concat();
    both.sort_unstable();
    spaced.sort_unstable();
    assert_eq!((words(false), words(true)), (both, spaced));
    // After thoughts that an ordinary token closed, a space is a space.
    let mut guide = thinking(true);
    accept(&mut guide, &["</", "th", "ink", ">"]);
    assert!(!allows(&mut guide, " yes") && allows(&mut guide, "yes"));
}
