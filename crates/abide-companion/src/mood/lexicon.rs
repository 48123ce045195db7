//! Words of feeling in three languages, with their strength from -4 to 4 and what is felt. Must not know how they are weighed. Written for this project; VADER's lexicon (MIT) was the model for the scale.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::Emotion::{self, Anger, Calm, Fear, Joy, Lonely, Love, Sadness, Tired};
use crate::language::Language;
use crate::text::stem::stem;

type Rows = &'static [(f64, Emotion, &'static str)];

const ENGLISH: Rows = &[
    (
        3.2,
        Joy,
        "amazing fantastic wonderful awesome excellent brilliant ecstatic thrilled overjoyed delighted perfect euphoric magnificent",
    ),
    (
        2.7,
        Joy,
        "happy great joy glad excited fun celebrate beautiful best win won success triumph cheerful laugh hilarious superb splendid blessed",
    ),
    (
        2.0,
        Joy,
        "good nice enjoy smile pleased cool lovely better proud lucky interesting amused funny delicious sweet playful yay hooray wow congratulations bright inspired motivated energetic",
    ),
    (
        1.3,
        Joy,
        "okay fine well positive improve curious fresh useful helpful success progress welcome promising",
    ),
    (3.2, Love, "love adore cherish beloved"),
    (
        2.3,
        Love,
        "grateful thank thanks thankful appreciate kind friend hug kiss cuddle affection caring care tender sweetheart darling warm gentle support miss romantic",
    ),
    (1.6, Love, "like trust admire respect forgive comfort generous"),
    (
        1.9,
        Calm,
        "calm relaxed peaceful relieved relief content serene safe rested hope hopeful confident optimistic secure comfortable cozy balanced ready",
    ),
    (
        -3.3,
        Sadness,
        "devastated heartbroken miserable despair hopeless suicidal grief agony depressed worthless unbearable tragic",
    ),
    (
        -2.5,
        Sadness,
        "sad cry crying unhappy sorrow depressing mourn hurt pain painful awful terrible horrible worst lost loss died death dead broken suffer tears gloomy empty numb guilty ashamed shame regret fail failure failed useless ugly bad sick ill crash cancer",
    ),
    (
        -1.6,
        Sadness,
        "down disappointed disappointing upset sorry unfortunately unfortunate blue low poor wrong difficult hard struggle problem trouble boring bored worse weak missed rejected discouraged unlucky homesick",
    ),
    (-3.0, Fear, "terrified panic panicking horrified petrified nightmare"),
    (
        -2.2,
        Fear,
        "afraid scared anxious anxiety fear frightened worried worry dread nervous stress stressed stressful overwhelmed insecure threat danger dangerous helpless desperate",
    ),
    (-1.3, Fear, "unsure uneasy tense concerned doubt confused uncertain restless shy awkward"),
    (-3.2, Anger, "hate furious rage enraged despise disgusting livid loathe outraged"),
    (
        -2.4,
        Anger,
        "angry mad annoyed frustrated frustrating jealous bitter disgusted resent insult unfair betrayed betray lie liar cruel stupid idiot damn hell crap shit fuck fucking screw abuse abusive toxic cheat stolen",
    ),
    (
        -1.5,
        Anger,
        "annoying irritated irritating rude mean ignore ignored argue argument fight complain fed impatient offended",
    ),
    (-2.0, Tired, "exhausted burnout drained sleepless insomnia fatigue weary"),
    (-1.3, Tired, "tired sleepy worn overworked headache ache sore busy"),
    (-2.5, Lonely, "lonely abandoned alone isolated unloved unwanted forgotten excluded loneliness"),
];

