//! Whether a question asks for what may have been said before. Lists of words in English, French and Chinese; must not know what was said.

use std::sync::LazyLock;

use regex::Regex;

/// What asks for anything at all, with the asker in it: "tell me", "peux-tu m'expliquer", "给我讲".
static REQUEST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:tell|give|show|teach|sing|read|write|explain(?:\s+to)?|describe(?:\s+to)?|help|let|get|find|make|bring|send|spare|entertain|inspire|surprise|talk\s+to|chat\s+with)\s+(?:me|us)\b(?:\s+(?:know|hear|understand))?",
        r"|\bi\s*(?:'d|\s+would|\s+want|\s+wish|'m\s+looking|\s+am\s+looking|\s+need|\s+wonder|\s+was\s+wondering|'m\s+wondering|'m\s+curious|\s+am\s+curious|'m\s+interested|\s+am\s+interested)\b(?:\s+(?:love|like|to|you|know|hear|learn|for|in|about|if|whether|what|see|ask))*",
        r"|\b(?:dis|donne|raconte|explique|montre|apprends|lis|écris|chante|parle|conseille|aide|fais|trouve|propose|décris|cite|rappelle)s?[ -](?:moi|nous)\b",
        r"|\b(?:tu\s+(?:peux|pourrais|veux|voudrais)|peux-tu|pourrais-tu|veux-tu|voudrais-tu|est-ce\s+que\s+tu\s+(?:peux|pourrais))\s+(?:bien\s+)?(?:me|m'|nous)(?:\s|\b)",
        r"|\b(?:j'aimerais|je\s+(?:voudrais|veux|souhaite|cherche|me\s+demande|suis\s+curieu\w+))\b(?:\s+(?:bien|savoir|que|tu|me|entendre|apprendre|connaître|comprendre|si))*",
        r"|(?:你|请|能不能|可不可以|可以|能)*(?:给|跟|和|对|为|替|陪|帮|教)(?:一下)?(?:我|我们)(?:一下|一个|一首)?|告诉(?:我|我们)|我(?:很)?(?:想|想要|要|需要)(?:知道|了解|问问?|请教|听听?|学|看看?)",
    ))
});

