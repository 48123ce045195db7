//! What `tokenizer.ggml.pre` may say, as data: the patterns of each name and what goes with it.
//!
//! All patterns but a few end in an alternative for white space, `\s+(?!\S)|\s+`: a run, except its last
//! character if a word follows. Look-ahead would need backtracking, so patterns here say `\s+` and
//! [`LastSpace`] gives the last character back. What is left is a regular language, matched in linear
//! time whatever the text.
//!
//! The patterns are those of the models' own tokenizers (`tokenizer.json`), named as llama.cpp's
//! `llama-vocab.cpp` names them. Where llama.cpp's differ only because its regex engine lacks a feature
//! (the classes of `gpt-4o` and `tekken`), the model's own is used.

/// What happens to the last character of a run of white space that a word follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LastSpace {
    /// The pattern has no alternative for white space.
    Stays,
    /// It begins the next word.
    GoesOn,
    /// It begins the next word unless it is a line break, for which the pattern has an alternative before
    /// the one for white space.
    GoesOnInLine,
}

/// One stage of cutting.
#[derive(Debug, Clone, Copy)]
pub(super) enum Recipe {
    /// What matches is a word, and so is what lies between.
    Pattern(&'static str, LastSpace),
    /// Digits in groups of three from the right; with `true`, only when no letter follows the number.
    Thousands(bool),
}

use LastSpace::{GoesOn, GoesOnInLine, Stays};
use Recipe::{Pattern, Thousands};

/// The pattern of Llama 3 and its many relatives; they differ in how many digits go together.
macro_rules! llama3 {
    ($digits:literal) => {
        concat!(
            r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|",
            $digits,
            r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+"
        )
    };
}

/// The pattern that starts a word at each capital letter; `$contraction` may end a word.
macro_rules! by_case {
    ($contraction:literal, $digits:literal) => {
        concat!(
            r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+",
            $contraction,
            r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*",
            $contraction,
            "|",
            $digits,
            r"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+"
        )
    };
}

const GPT2: Recipe = Pattern(r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+", GoesOn);
const DIGIT: Recipe = Pattern(r"\p{N}", Stays);
const LLAMA3: Recipe = Pattern(llama3!(r"\p{N}{1,3}"), GoesOnInLine);
const ONE_DIGIT: Recipe = Pattern(llama3!(r"\p{N}"), GoesOnInLine);
const GPT4O: Recipe = Pattern(
    by_case!(r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])?", r"\p{N}{1,3}"),
    GoesOnInLine,
);
const TEKKEN: Recipe = Pattern(by_case!("", r"\p{N}"), GoesOnInLine);
const QWEN35: Recipe = Pattern(
    concat!(
        r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}|",
        r" ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+"
    ),
    GoesOnInLine,
);
const BAILING: Recipe = Pattern(
    concat!(
        r"'(?:[sSdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|",
        r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]|\s+"
    ),
    GoesOnInLine,
);
const SEED_CODER: Recipe = Pattern(
    concat!(
        r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|",
        r" ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+"
    ),
    GoesOnInLine,
);
const EXAONE_MOE: Recipe = Pattern(
    concat!(
        r"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])|",
        r"[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+"
    ),
    GoesOnInLine,
);
const DEEPSEEK_V3: Recipe = Pattern(
    concat!(
        r##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|"##,
        r" ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+"
    ),
    GoesOnInLine,
);
const CJK: Recipe = Pattern(r"[\u{4E00}-\u{9FA5}\u{0800}-\u{4E00}\u{AC00}-\u{D7FF}]+", Stays);
/// Letters with case, of the scripts that DeepSeek-LLM's tokenizer lists.
const DEEPSEEK_LETTERS: Recipe = Pattern(
    concat!(
        r"\s?[A-Za-z\u{B5}\u{C0}-\u{D6}\u{D8}-\u{F6}\u{F8}-\u{1BA}\u{1BC}-\u{1BF}\u{1C4}-\u{293}",
        r"\u{295}-\u{2AF}\u{370}-\u{373}\u{376}\u{377}\u{37B}-\u{37D}\u{37F}\u{386}\u{388}-\u{38A}\u{38C}",
        r"\u{38E}-\u{3A1}\u{3A3}-\u{3F5}\u{3F7}-\u{481}\u{48A}-\u{52F}\u{531}-\u{556}\u{10A0}-\u{10C5}",
        r"\u{13A0}-\u{13F5}\u{13F8}-\u{13FD}\u{1C90}-\u{1CBA}\u{1CBD}-\u{1CBF}\u{1D00}-\u{1D2B}",
        r"\u{1D6B}-\u{1D77}\u{1D79}-\u{1D9A}\u{1E00}-\u{1F15}\u{1F18}-\u{1F1D}\u{1F20}-\u{1F45}",
        r"\u{1F48}-\u{1F4D}\u{1F50}-\u{1F57}\u{1F59}\u{1F5B}\u{1F5D}\u{1F5F}-\u{1F7D}\u{1F80}-\u{1FB4}",
        r"\u{1FB6}-\u{1FBC}\u{1FBE}\u{1FC2}-\u{1FC4}\u{1FC6}-\u{1FCC}\u{1FD0}-\u{1FD3}\u{1FD6}-\u{1FDB}",
        r"\u{1FE0}-\u{1FEC}\u{1FF2}-\u{1FF4}\u{1FF6}-\u{1FFC}\u{2102}\u{2107}\u{210A}-\u{2113}\u{2115}",
        r"\u{2119}-\u{211D}\u{2124}\u{2126}\u{2128}\u{212A}-\u{212D}\u{212F}-\u{2134}\u{2139}",
        r"\u{213C}-\u{213F}\u{2145}-\u{2149}\u{214E}\u{2183}\u{2184}\u{2C00}-\u{2C7B}\u{2C7E}-\u{2CE4}",
        r"\u{2CEB}-\u{2CEE}\u{2CF2}\u{2CF3}\u{A640}-\u{A66D}\u{A680}-\u{A69B}\u{A722}-\u{A76F}",
        r"\u{A771}-\u{A787}\u{A78B}-\u{A78E}\u{AB70}-\u{ABBF}\u{FB00}-\u{FB06}\u{FB13}-\u{FB17}",
        r"\u{FF21}-\u{FF3A}\u{FF41}-\u{FF5A}\u{10400}-\u{1044F}\u{104B0}-\u{104D3}\u{104D8}-\u{104FB}",
        r"\u{10C80}-\u{10CB2}\u{10CC0}-\u{10CF2}\u{118A0}-\u{118DF}\u{1E900}-\u{1E943}]+"
    ),
    Stays,
);
const DEEPSEEK_PUNCTUATION: Recipe =
    Pattern(r"\s?[!-/:-~\u{FF01}-\u{FF0F}\u{FF1A}-\u{FF5E}\u{2018}-\u{201F}\u{3000}-\u{3002}]+", Stays);