const FRENCH: Rows = &[
    (
        3.2,
        Joy,
        "génial fantastique merveilleux formidable excellent extraordinaire ravi enchanté parfait magnifique euphorique incroyable splendide",
    ),
    (
        2.7,
        Joy,
        "heureux heureuse joie content contente bonheur super joyeux joyeuse fête rire rigolo gagné victoire réussi réussite brillant beau belle géniale",
    ),
    (
        2.0,
        Joy,
        "bien bon bonne chouette cool sympa sourire mieux fier fière chance drôle amusant délicieux hâte agréable bravo félicitations youpi motivé inspiré plaisir profiter",
    ),
    (1.2, Joy, "correct utile intéressant progrès positif curieux curieuse"),
    (3.2, Love, "aime adore amour amoureux amoureuse chéri chérie"),
    (
        2.3,
        Love,
        "merci reconnaissant reconnaissante gratitude câlin bisou tendresse tendre gentil gentille ami amie doux douce affection soutien chaleureux",
    ),
    (1.6, Love, "confiance admire respect pardonne réconfort généreux"),
    (
        1.9,
        Calm,
        "calme détendu détendue serein sereine soulagé soulagée soulagement paix tranquille apaisé apaisée espoir confiant confiante rassuré rassurée optimiste reposé",
    ),
    (
        -3.3,
        Sadness,
        "dévasté dévastée désespéré désespérée désespoir misérable suicidaire deuil déprimé déprimée insupportable tragique anéanti",
    ),
    (
        -2.5,
        Sadness,
        "triste tristesse pleure pleurer malheureux malheureuse chagrin mal douleur affreux affreuse horrible terrible pire perdu mort morte décédé brisé brisée souffre souffrir larmes vide coupable honte regrette échec échoué raté nul nulle malade cancer mauvais mauvaise mourir",
    ),
    (
        -1.6,
        Sadness,
        "déçu déçue décevant désolé désolée dommage dur dure difficile problème ennui ennuie faible cafard galère malchance rejeté découragé découragée manque",
    ),
    (-3.0, Fear, "terrifié terrifiée panique paniqué cauchemar épouvanté"),
    (
        -2.2,
        Fear,
        "peur effrayé effrayée angoisse angoissé angoissée anxieux anxieuse anxiété inquiet inquiète inquiétude stress stressé stressée stressant débordé débordée danger dangereux impuissant crains",
    ),
    (-1.3, Fear, "doute confus tendu tendue nerveux nerveuse gêné timide incertain"),
    (-3.2, Anger, "déteste hais haine furieux furieuse rage dégoûtant dégueulasse"),
    (
        -2.4,
        Anger,
        "colère énervé énervée fâché fâchée frustré frustrée jaloux jalouse injuste trahi trahie trahison menteur mensonge cruel stupide idiot con connard merde putain saoule toxique méchant méchante insulte",
    ),
    (-1.5, Anger, "agaçant agacé irrité impoli ignore ignoré dispute disputé marre chiant pénible"),
    (-2.0, Tired, "épuisé épuisée burnout vidé insomnie crevé crevée éreinté"),
    (-1.3, Tired, "fatigué fatiguée fatigue sommeil surmené courbatures migraine"),
    (-2.5, Lonely, "seul seule solitude abandonné abandonnée isolé isolée oublié oubliée exclu exclue"),
];

const CHINESE: Rows = &[
    (3.2, Joy, "太棒了 太好了 棒极了 完美 欣喜若狂 激动 狂喜 精彩 好极了 幸福"),
    (2.7, Joy, "开心 高兴 快乐 兴奋 喜悦 愉快 哈哈 成功 赢了 庆祝 棒 美好 快樂 開心 高興"),
    (
        2.0,
        Joy,
        "不错 好吃 好玩 有趣 骄傲 自豪 幸运 期待 满意 笑 美丽 漂亮 优秀 恭喜 祝贺 真好 很好 太好 挺好 舒服 顺利 好听 好看 给力 值得",
    ),
    (1.3, Joy, "还好 还行 可以 进步 好奇 有意思"),
    (3.2, Love, "爱你 深爱 爱死 热爱 我爱"),
    (2.3, Love, "喜欢 感谢 谢谢 感激 拥抱 抱抱 亲爱的 温暖 温柔 体贴 感动 想念 支持 喜歡 谢谢你 甜蜜"),
    (1.6, Love, "信任 佩服 尊敬 原谅 安慰 善良"),
    (1.9, Calm, "平静 放松 安心 放心 轻松 踏实 希望 有信心 安全 松了一口气 宁静 自信 乐观 治愈"),
    (-3.3, Sadness, "绝望 心碎 崩溃 痛不欲生 想死 不想活 自杀 生不如死 悲痛 抑郁 痛苦 絕望"),
    (
        -2.5,
        Sadness,
        "难过 伤心 悲伤 哭 哭了 难受 不开心 不高兴 不快乐 糟糕 失去 去世 死了 心痛 眼泪 内疚 羞愧 后悔 失败 没用 生病 癌症 可怕 最差 空虚 麻木 委屈 傷心 難過 自责 沮丧 低落 心疼 不幸",
    ),
    (
        -1.6,
        Sadness,
        "失望 可惜 遗憾 抱歉 困难 问题 麻烦 无聊 倒霉 没意思 不好 差 难 丧 郁闷 糟 想家 被拒绝 灰心",
    ),
    (-3.0, Fear, "恐慌 惊恐 吓死 噩梦 恐惧"),
    (-2.2, Fear, "害怕 焦虑 担心 紧张 压力 不安 担忧 怕 慌 危险 无助 喘不过气 擔心 心慌 忧虑"),
    (-1.3, Fear, "疑惑 困惑 犹豫 尴尬 不确定 害羞 迷茫"),
    (-3.2, Anger, "恨 痛恨 愤怒 暴怒 恶心 讨厌死 气死 混蛋"),
    (
        -2.4,
        Anger,
        "生气 讨厌 气愤 恼火 烦死 嫉妒 不公平 背叛 骗子 欺骗 他妈的 妈的 该死 白痴 傻逼 滚 过分 討厭 不喜欢",
    ),
    (-1.5, Anger, "烦 烦人 不耐烦 吵架 争吵 抱怨 不理我 无语 火大 不爽 没礼貌"),
    (-2.0, Tired, "累死 疲惫 精疲力尽 失眠 筋疲力尽 心累 撑不住"),
    (-1.3, Tired, "累 困 疲劳 头疼 头痛 睡不着 加班"),
    (-2.5, Lonely, "孤独 寂寞 孤单 被抛弃 没人理 没人爱 没有朋友 孤獨"),
];

