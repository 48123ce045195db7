//! Texts without what is about topics to avoid: its sentences, and those behind them that go on about it. Must not know where texts come from.

use super::Avoided;
use crate::text::sentence::sentences;
use crate::text::stem::words;

/// Stands where something was taken out.
const GAP: &str = "…";
/// What stands for somebody or something named before.
const PRONOUNS: [&str; 32] = [
    "he", "him", "his", "himself", "he's", "she", "her", "hers", "herself", "she's", "they", "them", "their",
    "theirs", "they're", "it", "its", "it's", "il", "elle", "lui", "ils", "elles", "leur", "leurs", "eux",
    "ça", "cela", "hes", "shes", "theyre", "ca",
];
const PRONOUN_CHARACTERS: [char; 3] = ['他', '她', '它'];
/// Before these, the character for "he" is part of a word: "其他", "吉他".
const NO_PRONOUN_BEHIND: [char; 2] = ['其', '吉'];
/// Behind these a new part of a sentence may begin.
const MARKS: [char; 12] = [',', ';', ':', '，', '、', '；', '：', '—', '–', '(', '（', '&'];
/// What joins a part to the one before.
const JOINTS: [&str; 10] = ["and ", "et ", "& ", "but ", "mais ", "also ", "还有", "還有", "以及", "和"];
/// What a part begins with that tells of something else of the user's.
const BEGINNINGS: [&str; 18] = [
    "my ",
    "our ",
    "i'm ",
    "im ",
    "i am ",
    "i have ",
    "mon ",
    "ma ",
    "mes ",
    "notre ",
    "nos ",
    "je suis ",
    "je m'appelle ",
    "我是",
    "我叫",
    "我有",
    "我的",
    "我家",
];
/// The same, where it is joined to what is before: "with Priya and a cat".
const JOINED_BEGINNINGS: [&str; 12] =
    ["a ", "an ", "another ", "un ", "une ", "一只", "一隻", "一个", "一個", "一条", "一條", "一位"];

/// Takes what is about topics to avoid out of texts that follow each other.
#[derive(Debug)]
pub struct Veil<'a> {
    avoided: &'a Avoided,
    /// The topic that was last spoken of, while pronouns may still mean it.
    open: Option<String>,
    /// The topic of a text of which nothing was left: what replies to it says what it said.
    unanswered: Option<String>,
}

/// What was taken out of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Veiled {
    /// The topic, the first if there are several.
    pub topic: String,
    /// What is left; `None` where that is nothing.
    pub left: Option<String>,
}

impl<'a> Veil<'a> {
    /// For texts that begin here.
    pub fn new(avoided: &'a Avoided) -> Self {
        Self { avoided, open: None, unanswered: None }
    }

    /// The next text; `None` where nothing of it is about a topic to avoid. A sentence goes with all it says, but for parts that tell of something else of the user's
    /// ("… and my dog Biscuit"), and sentences behind it go as long as pronouns may mean the topic.
    pub fn over(&mut self, text: &str) -> Option<Veiled> {
        let veiled = if self.avoided.is_empty() { None } else { self.veiled(text) };
        let whole = veiled.as_ref().filter(|veiled| veiled.left.is_none());
        self.unanswered = whole.map(|veiled| veiled.topic.clone());
        veiled
    }

    fn veiled(&mut self, text: &str) -> Option<Veiled> {
        let mut topic = None;
        let mut left: Vec<&str> = Vec::new();
        for range in sentences(text) {
            let sentence = &text[range];
            let about = self.avoided.topic_of(sentence);
            let still = self.open.as_deref().filter(|_| about.is_none() && has_pronoun(sentence));
            let Some(met) = about.or(still).map(str::to_owned) else {
                self.open = None;
                left.push(sentence);
                continue;
            };
            if about.is_some() {
                left.extend(self.others(sentence).into_iter().map(|other| other.unwrap_or(GAP)));
            } else {
                left.push(GAP);
            }
            topic.get_or_insert_with(|| met.clone());
            self.open = Some(met);
        }
        if topic.is_none() {
            // A topic of several words may stand in several sentences.
            let topic = self.avoided.topic_of(text)?.to_owned();
            self.open = Some(topic.clone());
            return Some(Veiled { topic, left: None });
        }
        left.dedup_by(|next, before| *next == GAP && *before == GAP);
        let left = left.join(" ");
        let may_stay = left.chars().any(char::is_alphanumeric) && self.avoided.topic_of(&left).is_none();
        let left = may_stay.then_some(left);
        Some(Veiled { topic: topic?, left })
    }

    /// The same of what another says in between: who was meant before it is meant behind it, and a reply to what is left out altogether is left out with it.
    pub fn over_reply(&mut self, text: &str) -> Option<Veiled> {
        if let Some(topic) = self.unanswered.clone() {
            return Some(Veiled { topic, left: None });
        }
        let open = self.open.clone();
        let veiled = self.over(text);
        self.unanswered = None;
        if veiled.is_none() {
            self.open = open;
        }
        veiled
    }

    /// Parts of a sentence about a topic that are about something else, with nothing for the others; all of it is where its parts are about the topic only together.
    fn others<'t>(&self, sentence: &'t str) -> Vec<Option<&'t str>> {
        let parts = parts(sentence);
        let is_about = |part: &&str| self.avoided.topic_of(part).is_some();
        if !parts.iter().any(is_about) {
            return vec![None];
        }
        let other = |(at, part): (usize, &'t str)| {
            Some(part.trim()).filter(|_| at > 0 && !is_about(&part) && !has_pronoun(part))
        };
        parts.into_iter().enumerate().map(other).collect()
    }
}