const BLOOM: Recipe =
    Pattern(r" ?[^(\s|.,!?\u{2026}\u{3002}\u{FF0C}\u{3001}\u{0964}\u{06D4}\u{060C})]+", Stays);
const LINE_BREAK: Recipe = Pattern(r"[\r\n]", Stays);

/// Pre-tokenizers that cut in the same way.
pub(super) struct Family {
    pub(super) names: &'static [&'static str],
    pub(super) recipes: &'static [Recipe],
    /// Whether a word that is a token is not cut further, whatever the merges.
    pub(super) whole_words: bool,
    /// Whether BOS is added where the file does not say.
    pub(super) adds_bos: bool,
}

const fn family(names: &'static [&'static str], recipes: &'static [Recipe]) -> Family {
    Family { names, recipes, whole_words: false, adds_bos: false }
}

const fn llama3_like(names: &'static [&'static str], recipes: &'static [Recipe]) -> Family {
    Family { names, recipes, whole_words: true, adds_bos: true }
}

/// All that are known.
pub(super) const FAMILIES: &[Family] = &[
    family(
        &["default"],
        &[
            Pattern(r"[\p{P}$+<=>^~|]+", Stays),
            GPT2,
            Pattern(r"\p{N}+", Stays),
            Pattern("[0-9][0-9][0-9]", Stays),
        ],
    ),
    family(
        &[
            "gpt-2",
            "phi-2",
            "mpt",
            "olmo",
            "jais",
            "trillion",
            "granite-docling",
            "exaone4",
            "gigachat",
            "a.x-4.0",
            "mellum",
            "modern-bert",
        ],
        &[GPT2],
    ),
    llama3_like(
        &["llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"],
        &[LLAMA3],
    ),
    family(&["dbrx", "smaug-bpe", "glm4", "chatglm-bpe"], &[LLAMA3]),
    family(
        &["qwen2", "deepseek-r1-qwen", "stablelm2", "megrez", "kormo", "hunyuan", "grok-2", "solar-open"],
        &[ONE_DIGIT],
    ),
    family(&["qwen35"], &[QWEN35]),
    family(
        &["smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b"],
        &[DIGIT, GPT2],
    ),
    llama3_like(&["tekken"], &[TEKKEN]),
    family(&["gpt-4o", "llama4", "kanana2", "minimax-m2"], &[GPT4O]),
    family(&["tiny_aya"], &[Thousands(true), GPT4O]),
    family(&["superbpe"], &[Pattern(r"\p{N}+", Stays), Thousands(false)]),
    family(
        &["deepseek-llm"],
        &[
            LINE_BREAK,
            DEEPSEEK_LETTERS,
            DEEPSEEK_PUNCTUATION,
            Pattern(r"\s+$", Stays),
            CJK,
            Pattern(r"\p{N}+", Stays),
        ],
    ),
    family(
        &["deepseek-coder"],
        &[LINE_BREAK, Pattern(r"\s?\p{L}+", Stays), Pattern(r"\s?\p{P}+", Stays), CJK, DIGIT],
    ),
    family(
        &["deepseek-v3", "hunyuan-dense", "joyai-llm"],
        &[
            Pattern(r"\p{N}{1,3}", Stays),
            Pattern(r"[\u{4E00}-\u{9FA5}\u{3040}-\u{309F}\u{30A0}-\u{30FF}]+", Stays),
            DEEPSEEK_V3,
        ],
    ),
    family(&["falcon"], &[Pattern(r"[\p{P}$+<=>^~|`]+", Stays), GPT2, Pattern("[0-9][0-9][0-9]", Stays)]),
    family(&["bailingmoe", "bailingmoe2", "llada-moe"], &[BAILING]),
    family(&["seed-coder"], &[SEED_CODER]),
    family(&["exaone-moe"], &[EXAONE_MOE]),
    family(&["bloom", "poro-chat", "gpt3-finnish"], &[BLOOM]),
    family(&["viking"], &[BLOOM, DIGIT]),
];
