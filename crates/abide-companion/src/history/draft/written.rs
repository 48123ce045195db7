//! Habits in plain sentences of three languages. Must not count anything itself.

use super::PersonaDraft;
use crate::language::Language;

/// From this share on, it is a habit.
const OFTEN: f64 = 0.3;

/// What stands before favourite words, in the three languages.
pub(super) const FAVOURITES: [&str; 3] = ["Favourite words: ", "Mots favoris : ", "常用词："];
/// What stands before a farewell.
pub(super) const FAREWELL: [&str; 3] = ["Says goodbye like this: ", "Dit au revoir ainsi : ", "告别时会说："];
/// What stands before what the two talked about; a full stop ends it.
pub(super) const TOPICS: [&str; 3] = [" They often talked about: ", " Leurs sujets : ", "他们常聊："];

pub(super) fn way_of_speaking(draft: &PersonaDraft, language: Language) -> String {
    if draft.replies == 0 {
        return String::new();
    }
    let habits = &draft.habits;
    let pick = |texts: [&str; 3]| match language {
        Language::English => texts[0].to_owned(),
        Language::French => texts[1].to_owned(),
        Language::Chinese => texts[2].to_owned(),
    };
    let mut said = Vec::new();
    let (characters, sentences) = (habits.characters_median, habits.sentences_mean.round().max(1.0));
    said.push(match language {
        Language::English => {
            let sentences =
                if sentences < 2.0 { "one sentence".to_owned() } else { format!("{sentences} sentences") };
            format!("Replies are about {characters} characters long, {sentences} on average.")
        }
        Language::French => {
            let sentences =
                if sentences < 2.0 { "une phrase".to_owned() } else { format!("{sentences} phrases") };
            format!("Les réponses font environ {characters} caractères, soit {sentences} en moyenne.")
        }
        Language::Chinese => format!("回复大约{characters}个字，平均{sentences}句。"),
    });
    let shares = [
        (habits.asks, ["Often asks back.", "Pose souvent des questions.", "常常反问。"]),
        (habits.exclaims, ["Uses exclamation marks.", "Met des points d'exclamation.", "爱用感叹号。"]),
        (
            habits.trails_off,
            ["Lets sentences trail off...", "Laisse ses phrases en suspens...", "常用省略号……"],
        ),
        (
            habits.acts,
            ["Writes actions between asterisks.", "Écrit ses gestes entre astérisques.", "用星号描写动作。"],
        ),
        (
            habits.small_letters - 0.3,
            ["Writes in small letters.", "Écrit sans majuscules.", "不用大写字母。"],
        ),
    ];
    said.extend(shares.into_iter().filter(|(share, _)| *share >= OFTEN).map(|(_, texts)| pick(texts)));
    let list = |label: [&str; 3], items: &[String]| {
        let joined = items.join(if language == Language::Chinese { "、" } else { ", " });
        format!("{}{joined}", pick(label))
    };
    if !habits.emoji.is_empty() && habits.emoji_share >= 0.05 {
        let emoji: Vec<String> = habits.emoji.iter().take(6).map(|(emoji, _)| emoji.clone()).collect();
        said.push(list(["Emoji: ", "Émojis : ", "表情："], &emoji));
    }
    if !habits.favourite_words.is_empty() {
        let words = &habits.favourite_words[..habits.favourite_words.len().min(10)];
        said.push(list(FAVOURITES, words));
    }
    if !draft.farewells.is_empty() {
        said.push(list(FAREWELL, &draft.farewells[..1]));
    }
    said.join("\n")
}

pub(super) fn description(draft: &PersonaDraft, language: Language) -> String {
    if draft.replies == 0 {
        return String::new();
    }
    let topics = draft.topics.join(if language == Language::Chinese { "、" } else { ", " });
    let first = match language {
        Language::English => "{{char}} and {{user}} have known each other for a long time.".to_owned(),
        Language::French => "{{char}} et {{user}} se connaissent depuis longtemps.".to_owned(),
        Language::Chinese => "{{char}}和{{user}}认识很久了。".to_owned(),
    };
    if topics.is_empty() {
        return first;
    }
    let [english, french, chinese] = TOPICS;
    match language {
        Language::English => format!("{first}{english}{topics}."),
        Language::French => format!("{first}{french}{topics}."),
        Language::Chinese => format!("{first}{chinese}{topics}。"),
    }
}
