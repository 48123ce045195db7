//! English verbs whose past is another word, so that what one "bought" is found by what one did "buy". Must not know indexes.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Forms, each verb behind the last of its own. Those that are other words as often ("rose", "ground", "wound", "bore", "lay") are left out.
const VERBS: &str = "became:become beaten:beat began begun:begin bent:bend bit bitten:bite bled:bleed blew blown:blow \
    broke broken:break brought:bring built:build burnt:burn bought:buy caught:catch chose chosen:choose came:come crept:creep dealt:deal \
    dug:dig drew drawn:draw dreamt:dream drank drunk:drink drove driven:drive ate eaten:eat fell fallen:fall fed:feed felt:feel \
    fought:fight fled:flee flew flown:fly forgot forgotten:forget forgave forgiven:forgive found:find froze frozen:freeze got gotten:get gave \
    given:give went gone:go grew grown:grow hung:hang heard:hear hid hidden:hide held:hold kept:keep knelt:kneel knew known:know \
    laid:lay led:lead leapt:leap learnt:learn left:leave lent:lend lit:light lost:lose made:make meant:mean met:meet \
    mown:mow paid:pay proven:prove rode ridden:ride rang rung:ring ran:run said:say saw seen:see sought:seek sold:sell \
    sent:send sewn:sew shook shaken:shake shot:shoot shown:show shrank shrunk:shrink sang sung:sing sank sunk:sink sat:sit slept:sleep \
    slid:slide sown:sow spoke spoken:speak spelt:spell spent:spend spun:spin spilt:spill stood:stand stole stolen:steal stuck:stick \
    stung:sting struck:strike swore sworn:swear swept:sweep swam swum:swim swung:swing took taken:take taught:teach tore torn:tear told:tell \
    thought:think threw thrown:throw understood:understand woke woken:wake wore worn:wear wove woven:weave wept:weep won:win \
    wrote written:write";

static BASES: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let mut bases = HashMap::new();
    let mut forms = Vec::new();
    for word in VERBS.split_whitespace() {
        let (form, base) = word.split_once(':').unwrap_or((word, ""));
        forms.push(form);
        if !base.is_empty() {
            bases.extend(forms.drain(..).map(|form| (form, base)));
        }
    }
    bases
});

/// The verb that a word (in lower case) is an irregular form of; the word itself where it is none.
pub(super) fn base(word: &str) -> &str {
    BASES.get(word).copied().unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn irregular_forms_have_their_verb() {
        for (form, verb) in [
            ("bought", "buy"),
            ("went", "go"),
            ("eaten", "eat"),
            ("ate", "eat"),
            ("written", "write"),
            ("tea", "tea"),
        ] {
            assert_eq!(base(form), verb);
        }
    }
}
