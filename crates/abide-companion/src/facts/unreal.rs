//! Dreams, stories and parts that are played, which go on over sentences; and what was no more than a joke. Must not know facts.

use std::sync::LazyLock;

use regex::Regex;

use super::pattern::anywhere;

/// What has the words and opens nothing: "my dream job", "a true story".
static REAL: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(concat!(
        r"\bdreams?\s+(?:job|house|home|car|wedding|holiday|vacation|team|man|woman|girl|guy|boy|come|came|school|college|university|company|big|role|flat|apartment|life|place|city|trip|date|partner|dress|boat|bike|client)\b",
        r"|\bdream(?:ed|t)\s+(?:of|about)\s+\p{L}+ing\b|\b(?:bad|sweet|pipe)\s+dreams?\b|\bdream\s+(?:is|was)\s+to\b",
        r"|\b(?:true|real|funny|long|sad|whole|life|success|love|news|cover|back|same|sob|other|short\s+version\s+of\s+the)[ -]?(?:story|stories)\b|\bstory\s+(?:of|short)\b",
        r"|\bfavou?rite\s+(?:\p{L}+\s+)?\p{L}+|\bcharacter\s+(?:flaw|trait|building|development|reference)s?\b|\bsim\s+cards?\b",
        r"|\btoujours\s+rêvé\b|\brêvé\s+(?:de|d['’])\s*\p{L}+(?:er|ir|re)\b|\b(?:vraie|longue)\s+histoire\b|\bhistoire\s+(?:vraie|de)\b|\bmauvaise?s?\s+rêves?\b",
        r"|做梦(?:都|也)|白日梦|梦想",
    ))
});