/// What asks for advice, knowledge or something made up.
static ADVICE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:should|shall|can|could|may|might|would|must|ought)\s+(?:i|we)\b|\bhow\s+(?:do|to|can|would|does|might)\s+(?:i|we|one|you|people|somebody)\b|\bhow\s+to\b|\bwhat\s+(?:do|can)\s+(?:i|we)\s+(?:do|say|need)\b|\bdo\s+(?:i|we)\s+(?:need|have\s+to)\b",
        r"|\b(?:tips?|advice|ideas?|suggestions?|suggest|recommend\w*|recipes?|jokes?|poems?|riddles?|fairy\s+tales?|bedtime|fun\s+facts?|synonyms?|instructions|brainstorm)\b|\b(?:an?|another|short|scary|funny|bedtime|the)\s+story\b|\b(?:write|compose|translate|define|calculate|invent|make\s+up|summari[sz]e|explain)\b",
        r"|\bcomment\s+(?:(?:est-ce\s+que\s+)?(?:je|on|nous)\s+(?:peux|peut|dois|doit|devrais|pourrais|fais|fait)|(?:puis|dois|devrais|pourrais)-je|faire|peut-on|fait-on|\w+(?:er|ir|re)\b)|\b(?:devrais|dois|puis|pourrais)-je\b|\bje\s+(?:dois|devrais|peux|pourrais)\b|\b(?:conseils?|conseilles?|idées?|astuces?|recommand\w+|suggér\w+|suggestions?|propose\w*|recettes?|blagues?|devinettes?|poèmes?|contes?|comptines?)\b|\bune\s+(?:\w+\s+)?histoire\b|\b(?:écris|traduis|invente|imagine|résume|explique|calcule|définis)\b",
        r"|应该|应当|该(?:怎么|怎样|如何|不该|选|去|做|买|穿|吃|说)|(?:怎么|怎样|如何)(?:做|办|才|学|写|选|煮|烤|洗|修|用|说|把|让|去|给|提高|准备|处理|安排)|如何|建议|推荐|主意|点子|办法|技巧|菜谱|食谱|笑话|谜语|童话|(?:讲|说|编|来)(?:一)?(?:个|段)?[^，。？]{0,6}?故事|写(?:一)?(?:首|篇|个|段|封)|翻译|解释|介绍|科普|可以[^，。？]{0,8}吗|我能[^，。？]{0,8}吗",
        r"|\bhelp\b|\b(?:proofread|improve|polish|rewrite|correct|fix|horoscope|zodiac|fortune|going\s+to\s+be)\b|\bwhat\s+do\s+you\s+think\b|\byour\s+(?:opinion|thoughts)\b|\bdo\s+you\s+(?:like|think)\b|\bhow\s+(?:is|does|do)\s+my\s+(?:\w+\s+){1,3}(?:look|sound|seem)",
        r"|\b(?:look(?:ing)?\s+over|(?:check|review|edit|read)\s+(?:over\s+|through\s+)?my\s+(?:essay|cv|resume|résumé|letter|texts?|e-?mail|poems?|story|code|spelling|grammar|draft|thesis|homework|application|speech|report|article|translation|english|french|chinese|sentence|work)|feedback|critique|any\s+good|good\s+enough|in\s+my\s+(?:place|shoes|position|situation)|if\s+you\s+were\s+me|would\s+you\s+(?:do|say|choose|pick|advise))\b",
        r"|\bwill\s+(?:i|we|my\s+\w+)\s+(?:ever|survive|succeed|manage|recover|die|regret|make\s+it|get\s+(?:better|over|rich|married)|be\s+(?:\w+\s+)?(?:happy|happier|ok|okay|alright|all\s+right|fine|rich|famous|alone|lonely|loved|successful|able|better|sad|free|safe))\b",
        r"|\bà\s+ma\s+place\b|\btu\s+ferais\b|\bferais-tu\b|\b(?:serai-je|vais-je|est-ce\s+que\s+je\s+(?:serai|vais\s+(?:être|devenir|réussir|mourir|guérir|m'en\s+sortir)))\b|\bjeter\s+un\s+œil\b",
        r"|换(?:作|做|成)?你|如果你是我|要是你是我|我会(?:不会)?[^，。？]{0,4}?(?:幸福|快乐|开心|成功|好起来|孤独|后悔|死|变)",
        r"|\b(?:aider?|aide-moi|améliorer?|corriger?|relire|relis|reformule\w*|horoscope|ton\s+avis|penses-tu|tu\s+(?:en\s+)?penses|que\s+penser)\b|va\s+être|帮|改改|润色|修改|运势|星座|你觉得|你认为|你怎么看|怎么看我",
    ))
});

/// What asks for an opinion, whatever was told.
static OPINION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\bwhat\s+do\s+you\s+think\b|\byour\s+(?:opinion|thoughts)\b|\bpenses-tu\b|\bton\s+avis\b|\btu\s+(?:en\s+)?penses\s+(?:quoi|de)\b|你觉得|你认为|你怎么看",
    )
});

/// What asks for what was said or was lately, whatever else is asked.
static SAID: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:remember\w*|recall\w*|remind\w*|forgot\w*|mention\w*|yesterday|earlier|used\s+to|last\s+(?:time|night|week|weekend|month|year|spring|summer|autumn|fall|winter|\w+day)|when\s+i|i've|have\s+i|do\s+(?:i|we)\s+know)\b",
        r"|\b(?:souvien\w*|rappelles?-toi|rappelles?|mentionné|oublié|hier|(?:la|l')\s*(?:dernière\s+fois|an\s+dernier|autre\s+jour)|j'ai|ai-je|quand\s+(?:j'|je))",
        r"|记得|記得|告诉过|告訴過|聊过|上次|昨天|去年|忘了|忘记",
    ))
});