/// A sentence cut where a part begins that tells of something else of the user's.
fn parts(sentence: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut before = ' ';
    for (at, character) in sentence.char_indices() {
        let may_begin = before.is_whitespace() || MARKS.contains(&before) || !character.is_ascii();
        if may_begin && at > start && begins_part(&sentence[at..], &sentence[..at]) {
            parts.push(&sentence[start..at]);
            start = at;
        }
        before = character;
    }
    parts.push(&sentence[start..]);
    parts
}

/// Whether a part begins here: behind a mark, or with what joins it to the one before.
fn begins_part(rest: &str, before: &str) -> bool {
    let lower: String = rest.chars().take(24).collect::<String>().to_lowercase().replace('’', "'");
    let begins = |text: &str, with: &[&str]| with.iter().any(|beginning| text.starts_with(beginning));
    let joined = JOINTS.iter().find_map(|joint| lower.strip_prefix(joint));
    joined.is_some_and(|rest| begins(rest, &BEGINNINGS) || begins(rest, &JOINED_BEGINNINGS))
        || before.trim_end().ends_with(MARKS) && begins(&lower, &BEGINNINGS)
}

fn has_pronoun(text: &str) -> bool {
    let mut before = ' ';
    let in_characters = text.chars().any(|character| {
        let pronoun = PRONOUN_CHARACTERS.contains(&character) && !NO_PRONOUN_BEHIND.contains(&before);
        before = character;
        pronoun
    });
    in_characters
        || words(text).any(|word| PRONOUNS.contains(&word.to_lowercase().replace('’', "'").as_str()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::topics::Named;

    fn left(topic: &str, texts: &[&str]) -> Vec<Option<String>> {
        let named =
            [Named { relation: "girlfriend", name: "Priya" }, Named { relation: "boyfriend", name: "阿泽" }];
        let avoided = Avoided::new([(topic, None)], &named);
        let mut veil = Veil::new(&avoided);
        let one =
            |text: &&str| veil.over(text).map_or_else(|| Some((*text).to_owned()), |veiled| veiled.left);
        texts.iter().map(one).collect()
    }

    fn of_one(topic: &str, text: &str) -> String {
        left(topic, &[text]).remove(0).unwrap_or_default()
    }

    #[test]
    fn what_else_a_message_says_stays() {
        for (topic, text, stays) in [
            (
                "priya",
                "I live in Leeds. Priya left me. My dog is called Biscuit.",
                "I live in Leeds. … My dog is called Biscuit.",
            ),
            (
                "priya",
                "hey! i'm Rowan, i live here w/ my gf Priya and our greyhound Biscuit",
                "hey! … and our greyhound Biscuit",
            ),
            ("priya", "My girlfriend Priya left me for a dentist in Toronto.", ""),
            ("priya", "Priya rang. She flew to Toronto. It rains here. I run.", "… I run."),
            ("priya", "Priya and i split up", ""),
            ("priya", "Priya ran off with someone, a dentist from Toronto", ""),
            (
                "阿泽",
                "我叫小禾，和男朋友阿泽还有一只橘猫年糕一起。我喜欢陶艺。",
                "… 还有一只橘猫年糕一起。 我喜欢陶艺。",
            ),
            ("阿泽", "阿泽走了。他去了上海。我在学吉他。", "… 我在学吉他。"),
            (
                "Hugo",
                "J'habite à Nantes avec Hugo et notre chatte Réglisse. Elle dort.",
                "… et notre chatte Réglisse. …",
            ),
            ("my father's death", "My father was ill. He died in March.", ""),
            ("my father's death", "My father, he has his peace, my mother says. I saw his death.", ""),
        ] {
            assert_eq!(of_one(topic, text), stays, "{text}");
        }
    }

    #[test]
    fn texts_that_go_on_about_it_are_hidden_and_others_are_as_they_were() {
        let texts = ["Priya left.", "She flew to Toronto.", "I ran 10 km,  and slept.", "She is my boss."];
        let kept = [None, None, Some(texts[2].to_owned()), Some(texts[3].to_owned())];
        assert_eq!(left("priya", &texts), kept);
        let avoided = Avoided::new([("priya", None)], &[]);
        let mut veil = Veil::new(&avoided);
        assert!(veil.over("I ran. Priya left.").is_some() && veil.over_reply("Poor you.").is_none());
        assert!(veil.over("She flew to Toronto.").is_some() && veil.over_reply("To Toronto?").is_some());
        assert!(veil.over("I slept.").is_none() && veil.over_reply("All night?").is_none());
        assert_eq!(left("", &["Priya left. She flew."]), [Some("Priya left. She flew.".to_owned())]);
    }

    proptest! {
        #[test]
        fn nothing_about_a_topic_is_left(text in "(Priya |my dog |and |, |[.] |she |我有|一只|他|[a-z“é]{1,4} ){0,12}") {
            let avoided = Avoided::new([("priya", None)], &[]);
            if let Some(Veiled { left: Some(left), .. }) = Veil::new(&avoided).over(&text) {
                prop_assert!(avoided.topic_of(&left).is_none(), "{left}");
            }
        }
    }
}