/// Emoji and smileys, in every language.
pub(super) const SIGNS: Rows = &[
    (2.5, Joy, "😀 😃 😄 😁 😆 😊 🙂 😂 🤣 🎉 🥳 🤩 😎 :) :-) :D :-D ^^ xD 🎊 👍 ✨ ☺️ 😺"),
    (2.8, Love, "❤ ❤️ 😍 🥰 😘 💕 💖 💗 💙 💚 💛 💜 🧡 🤗 <3 💞 😻"),
    (1.5, Calm, "😌 🙏 🌸 🍀 😇"),
    (-2.5, Sadness, "😢 😭 😞 😔 🙁 ☹️ ☹ 💔 😿 :( :-( :'( 😥 😓 🥺 T_T QAQ"),
    (-2.3, Fear, "😨 😰 😱 😟 😧 😬"),
    (-2.6, Anger, "😠 😡 🤬 👿 😤 💢 👎 🤮"),
    (-1.5, Tired, "😩 😫 🥱 😴 😪 🥵 🤒 🤕"),
];

/// What words do to the feeling that follows them: -1 turns it, more than 1 strengthens, less weakens.
const SHIFTERS: [&[(f64, &str)]; 3] = [
    &[
        (
            -1.0,
            "not don't doesn't didn't isn't wasn't aren't weren't can't couldn't won't wouldn't never no nobody without hardly neither nor cannot ain't haven't hasn't dont cant isnt wasnt",
        ),
        (
            1.35,
            "very so really extremely absolutely incredibly totally completely super insanely deeply truly too particularly terribly",
        ),
        (0.65, "slightly somewhat kinda fairly rather almost barely little bit"),
    ],
    &[
        (-1.0, "pas jamais aucun aucune sans ni rien"),
        (
            1.35,
            "très trop tellement vraiment extrêmement absolument super hyper si totalement complètement profondément",
        ),
        (0.65, "peu assez plutôt presque légèrement"),
    ],
    &[
        (-1.0, "不 没 没有 不是 别 并不 不太 从不 毫不 無 沒 沒有 不再 一点也不 一点都不"),
        (1.35, "很 非常 太 特别 超级 超 真 极其 十分 好 真的 最 尤其 无比 相当"),
        (0.65, "有点 有些 一点 稍微 略 比较 有點"),
    ],
];

/// Words after which what was said before counts less.
pub(super) const TURNS: [&[&str]; 3] = [
    &["but", "however", "though", "although"],
    &["mais", "pourtant", "cependant", "toutefois"],
    &["但是", "但", "不过", "可是", "然而"],
];

/// The words of one language.
pub(super) struct Lexicon {
    /// Feelings by stem, or by word where there are no stems.
    pub(super) feelings: HashMap<String, (f64, Emotion)>,
    /// Shifters by word.
    pub(super) shifters: HashMap<&'static str, f64>,
    /// Characters of the longest entry.
    pub(super) longest: usize,
}

fn lexicon(language: Language, rows: Rows) -> Lexicon {
    let mut feelings = HashMap::new();
    let all = || {
        rows.iter().flat_map(|(strength, emotion, words)| {
            words.split(' ').map(move |word| (word, (*strength, *emotion)))
        })
    };
    for (word, feeling) in all() {
        feelings.entry(word.to_owned()).or_insert(feeling);
    }
    // A stem is a word by itself, too ("love" of "lovely"), and that comes first.
    for (word, feeling) in all() {
        feelings.entry(stem(word, language)).or_insert(feeling);
    }
    let shifters = SHIFTERS[language as usize];
    let shifters: HashMap<&str, f64> = shifters
        .iter()
        .flat_map(|(factor, words)| words.split(' ').map(move |word| (word, *factor)))
        .collect();
    let lengths = feelings.keys().map(String::as_str).chain(shifters.keys().copied());
    let longest = lengths.map(|word| word.chars().count()).max().unwrap_or(1);
    Lexicon { feelings, shifters, longest }
}

static LEXICONS: LazyLock<[Lexicon; 3]> = LazyLock::new(|| {
    [
        lexicon(Language::English, ENGLISH),
        lexicon(Language::French, FRENCH),
        lexicon(Language::Chinese, CHINESE),
    ]
});

/// The words of a language.
pub(super) fn of(language: Language) -> &'static Lexicon {
    &LEXICONS[language as usize]
}

/// Feelings by sign.
pub(super) static SIGN_TABLE: LazyLock<Vec<(&'static str, f64, Emotion)>> = LazyLock::new(|| {
    SIGNS
        .iter()
        .flat_map(|(strength, emotion, signs)| signs.split(' ').map(move |sign| (sign, *strength, *emotion)))
        .collect()
});