/// What asks for what somebody did or said, who may be somebody of the asker's life.
static DID: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:told|said|did|we've|when\s+we|have\s+we)\b",
        r"|\b(?:dit|parlé|raconté\w*|avons|quand\s+(?:on|nous))",
        r"|那时|当时|[说說讲講提]过|[說講提]過",
    ))
});

/// What asks for what was, which may be anything in the world.
static WAS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:was|were|had|last|ago|before)\b",
        r"|\b(?:étai\w+|avai\w+|a-t-on|dernière?|avant|déjà)",
        r"|以前|之前|曾经|的时候",
    ))
});

/// What everybody's "we" did, and who is known to everybody.
static WORLD: LazyLock<Regex> = LazyLock::new(|| {
    let names = r"napol[ée]on|einstein|newton|darwin|galil[ée]e?o?|copernic(?:us)?|caesar|césar|cleopatra|cléopâtre|alexander\s+the\s+great|charlemagne|shakespeare|molière|voltaire|rousseau|goethe|tolsto[iïy]|dostoevsky|dostoïevski|dickens|(?:jane\s+)?austen|victor\s+hugo|homer|homère|plato|platon|socrates?|aristot(?:le|e)|descartes|kant|hegel|nietzsche|marx|freud|mozart|beethoven|bach|chopin|vivaldi|picasso|van\s+gogh|monet|rembrandt|michelangelo|michel-ange|leonardo|da\s+vinci|léonard|columbus|colomb|magellan|marco\s+polo|gandhi|mandela|luther|lincoln|george\s+washington|jefferson|roosevelt|kennedy|churchill|hitler|stalin[e]?|lenin[e]?|de\s+gaulle|jeanne\s+d'arc|joan\s+of\s+arc|louis\s+(?:xiv|xvi)|marie[- ]antoinette|queen\s+victoria|henry\s+viii|marie\s+curie|pasteur|edison|turing|hawking|buddha|bouddha|confuci(?:us)?|mao|armstrong|gagarin[e]?|the\s+beatles|les\s+beatles|elvis|jesus|jésus|muhammad|mahomet";
    let things = r"sky|ciel|king|queen|roi|reine|eiffel|saturne?|jupiter|moons?|lune|mars\s+(?:rover|mission)|planets?|planètes?|universe|univers|galax(?:y|ies|ie)|big\s+bang|dinosaur\w*|dinosaure\w*|pyramids?|pyramides?|emperors?|empires?|empereurs?|pharaohs?|pharaons?|dynast(?:y|ies|ie)|romans?|romains?|ancient|antiquité|vikings?|samurais?|crusades?|croisades?|middle\s+ages|moyen\s+âge|renaissance|world\s+wars?|guerres?\s+mondiales?|cold\s+war|guerre\s+froide|civil\s+war|(?:french|industrial|russian|american)\s+revolution|révolution\s+(?:française|industrielle|russe)|berlin\s+wall|mur\s+de\s+berlin|titanic|black\s+death|peste\s+noire|president\s+of|président\s+de|king\s+of|queen\s+of|roi\s+de|reine\s+de|pope|pape|humans|humanity|mankind|humanité|invent(?:ed|é\w*)|discovered|découvert";
    let chinese = "拿破仑|爱因斯坦|牛顿|达尔文|凯撒|莎士比亚|莫扎特|贝多芬|毕加索|达芬奇|哥伦布|甘地|林肯|华盛顿|丘吉尔|希特勒|斯大林|列宁|马克思|孔子|老子|庄子|李白|杜甫|苏轼|秦始皇|汉武帝|武则天|康熙|乾隆|慈禧|孙中山|毛泽东|[夏商周秦汉晋隋唐宋元明清]朝|古代|古罗马|古希腊|古埃及|罗马帝国|帝国|皇帝|法老|金字塔|恐龙|宇宙|月球|登月|登上月|世界大战|二战|一战|革命|文艺复兴|中世纪|人类|发明|发现了";
    // Those who lived long ago, what they did and said, and where.
    let people = r"(?:did|do|were|had|have)\s+(?:people|human\s+beings|men|women|(?:the\s+)?cavemen|(?:our\s+)?ancestors|(?:the\s+)?(?:early|medieval|prehistoric)\s+\w+|the\s+first\s+(?:people|settlers|farmers|men|women|cities))|les\s+gens|les\s+humains|les\s+hommes|nos\s+ancêtres|homme\s+préhistorique";
    let made = r"(?:was|were|been)\b[^.?!]{0,60}?\b(?:built|written|painted|composed|founded|introduced|established|abolished|published)|(?:history|battle|war|siege|treaty|legend|myth|empire|kingdom)s?\s+of|fall\s+of\s+[a-z]+|(?:bataille|traité|légende|mythe|royaume)s?\s+(?:de|du|des|d')|(?:ice|stone|bronze)\s+age|(?:to|on|sur)\s+mars|first\s+(?:man|woman|person|human|president|prime\s+minister)|(?:start|begin|learn|stop)(?:ed)?\s+(?:using|to\s+use|farming|hunting|to\s+(?:speak|talk|farm|cook|walk|write))|commencé\s+à\s+(?:utiliser|parler|cuisiner|cultiver|écrire)";
    let places = r"did\s+(?:rome|troy|athens|sparta|carthage|babylon|byzantium|constantinople|pompeii|atlantis|egypt|greece|persia|america|britain|england|france|germany|russia|china|japan|india|europe|spain|italy|africa)";
    let sayings = r#"who\s+(?:first\s+)?(?:told\s+(?:the\s+)?(?:story|stories|tales?|legends?|myths?)\s+of|said\s*["“‘«']|said\s+to\s+be)|qui\s+a\s+(?:dit\s*["“«:]|raconté\s+(?:l'histoire|la\s+légende|le\s+mythe))"#;
    let unspaced = "人们|古人|原始人|祖先|以前的人|从前的人|古时候|谁说(?:过|的)?[“「『\"]";
    pattern(&format!(
        r"\b(?:{names}|{things}|{people}|{made}|{places})\b|\b(?:{sayings})|{chinese}|{unspaced}"
    ))
});