/// Where something begins that is not so.
static OPENS: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(concat!(
        r"\b(?:i\s+(?:just\s+|once\s+|also\s+|even\s+|literally\s+)*|^)dream(?:ed|t)\b",
        r"|\b(?:had|having|keep\s+on\s+having|got)\s+(?:[\p{L}'-]+\s+){0,4}?(?:dreams?|nightmares?)\b",
        r"|\b(?:in|of)\s+(?:my|the|this|that|a|one|last\s+night's)\s+(?:\p{L}+\s+)?(?:dreams?|nightmares?)\b|\b(?:my|the|weird(?:est)?|strange(?:st)?|crazy|craziest|insane|wild(?:est)?)\s+(?:dream|nightmare)\b",
        r"|\b(?:writ(?:ing|e|ten)|wrote|working\s+on|made\s+up|making\s+up)\s+(?:a|an|my|the|this|some|another)\s+(?:[\p{L}-]+\s+){0,3}?(?:story|stories|fanfic\p{L}*|fan\s+fiction|screenplay|scene|poem|novella)\b",
        r"|\b(?:here(?:'s|\s+is)|this\s+is)\s+(?:an?|another|my)\s+(?:\p{L}+\s+){0,2}?(?:story|poem|scene|novel|fanfic)\s+(?:i\s+(?:wrote|made)|idea|of\s+mine)",
        r"|\b(?:story|fanfic|novel|poem|role-?play|rp|scenario|prompt)(?:\s+\p{L}+){0,2}\s*:",
        r"|\b(?:writing|wrote)\s+(?:a|an|my|the|this)\s+(?:\p{L}+\s+){0,2}?(?:novel|book|play|game)\s*(?::|,?\s+(?:where|in\s+which)\b)",
        r"|\bin\s+(?:my|our)\s+(?:\p{L}+\s+)?(?:story|stories|novel|fanfic|screenplay|campaign|role-?play|rp)\b",
        r"|\b(?:my|our)\s+(?:[\p{L}&'-]+\s+){0,2}?(?:characters?|ocs?|protagonist|sim)\b|\bin\s+character\b|\brole-?play(?:ing|s|ed)?\b|\blarp(?:ing)?\b",
        r"|\blet'?s\s+(?:all\s+)?(?:pretend|role-?play|play\s+pretend|imagine|say\s+(?:i|i'm|we|we're|you|you're))\b|\bpretend(?:ing)?\s+(?:that\s+)?(?:to\s+be|i|i'm|we|we're|you|you're)\b",
        r"|^(?:(?:ok(?:ay)?|so|now|just|picture\s+this)[, ]+)*imagine\s*(?::|,|\s(?:that\s+)?(?:i|i'm|we|we're|you|you're|a\s+world)\b)",
        r"|\b(?:playing|played|session\s+of)\s+(?:a\s+game\s+of\s+)?(?:d&d|dnd|dungeons\s+(?:and|&)\s+dragons|skyrim|the\s+sims|minecraft|baldur'?s\s+gate|stardew(?:\s+valley)?|animal\s+crossing|an?\s+(?:\p{L}+\s+)?rpg)",
        r"|\b(?:j['’ ]?ai|je\s+viens\s+de)\s+(?:encore\s+|aussi\s+|justement\s+)*(?:rêvé|rêver)\b|\bje\s+rêvais\b|\b(?:fait|faisais|refait|faire)\s+(?:un|le|ce|des|mon)\s+(?:\p{L}+\s+){0,3}?(?:rêves?|cauchemars?)\b|\b(?:dans|de)\s+(?:mon|ce|le|un)\s+(?:\p{L}+\s+)?(?:rêve|cauchemar)\b",
        r"|\b(?:j['’ ]?écris|j['’ ]?ai\s+écrit|je\s+bosse\s+sur)\s+(?:une?|mon|ma|cette)\s+(?:\p{L}+\s+){0,2}?(?:histoire|nouvelle|fanfic\p{L}*|poème|scénario|conte)\b|\b(?:histoire|roman|nouvelle|fanfic|poème|scénario|conte|rp)\s*:|\bdans\s+(?:mon|ma|notre)\s+(?:\p{L}+\s+)?(?:histoire|roman|nouvelle|fanfic|scénario|jdr|rp)\b",
        r"|\b(?:mon|ma)\s+(?:perso(?:nnage)?|héros|héroïne)\b|\bjeux?\s+de\s+rôles?\b|\bjdr\b|\bimaginons\b|\bimagine\s+(?:que\s+)?(?:je|j['’]|on|tu|nous)|\bfaisons\s+(?:comme\s+si|semblant)\b|\b(?:on|je)\s+(?:fait|fais|joue)\s+(?:comme\s+si|semblant)\b",
        r"|做了?(?:一?[个场])?[^，。！？]{0,6}?(?:噩|恶|怪)?梦|梦见|梦到|梦里|写了?(?:一?[个篇部段])[^，。！？]{0,5}?(?:故事|小说|剧本|同人)|(?:写|编)(?:故事|小说|剧本)?[：:]|(?:故事|小说|剧本|设定|场景)\s*[：:]|我的?(?:游戏)?(?:里的?)?角色|角色扮演|我们来(?:演|扮演|玩角色)|假装(?:我|你|咱)|想象一下|跑团",
    ))
});

/// By which the speaker comes back to what is so, with the group `later` where only what follows is.
static RETURNS: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(concat!(
        r"(?P<later>\b(?:woke|wak(?:e|ing))\s+up\b|\b(?:the\s+end|end\s+of\s+(?:story|dream|scene|chapter))\b|\bréveillée?s?\b|\bréveille\b|醒(?:来|了|过来)|惊醒)",
        r"|\b(?:anyways?|anyhow|irl|in\s+real\s+life|real\s+life|in\s+reality|back\s+to\s+reality|in\s+actual\s+(?:fact|life)|out\s+of\s+character|ooc|btw|by\s+the\s+way|on\s+another\s+note|apart\s+from\s+that|other\s+than\s+that|as\s+for\s+(?:me|real)|the\s+real\s+me|speaking\s+of|these\s+days|nowadays)\b",
        r"|\b(?:bref|sinon|en\s+vrai|dans\s+la\s+vraie\s+vie|en\s+réalité|dans\s+la\s+réalité|pour\s+de\s+vrai|au\s+fait|d['’]ailleurs|hors\s+rp|actuellement|en\s+ce\s+moment)\b",
        r"|现实(?:中|里|生活)|现实是|言归正传|说真的|说正经的|话说回来|回到现实|对了",
        r"|^\W*(?:actually|其实)",
    ))
});

