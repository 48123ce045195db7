//! The first start: somebody is chosen, or made, to talk with.
//!
//! Must not know terminals or models.

use abide_companion::companion::{Companion, Companions};
use abide_companion::facts::{self, People, Told, USER};
use abide_companion::persona::{Persona, Relationship};
use abide_companion::time::Anchors;
use jiff::Zoned;

use crate::ask::Ask;
use crate::companions::failed;
use crate::output::{Console, Style};

/// What a companion of one's own is made from.
const QUESTIONS: [(&str, &str); 3] = [
    ("Its name: ", "name"),
    ("Who is it, and what is it like? (a sentence or two) ", "description"),
    ("How does it speak? (Enter: as it likes) ", "way of speaking"),
];

/// Words, letters and ideographs that a name has at most.
const WORDS_MAX: usize = 4;
const LETTERS_MAX: usize = 40;
const IDEOGRAPHS_MAX: usize = 8;
/// What sentences of somebody who talks begin with, and names don't.
const TALKS: [&str; 28] = [
    "i",
    "i'm",
    "i'd",
    "i've",
    "i'll",
    "im",
    "my",
    "you",
    "call",
    "it's",
    "that's",
    "hi",
    "hello",
    "hey",
    "how",
    "what",
    "je",
    "j'ai",
    "mon",
    "tu",
    "moi",
    "moi,",
    "appelle",
    "appelle-moi",
    "c'est",
    "salut",
    "bonjour",
    "comment",
];

/// Lets the person choose or make a companion; `None`: they left.
///
/// # Errors
/// When the terminal or the store fails.
pub fn choose(
    companions: &Companions,
    language: &str,
    asker: &mut dyn Ask,
    console: &mut Console,
) -> anyhow::Result<Option<Companion>> {
    let starters = Persona::starters(language);
    console.notice(
        "A companion stays: what you two say is kept in this home folder, encrypted, and is never sent anywhere.\n\
         Who would you like to talk with? (You can change everything about them later.)\n",
    );
    for (index, persona) in starters.iter().enumerate() {
        let name = console.styled(Style::Strong, &persona.name);
        console.notice(&format!("  {}  {name}, {}", index + 1, presented(persona)));
    }
    let own = starters.len() + 1;
    console.notice(&format!("  {own}  somebody of your own"));
    console.notice(
        "\nSomebody whom you talked with elsewhere comes home with what was said there: leave (Ctrl-D), then\n\
         `abide import-history FILE --new`",
    );
    let chosen = loop {
        let Some(answer) = asker.ask(&format!("\nA number from 1 to {own} [1]: "))? else { return Ok(None) };
        let by_name = starters.iter().position(|persona| persona.name.eq_ignore_ascii_case(&answer));
        match answer.parse::<usize>() {
            _ if answer.is_empty() => break 0,
            Ok(number) if (1..=own).contains(&number) => break number - 1,
            _ => match by_name {
                Some(index) => break index,
                None => console
                    .notice(&format!("`{answer}` is none of them: a number, a name, or Ctrl-D to leave")),
            },
        }
    };
    let mut persona = match starters.into_iter().nth(chosen) {
        Some(persona) => persona,
        None => match make(asker, None, language, console)? {
            Some(persona) => persona,
            None => return Ok(None),
        },
    };
    let question = format!("What shall {} call you? (Enter: nothing yet) ", persona.name);
    persona.calls_user = loop {
        let Some(name) = asker.ask(&question)? else { return Ok(None) };
        if name.is_empty() || is_name(&name) {
            break name;
        }
        if let Some(name) = introduced(&name) {
            break name;
        }
        console
            .notice("that is more than a name; a name alone, please, or Enter: the talk begins after this");
    };
    companions.create(&persona, None).map(Some).map_err(failed)
}

/// The name in an answer such as "call me Jo", « je m'appelle Jo » or 叫我小李吧.
fn introduced(answer: &str) -> Option<String> {
    let (at, anchors, people) = (Zoned::now(), Anchors::default(), People::default());
    let told = Told { at: &at, user_name: None, anchors: &anchors, people: &people };
    let name_in = |text: &str| {
        let facts = facts::extract(text, told).facts.into_iter();
        let name = facts.filter(|fact| fact.subject == USER && fact.predicate == "name" && fact.holds);
        name.map(|fact| fact.value).find(|name| is_name(name))
    };
    // "I'm Jo" introduces somebody behind a greeting alone, and this answers one; "call me jo" is one of those who write no capitals.
    name_in(answer).or_else(|| name_in(&format!("Hello, {answer}"))).or_else(|| name_in(&capitalised(answer)))
}