/// Words by which somebody asks about themselves.
const OWN: &str = "my mine i me myself mon ma mes mien mienne je moi me m j";
/// The same with others, who may be everybody.
const OURS: &str = "we our ours us ourselves nous notre nos";
const OWN_CHARACTERS: [char; 3] = ['我', '俺', '咱'];

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the patterns of this module are valid")
}

/// Whether a question (folded) is about the asker or about something that may have been said before, and not for advice, knowledge or a story. Rather too
/// often than too seldom: what follows from it is said to a model as a condition.
pub fn is_about_past(folded: &str) -> bool {
    let rest = REQUEST.replace_all(folded, " ");
    let world = WORLD.is_match(folded);
    if SAID.is_match(&rest) || (DID.is_match(&rest) || WAS.is_match(&rest)) && !world {
        return true;
    }
    let own = has_own(&rest, world);
    own && ([&SAID, &DID, &WAS].iter().any(|was| was.is_match(folded)) && !OPINION.is_match(folded)
        || !ADVICE.is_match(folded))
}

/// Whether the asker is in a question; "we" may be all of `everybody`.
fn has_own(text: &str, everybody: bool) -> bool {
    let mut words = text.split(|character: char| !character.is_alphanumeric());
    let is_one_of = |list: &str, word: &str| list.split_whitespace().any(|own| own == word);
    let own = words.any(|word| is_one_of(OWN, word) || !everybody && is_one_of(OURS, word));
    let mut unspaced = text.char_indices().filter(|(_, character)| OWN_CHARACTERS.contains(character));
    own || unspaced.any(|(at, own)| !everybody || !text[at + own.len_utf8()..].starts_with(['们', '們']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{asks, fold};

    fn asks_about_past(text: &str) -> bool {
        let folded = fold(text);
        asks(&folded) && is_about_past(&folded)
    }

    fn check(expected: bool, texts: &[&str]) {
        let wrong: Vec<&&str> = texts.iter().filter(|text| asks_about_past(text) != expected).collect();
        assert!(wrong.is_empty(), "not {expected}: {wrong:#?}");
    }

    #[test]
    fn questions_about_the_past_are_seen() {
        check(
            true,
            &[
                "What was my dog called?",
                "what was my dog called",
                "do you remember clara",
                "Tell me about my trip.",
                "Tell me about our holiday in Rome.",
                "Tell me what I said about Ana.",
                "Can you remind me when my exam is?",
                "What do I like to eat?",
                "Who am I?",
                "Do I have a sister?",
                "Tell me about the time we went to Rome.",
                "I'd like to know what I told you about my mother.",
                "Tell me a story from when I was little.",
                "What did Ana say?",
                "Where did we meet?",
                "How old is my brother?",
                "Tu te souviens de ma sœur ?",
                "Quand j'étais à Lyon, qui…?",
                "comment s'appelle ma sœur",
                "Parle-moi de mon voyage.",
                "Raconte-moi ce que j'ai fait hier.",
                "Dis-moi quel est mon plat préféré.",
                "Peux-tu me rappeler quand est mon examen ?",
                "Qu'est-ce que je t'ai dit de Clara ?",
                "Où est-ce que j'habite ?",
                "Tu sais comment s'appelle mon chat ?",
                "J'aimerais savoir ce que j'ai dit de mon père.",
                "Qui suis-je ? Comment je m'appelle ?",
                "Est-ce que j'ai des enfants ?",
                "On s'était vus où, nous deux ?",
                "我姐姐叫什么？",
                "你还记得我姐姐吗",
                "跟我说说我的旅行",
                "告诉我我的猫叫什么",
                "给我讲讲我以前的事",
                "我喜欢吃什么？",
                "我上次说的那本书叫什么？",
                "我有几个孩子？",
                "我住在哪里？",
                "你能告诉我我什么时候考试吗？",
                "我们是怎么认识的？",
                "我是谁？",
                "Was I happy in Rome?",
                "Where were we last summer?",
                "When did I visit the Roman museum?",
                "Why was my mother angry?",
                "What was the dog's name that we had?",
                "Do you remember what I said about Napoleon?",
                "Can you help me remember what my dog was called?",
                "Qui était mon premier chef ?",
                "Pourquoi j'étais en colère ?",
                "我小时候住在哪里？",
                "我以前的工作是什么？",
                "Was Clara happy?",
                "What was Mo's dog called?",
                "Who was the girl from the bakery?",
                "On était où en Espagne ?",
            ],
        );
    }

    #[test]
    fn questions_about_others_are_about_the_past() {
        check(
            true,
            &[
                "Who told you that?",
                "Who told Ana?",
                "Where did Tom go?",
                "How did the first date go?",
                "Did Ana come to the party?",
                "Was the soup good at Tom's?",
                "How was Japan?",
                "Who was with us on the boat?",
                "When is my review?",
                "Can you check when my exam is?",
                "Qui a dit que j'étais malade ?",
                "Will I see Ana on Friday, did I tell you?",
                "我说过我喜欢吃什么吗？",
                "小明说过什么？",
            ],
        );
    }

    #[test]
    fn requests_for_knowledge_stories_and_advice_are_not() {
        check(
            false,
            &[
                "It rains.",
                "When I was small, we had a dog.",
                "What is the capital of Peru?",
                "Tell me about soup.",
                "Tell me about the Roman empire.",
                "Tell me a joke.",
                "Can you tell me a bedtime story?",
                "Give me some advice about sleep.",
                "Could you explain to me how rainbows form?",
                "I'd like to know how bread is made, tell me.",
                "How do I boil an egg?",
                "What should I cook tonight?",
                "Can you help me?",
                "Teach me some Spanish, what is hello?",
                "Where can I buy good bread?",
                "Any tips for a job interview?",
                "Would you sing me a song?",
                "Recommend me a film, what is good?",
                "Quelle heure est-il ?",
                "Parle-moi de la soupe.",
                "Raconte-moi une histoire.",
                "Dis-moi une blague, tu veux ?",
                "Peux-tu m'expliquer les marées ?",
                "Comment faire une tarte ?",
                "Que devrais-je cuisiner ce soir ?",
                "Donne-moi un conseil pour dormir, d'accord ?",
                "Tu peux m'aider ?",
                "Je voudrais savoir comment on fait le pain, dis-moi.",
                "Comment je peux apprendre l'anglais ?",
                "Tu peux me recommander un film ?",
                "Qui a peint la Joconde ?",
                "今天天气怎么样？",
                "给我讲讲汤吧，好吗？",
                "告诉我什么是黑洞",
                "给我讲个故事好吗？",
                "你能给我推荐一部电影吗？",
                "我应该吃什么？",
                "怎么煮鸡蛋？",
                "你能帮我吗？",
                "我该怎么做才能睡好？",
                "教我几句法语，你好怎么说？",
                "我想知道面包是怎么做的，告诉我吧",
                "秘鲁的首都是哪里？",
            ],
        );
    }

    #[test]
    fn what_everybody_knows_and_what_is_to_come_is_not() {
        check(
            false,
            &[
                "Who was Napoleon?",
                "Who was Tolstoy?",
                "Was the Roman empire large?",
                "Why was the sky red?",
                "When did we land on the moon?",
                "Had Rome a king?",
                "What did Einstein say about time?",
                "When was the Eiffel Tower built?",
                "Who were the Vikings?",
                "What happened before the Big Bang?",
                "How many moons had Saturn a hundred years ago?",
                "Qui était Napoléon ?",
                "Quand a-t-on marché sur la Lune ?",
                "Pourquoi le ciel était rouge ?",
                "Comment était la vie au Moyen Âge ?",
                "拿破仑以前是谁？",
                "唐朝的时候谁是皇帝？",
                "恐龙是什么时候灭绝的？",
                "我们人类什么时候登上月球的？",
                "Can you help me with my CV?",
                "Could you fix my essay?",
                "What is my horoscope?",
                "How is my day going to be?",
                "What do you think of my plan?",
                "Peux-tu m'aider avec mon CV ?",
                "Que penses-tu de mon plan ?",
                "你能帮我改简历吗？",
                "你觉得我的计划怎么样？",
                "How did people cook before ovens?",
                "Who told the story of Troy?",
                "How long ago did Rome fall?",
                "Who said “to be or not to be”?",
                "Who said \"Carpe diem\"?",
                "Did we ever go to Mars?",
                "When did we start using fire?",
                "What did women wear in the eighteenth century?",
                "When was the first bridge built over the Thames?",
                "Was the first president tall?",
                "Why did Carthage lose?",
                "Can you look over my essay?",
                "Is my plan any good?",
                "What would you do in my place?",
                "Will I be happy?",
                "Will I ever find love?",
                "Comment les gens cuisinaient-ils avant les fours ?",
                "Qui a raconté l'histoire de Troie ?",
                "Qui a dit « être ou ne pas être » ?",
                "Qu'est-ce que tu ferais à ma place ?",
                "Serai-je heureuse un jour ?",
                "孔子说过什么？",
                "以前的人怎么做饭？",
                "谁说过“生存还是毁灭”？",
                "换作你，你会怎么做？",
                "我会幸福吗？",
            ],
        );
    }
}