/// A sentence that takes back what was said before it, and says nothing else.
static JOKES: LazyLock<Regex> = LazyLock::new(|| {
    anywhere(concat!(
        r"^\W*(?:(?:l+o+l+|haha\p{L}*|hehe\p{L}*|no+[,.!…]|nah|ok(?:ay)?|sorry|oh|wait|i'?m|i\s+am|i\s+was|only|totally|just|obviously|ha)\W+)*",
        r"(?:kidding|jk|j/k|joking|(?:that|it)(?:'s|\s+was|\s+is)\s+(?:just\s+)?a\s+(?:joke|lie)|april\s+fools?'?|i\s+made\s+(?:that|it)\s+up)",
        r"(?:\W+(?:l+o+l+|haha\p{L}*|hehe\p{L}*|sorry|ofc|of\s+course|obviously|xd))*\W*$",
        r"|^\W*(?:(?:mdr|ptdr|lol|non|nan|haha\p{L}*|pardon|désolée?)\W+)*(?:je\s+|j['’ ]?)?(?:plaisante|rigole|déconne|blague|plaisantais|rigolais|déconnais)(?:\W+(?:mdr|lol|haha\p{L}*|bien\s+sûr|hein))*\W*$|^\W*c['’ ]?était\s+(?:une\s+blague|pour\s+rire)\W*$",
        r"|^\W*(?:哈+\W*|不是\W*)*(?:我(?:是|在)*)?(?:开(?:个)?玩笑|逗你|骗你|瞎说|开玩笑)(?:玩)?(?:的|呢|啦|哈|啊)*\W*$",
    ))
});

/// The rest of a joke: "… with ideas, haha".
static PUNCHLINE: LazyLock<Regex> =
    LazyLock::new(|| anywhere(r"^\W*(?:with|of|from|to|in|inside|by|avec|de|d['’]|par)\s*(?:\S+\s*){1,6}$"));

/// What of a message is dreamt, made up or played, as it is read sentence by sentence.
#[derive(Debug, Default)]
pub(super) struct Unreal {
    goes_on: bool,
    /// Whether it goes on over an empty line: what was announced with a colon.
    announced: bool,
}

impl Unreal {
    /// Takes the next sentence, behind `gap`; whether it is told as something that is not so.
    pub(super) fn hears(&mut self, gap: &str, sentence: &str) -> bool {
        if gap.matches('\n').count() > 1 && !self.announced {
            self.goes_on = false;
        }
        let mut is_real = !self.goes_on;
        if self.goes_on
            && let Some(found) = RETURNS.captures(sentence)
        {
            self.goes_on = false;
            is_real = found.name("later").is_none();
        }
        if OPENS.is_match(&REAL.replace_all(sentence, " ")) {
            self.announced = sentence.trim_end().ends_with([':', '：']);
            // "I dreamt of you, then I woke up."
            self.goes_on = !RETURNS.captures_iter(sentence).any(|found| found.name("later").is_some());
            return true;
        }
        !is_real
    }
}

/// Whether a sentence takes back what was said before it: "just kidding".
pub(super) fn is_joke(sentence: &str) -> bool {
    JOKES.is_match(sentence)
}

/// Whether a sentence is the rest of one before it that was not meant, if it laughs.
pub(super) fn is_punchline(sentence: &str) -> bool {
    PUNCHLINE.is_match(sentence)
}