fn capitalised(text: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Whether this is a name, and nobody who talks already.
fn is_name(answer: &str) -> bool {
    let words: Vec<&str> = answer.split_whitespace().collect();
    let [first, .., last] = words[..] else { return words.len() == 1 && is_name_in_a_word(answer) };
    let talks = TALKS.contains(&first.to_lowercase().replace('’', "'").as_str());
    let is_one = words.len() == 2 || !answer.ends_with('.') && !last.starts_with(char::is_lowercase);
    words.len() <= WORDS_MAX && !talks && is_one && is_name_in_a_word(answer)
}

fn is_name_in_a_word(answer: &str) -> bool {
    let ideographs = answer.chars().filter(|letter| ('\u{3400}'..='\u{9fff}').contains(letter)).count();
    answer.chars().count() <= LETTERS_MAX
        && ideographs <= IDEOGRAPHS_MAX
        && !(ideographs > 0 && answer.starts_with(['我', '你', '您', '叫', '请', '請']))
        && !answer.contains([',', ';', ':', '?', '!', '…', '，', '、', '；', '：', '。', '？', '！', '\n'])
}

/// A persona out of a few answers; `None`: the person left. The name is not asked for where it is known.
///
/// # Errors
/// When the terminal fails.
pub fn make(
    asker: &mut dyn Ask,
    name: Option<&str>,
    language: &str,
    console: &mut Console,
) -> anyhow::Result<Option<Persona>> {
    let mut answers: Vec<String> = name.map(str::to_owned).into_iter().collect();
    for (question, what) in &QUESTIONS[answers.len()..] {
        let answer = loop {
            let Some(answer) = asker.ask(question)? else { return Ok(None) };
            if !answer.is_empty() || *what == "way of speaking" {
                break answer;
            }
            console.notice(&format!("it needs a {what}"));
        };
        answers.push(answer);
    }
    let [name, description, way_of_speaking] = answers.try_into().unwrap_or_default();
    Ok(Some(Persona {
        name,
        description,
        way_of_speaking,
        language: language.to_owned(),
        ..Persona::default()
    }))
}

/// A persona in a line.
pub fn presented(persona: &Persona) -> String {
    let relationship = match &persona.relationship {
        Relationship::Own(text) => text.clone(),
        known => format!("a {}", known.as_str()),
    };
    let notes = persona.creator_notes.lines().next().unwrap_or_default().trim();
    if notes.is_empty() { relationship } else { format!("{relationship}: {notes}") }
}

#[cfg(test)]
mod tests {
    use abide_companion::companion::CompanionsOptions;
    use abide_companion::keys::DatabaseKey;

    use super::*;
    use crate::ask::test::Scripted;
    use crate::output::test::console;

    /// Who is there after these answers, what they call the user, and what was shown.
    fn chosen(answers: &[&'static str]) -> (Option<(String, String)>, String) {
        let folder = tempfile::tempdir().unwrap();
        let key = DatabaseKey::random().unwrap();
        let path = folder.path().join("companions.db");
        let companions = Companions::open(&path, key, CompanionsOptions::default()).unwrap();
        let (mut console, _, err) = console();
        let companion = choose(&companions, "en", &mut Scripted::new(answers), &mut console).unwrap();
        assert_eq!(companion.is_some(), !companions.list().unwrap().is_empty());
        let persona = companion.map(|companion| companion.persona().unwrap());
        (persona.map(|persona| (persona.name, persona.calls_user)), err.text())
    }

    #[test]
    fn a_starter_is_chosen_by_number_or_name() {
        let starters = Persona::starters("en");
        let second = starters[1].name.clone();
        let (found, shown) = chosen(&["99", "2", "Ada"]);
        assert_eq!(found, Some((second.clone(), "Ada".to_owned())));
        assert!(starters.iter().all(|persona| shown.contains(&persona.name)), "{shown}");
        assert!(shown.contains("`99` is none of them"), "{shown}");
        assert_eq!(chosen(&["", ""]).0, Some((starters[0].name.clone(), String::new())));
    }

    #[test]
    fn who_talks_already_is_asked_for_a_name_again() {
        let (found, shown) = chosen(&["1", "My sister is here, did I say?", "How are you?", "Dr. K."]);
        assert_eq!(found.unwrap().1, "Dr. K.");
        assert_eq!(shown.matches("more than a name").count(), 2, "{shown}");
    }

    #[test]
    fn a_name_is_taken_out_of_an_introduction() {
        for (answer, name) in [
            ("Call me Jo", "Jo"),
            ("call me jo", "Jo"),
            ("My name is Jo", "Jo"),
            ("I'm Jo", "Jo"),
            ("I’m Jo.", "Jo"),
            ("Je m'appelle Jo", "Jo"),
            ("Appelle-moi Jo !", "Jo"),
            ("Moi c'est Jo", "Jo"),
            ("我叫小李", "小李"),
            ("叫我小李吧", "小李"),
            ("小李", "小李"),
            ("Dr. K.", "Dr. K."),
            ("jo", "jo"),
            ("Ana María López", "Ana María López"),
        ] {
            assert_eq!(chosen(&["1", answer, "Otto"]).0.unwrap().1, name, "{answer}");
        }
    }

    #[test]
    fn no_sentence_is_a_name() {
        for answer in [
            "I'm sad",
            "Im tired",
            "How are you",
            "je suis triste",
            "J'ai peur",
            "你好，今天我有点难过，想跟你聊聊我妈妈的事。",
            "你好",
            "我有点难过",
            "今天真的有点难过想聊聊",
        ] {
            assert_eq!(chosen(&["1", answer, "Otto"]).0.unwrap().1, "Otto", "{answer}");
        }
    }

    #[test]
    fn somebody_of_one_s_own_needs_a_name() {
        let own = (Persona::starters("en").len() + 1).to_string().leak();
        let answers = [own, "", "Otto", "An old sailor.", "", "Ada"];
        assert_eq!(chosen(&answers).0, Some(("Otto".to_owned(), "Ada".to_owned())));
    }

    #[test]
    fn who_leaves_makes_nobody() {
        assert_eq!(chosen(&[]).0, None);
        assert_eq!(chosen(&["1"]).0, None);
    }
}
