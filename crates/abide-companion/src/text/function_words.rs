//! Words and characters that build sentences and say nothing by themselves, those that questions are made of included. Knows no statistics.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::language::Language;

/// Without apostrophes, as [`super::runs`] gives them.
const ENGLISH: &str = "a about above after again against all am an and any are arent as at be because been before being below \
    between both but by can cant cannot could couldnt did didnt do does doesnt doing dont down during each few for from further \
    had hadnt has hasnt have havent having he hed hell her here hers herself hes him himself his how i id if ill im in into is \
    isnt it itd its itself ive just lets me more most mustnt my myself no nor not of off on once only or other ought our ours \
    ourselves out over own same shall shant she shed shes should shouldnt so some such than that thatll thats the their theirs \
    them themselves then there theres these they theyd theyll theyre theyve this those through to too under until up upon us very \
    was wasnt we wed well were werent weve what whats when whens where wheres whether which while who whom whos whose why \
    will with wont would wouldnt yes you youd youll your youre yours yourself yourselves youve";

const FRENCH: &str = "a à ai aie aient aies ait alors as au aucun aucune auquel aura aurai auraient aurais aurait auras aurez auront aussi \
    autre autres aux avaient avais avait avant avec avez aviez avions avons ayant ayez ayons bien c ça car ce ceci cela celle celles celui ces cet \
    cette ceux chez ci comme comment contre d dans de déjà depuis des donc dont du elle elles en encore entre est \
    es et étaient étais était étant été êtes étiez étions être eu eue eus eut eux fait faire font fut hors il ils j je jusque l la là \
    laquelle le lequel les lesquelles lesquels leur leurs lors lui m ma mais me même mêmes mes mien mienne moi moins mon n ne ni nos notre \
    nous on ont ou où par parce pas pendant peu peut peux plus pour pourquoi qu quand que quel quelle quelles quelque quelques \
    quels qui quoi s sa sans se sera serai seraient serais serait seras serez seront ses si sien sienne soi soient sois soit \
    sommes son sont sous suis sur t ta tandis te tes toi ton tous tout toute toutes très trop tu un une va vais vas vers voici \
    voilà vont vos votre vous vu y oui non cest quest est-ce combien";

/// Han characters and kana of pronouns, particles, question words and auxiliaries.
const CHARACTERS: &str = "的了着过是在有我你您他她它们這这那哪个個什么麼谁誰吗嗎呢吧啊呀哦嗯和与與跟或也都就才又再还還很太不没沒无無\
    被把给給对對从從到向于於为為以而且但如果因所之其此让讓叫会會能可得地怎样樣多少几幾时時候何要想说說\
    のはがをにでともへやかなだですまたいるしてれこそあどよねわさ";

static ENGLISH_SET: LazyLock<HashSet<&'static str>> = LazyLock::new(|| ENGLISH.split_whitespace().collect());
static FRENCH_SET: LazyLock<HashSet<&'static str>> = LazyLock::new(|| FRENCH.split_whitespace().collect());
static CHARACTER_SET: LazyLock<HashSet<char>> = LazyLock::new(|| CHARACTERS.chars().collect());

/// Whether a word of that language only builds sentences. Latin words among Chinese ones are taken for English.
pub(super) fn is_function_word(word: &str, language: Language) -> bool {
    match language {
        Language::French => FRENCH_SET.contains(word),
        Language::English | Language::Chinese => ENGLISH_SET.contains(word),
    }
}

/// Whether a character of an unspaced script mostly builds sentences. Such a one may still be half of a word ("时间").
pub(super) fn is_weak_character(character: char) -> bool {
    CHARACTER_SET.contains(&character)
}
