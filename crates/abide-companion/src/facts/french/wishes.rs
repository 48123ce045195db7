//! What the user wants of the companion in French: topics to leave alone, things to remember and to forget. Must not know what they say of
//! themselves.

use crate::facts::pattern::Row;
use crate::facts::pattern::Special::{Forget, Note, Plain};

pub(super) const AVOID: &[Row] = &[
    (
        r"(?:s['’]il\s+te\s+pla[iî]t,?\s+|stp,?\s+)?(?:ne\s+|n['’])?(?:me\s+)?(?:parle(?:z|s)?|parlons|reparle|reparlons)(?:-moi)?\s+(?:plus|jamais|pas)\s+(?:jamais\s+)?(?:de\s+|du\s+|des\s+|d['’])(?P<value>[\p{L}][^.!?;,|]{0,80}?)(?:\s+(?:s['’]il\s+te\s+pla[iî]t|stp|svp|d['’]accord|ok|à\s+l['’]avenir))*\s*\?*{end}",
        "topic",
        "{who} ne veut plus qu'on lui parle de {value}.",
        95,
        Plain,
    ),
    (
        r"(?:s['’]il\s+te\s+pla[iî]t,?\s+)?(?:ne\s+|n['’])?(?:mentionne|évoque|aborde)(?:z|s)?\s+(?:plus|jamais|pas)\s+(?:jamais\s+)?{value}(?:\s+(?:s['’]il\s+te\s+pla[iî]t|stp|svp))?{end}",
        "topic",
        "{who} ne veut pas qu'on évoque {value}.",
        95,
        Plain,
    ),
    (
        r"(?:je\s+ne\s+(?:veux|souhaite)|j['’]veux|je\s+(?:veux|souhaite))\s+(?:vraiment\s+|surtout\s+)?(?:plus|pas|jamais)\s+(?:entendre\s+)?parler\s+(?:de\s+|du\s+|des\s+|d['’])(?P<value>[\p{L}][^.!?;,|]{0,80}?)(?:\s+(?:s['’]il\s+te\s+pla[iî]t|stp|svp|d['’]accord|ok|à\s+l['’]avenir))*\s*\?*{end}",
        "topic",
        "{who} ne veut plus parler de {value}.",
        90,
        Plain,
    ),
    (
        r"(?:j['’]ai|je\s+n['’]ai)\s+(?:vraiment\s+)?(?:pas|plus|aucune)\s+(?:du\s+tout\s+|trop\s+|vraiment\s+)?envie\s+(?:de\s+|d['’])(?:re)?(?:entendre\s+)?parler\s+(?:de\s+|du\s+|des\s+|d['’])(?P<value>[\p{L}][^.!?;,|]{0,80}?)(?:\s+(?:s['’]il\s+te\s+pla[iî]t|stp|svp|d['’]accord|ok|à\s+l['’]avenir))*\s*\?*{end}",
        "topic",
        "{who} ne veut pas parler de {value}.",
        90,
        Plain,
    ),
    (
        r"(?:on\s+(?:ne\s+)?va\s+(?:pas|plus)\s+|(?:je\s+préf(?:ère|érerais|èrerais)|j['’]aimerais|j['’]aime\s+autant|j['’]aimerais\s+autant|je\s+voudrais|je\s+souhaite)\s+(?:ne\s+)?(?:(?:plus|pas)\s+(?:jamais\s+|trop\s+)?|(?:éviter|arrêter|ne\s+plus\s+avoir\s+à)\s+(?:de\s+|d['’])?)(?:avoir\s+à\s+)?(?:entendre\s+)?|(?:est-ce\s+qu['’])?on\s+(?:peut|pourrait)\s+(?:ne\s+pas|éviter\s+de)\s+|(?:peut|pourrait)-on\s+(?:ne\s+pas|éviter\s+de)\s+)(?:re)?parler\s+(?:de\s+|du\s+|des\s+|d['’])(?P<value>[\p{L}][^.!?;,|]{0,80}?)(?:\s+(?:s['’]il\s+te\s+pla[iî]t|stp|svp|d['’]accord|ok|à\s+l['’]avenir))*\s*\?*{end}",
        "topic",
        "{who} ne veut pas parler de {value}.",
        90,
        Plain,
    ),
    (
        r"(?:je\s+préf(?:ère|érerais|èrerais)|j['’]aimerais|je\s+voudrais|je\s+(?:ne\s+)?(?:veux|souhaite))\s+(?:ne\s+)?(?:plus|pas)\s+(?:jamais\s+)?(?:qu['’]on\s+)?(?:évoquer|mentionner|aborder)\s+(?:le\s+sujet\s+(?:de\s+|du\s+|des\s+|d['’]))?{value}(?:\s+(?:s['’]il\s+te\s+pla[iî]t|stp|svp|d['’]accord|ok|à\s+l['’]avenir))*{end}",
        "topic",
        "{who} ne veut pas qu'on évoque {value}.",
        90,
        Plain,
    ),
    (
        r"(?:plus\s+un\s+mot|pas\s+un\s+mot|plus\s+rien)\s+(?:sur|de|à\s+propos\s+(?:de\s+|du\s+|d['’]))\s*{value}(?:\s+(?:s['’]il\s+te\s+pla[iî]t|stp|svp))*{end}",
        "topic",
        "{who} ne veut pas parler de {value}.",
        90,
        Plain,
    ),
    (
        r"(?P<value>(?:mon|ma|mes|notre|nos|le|la|les|l['’])\s*[\p{L}][^.!?;,|]{1,40}?),?\s+(?:c['’]est|est|sont)\s+(?:un\s+sujet\s+(?:tabou|sensible|interdit|douloureux)|tabou)(?:\s+pour\s+moi)?{end}",
        "topic",
        "{who} ne veut pas parler de {value}.",
        85,
        Plain,
    ),
    (
        r"je\s+préf(?:ère|érerais|èrerais)\s+qu['’]on\s+(?:ne\s+|n['’])?(?:re|en\s+)?parle\s+(?:pas|plus)\s+(?:de\s+|du\s+|des\s+|d['’])(?P<value>[\p{L}][^.!?;,|]{0,80}?){end}",
        "topic",
        "{who} ne veut pas parler de {value}.",
        90,
        Plain,
    ),
    (
        r"(?:(?:je|j['’])\s?(?:ne\s+|n['’])?(?:veux|voudrais|souhaite|aimerais))\s+(?:(?:vraiment|surtout)\s+)?(?:plus|pas)\s+(?:jamais\s+)?qu(?:e\s+tu|['’]on)\s+(?:me\s+|m['’])?(?:(?:re)?parles?\s+(?:plus\s+)?(?:de\s+|du\s+|des\s+|d['’])|évoques?\s+|mentionnes?\s+|abordes?\s+)(?P<value>[\p{L}][^.!?;,|]{0,80}?)(?:\s+(?:s['’]il\s+te\s+pla[iî]t|stp|svp|d['’]accord|ok|à\s+l['’]avenir))*\s*\?*{end}",
        "topic",
        "{who} ne veut pas qu'on parle de {value}.",
        95,
        Plain,
    ),
    (
        r"(?:stp,?\s+)?(?:on\s+(?:évite|arrête|laisse\s+tomber)|laisse\s+tomber|laissons\s+tomber)\s+(?:de\s+(?:re)?parler|le\s+sujet)\s+(?:de\s+|du\s+|des\s+|d['’])(?P<value>[\p{L}][^.!?;,|]{0,80}?)(?:\s+(?:s['’]il\s+te\s+pla[iî]t|stp|svp|d['’]accord|ok|à\s+l['’]avenir))*\s*\?*{end}",
        "topic",
        "{who} ne veut pas parler de {value}.",
        90,
        Plain,
    ),
    // Without a request it may be a custom: "on parle pas de politique à table".
    (
        r"on\s+(?:ne\s+|n['’])?(?:re)?parle\s+(?:plus|pas)\s+(?:de\s+|du\s+|des\s+|d['’])(?P<value>[\p{L}][^.!?;,|]{0,80}?)[\s,]+(?:s['’]il\s+te\s+pla[iî]t|stp|svp|d['’]accord|ok)\s*[.!?]*$",
        "topic",
        "{who} ne veut pas parler de {value}.",
        90,
        Plain,
    ),
    (
        r"(?:stp,?\s+)?(?:(?:ne\s+)?me\s+(?:pose|posez)\s+(?:plus|pas)\s+(?:de\s+|la\s+)questions?|plus\s+(?:un\s+mot|de\s+questions?))\s+(?:sur\s+|à\s+propos\s+de\s+|concernant\s+)(?P<value>[\p{L}][^.!?;,|]{0,80}?)(?:\s+(?:s['’]il\s+te\s+pla[iî]t|stp|svp|d['’]accord|ok))*\s*\?*{end}",
        "topic",
        "{who} ne veut pas parler de {value}.",
        90,
        Plain,
    ),
    (
        r"(?:évite|évitons)\s+(?:le\s+sujet\s+|de\s+parler\s+)(?:de\s+|du\s+|des\s+|d['’])(?P<value>[\p{L}][^.!?;,|]{0,80}?)(?:\s+(?:s['’]il\s+te\s+pla[iî]t|stp|svp|d['’]accord|ok|à\s+l['’]avenir))*\s*\?*{end}",
        "topic",
        "{who} ne veut pas parler de {value}.",
        95,
        Plain,
    ),
    (
        r"(?:arrête|cesse|arrêtons)\s+de\s+(?:me\s+)?parler\s+(?:de\s+|du\s+|des\s+|d['’])(?P<value>[\p{L}][^.!?;,|]{0,80}?)(?:\s+(?:s['’]il\s+te\s+pla[iî]t|stp|svp|d['’]accord|ok|à\s+l['’]avenir))*\s*\?*{end}",
        "topic",
        "{who} ne veut plus qu'on lui parle de {value}.",
        95,
        Plain,
    ),
    (
        r"(?:maintenant,?\s+)?(?:on|tu|nous|vous)\s+(?:peut|peux|pouvons|pouvez)\s+(?:(?:de|à)\s+nouveau\s+|maintenant\s+)?(?:me\s+)?(?:re)?parler\s+(?:(?:de|à)\s+nouveau\s+)?(?:de\s+|du\s+|des\s+|d['’])(?P<value>[\p{L}][^.!?;,|]{0,80}?)(?:\s+(?:(?:de|à)\s+nouveau|maintenant|si\s+tu\s+veux))*{end}",
        "~topic",
        "{who} veut bien parler de {value}.",
        85,
        Plain,
    ),
    (
        r"(?:maintenant,?\s+)?(?:on|tu|nous|vous)\s+(?:peut|peux|pouvons|pouvez)\s+(?:(?:de|à)\s+nouveau\s+|maintenant\s+)?(?:mentionner|évoquer|aborder)\s+{value}(?:\s+(?:(?:de|à)\s+nouveau|maintenant|si\s+tu\s+veux))*{end}",
        "~topic",
        "{who} veut bien parler de {value}.",
        85,
        Plain,
    ),
];

pub(super) const NOTE: &[Row] = &[
    (
        r"(?:(?:s['’]il\s+te\s+pla[iî]t|stp|tu\s+peux|peux-tu|pourrais-tu),?\s+)*(?:rappelle[- ]toi|souviens[- ]toi|retiens|te\s+souvenir|retenir|note|n['’]oublie\s+(?:pas|jamais)|garde\s+en\s+tête)\s+(?:bien\s+)?(?:qu['’]|que\s+|:\s*|ceci\s*:\s*)(?P<value>[^?]{3,200}?)\s*[.!?]*$",
        "remember",
        "{who} a demandé de retenir : {value}.",
        95,
        Note,
    ),
    (
        r"(?:(?:s['’]il\s+te\s+pla[iî]t|stp),?\s+)?oublie\s+(?:tout\s+)?(?:ce\s+que\s+je\s+t['’]ai\s+(?:dit|raconté)\s+(?:sur|à\s+propos\s+de|au\s+sujet\s+de|de)\s+|tout\s+sur\s+|l['’]histoire\s+(?:de\s+|avec\s+))(?P<value>[^?.!,]{2,120}?)\s*[.!]*$",
        "forget",
        "",
        90,
        Forget,
    ),
    (
        r"(?:(?:s['’]il\s+te\s+pla[iî]t|stp),?\s+)?(?:oublie|efface|supprime)\s+(?:ça|cela|ce\s+que\s+je\s+(?:viens\s+de\s+dire|t['’]ai\s+dit)|mon\s+dernier\s+message)(?P<value>)\s*[.!]*$",
        "forget",
        "",
        80,
        Forget,
    ),
    (
        r"(?:(?:s['’]il\s+te\s+pla[iî]t|stp|tu\s+peux|peux[- ]tu|pourrais[- ]tu|tu\s+pourrais|est-ce\s+que\s+tu\s+peux|je\s+veux\s+que\s+tu),?\s+)*(?:oublie(?:s|r)?|efface(?:s|r)?|supprime(?:s|r)?)\s+(?:tout\s+)?(?:ce\s+qui\s+concerne\s+|(?:ce\s+)?que\s+tu\s+sais\s+(?:sur\s+|à\s+propos\s+de\s+|de\s+|du\s+|d['’])|sur\s+|à\s+propos\s+de\s+|au\s+sujet\s+de\s+)(?P<value>[^?.!,]{2,120}?)(?:\s+(?:s['’]il\s+te\s+pla[iî]t|stp|svp))?\s*[.!?]*$",
        "forget",
        "",
        90,
        Forget,
    ),
    (
        r"(?:(?:s['’]il\s+te\s+pla[iî]t|stp|tu\s+peux|peux[- ]tu|pourrais[- ]tu|tu\s+pourrais|est-ce\s+que\s+tu\s+peux|je\s+veux\s+que\s+tu),?\s+)*oublie(?:s|r)?\s+que\s+je\s+t['’]ai\s+(?:dit\s+(?:que\s+|qu['’])?|parlé\s+(?:de\s+|du\s+|des\s+|d['’]))(?P<value>[^?.!,]{2,120}?)(?:\s+(?:s['’]il\s+te\s+pla[iî]t|stp|svp))?\s*[.!?]*$",
        "forget",
        "",
        85,
        Forget,
    ),
    (
        r"(?:(?:s['’]il\s+te\s+pla[iî]t|stp|tu\s+peux|peux[- ]tu|pourrais[- ]tu|tu\s+pourrais|est-ce\s+que\s+tu\s+peux|je\s+veux\s+que\s+tu),?\s+)*oublie(?:s|r)?\s+(?:que\s+|qu['’])(?P<value>(?:j['’]|je\s+|on\s+|nous\s+|mon\s+|ma\s+|mes\s+|notre\s+)[^?.!,]{2,120}?)(?:\s+(?:s['’]il\s+te\s+pla[iî]t|stp|svp))?\s*[.!?]*$",
        "forget",
        "",
        85,
        Forget,
    ),
    (
        r"(?:(?:s['’]il\s+te\s+pla[iî]t|stp|tu\s+peux|peux[- ]tu|pourrais[- ]tu|tu\s+pourrais|est-ce\s+que\s+tu\s+peux|je\s+veux\s+que\s+tu),?\s+)*(?:oublie(?:s|r)?|efface(?:s|r)?|supprime(?:s|r)?)\s+(?P<value>(?:mon|ma|mes|notre|nos)\s+[^?.!,]{2,80}?)(?:\s+(?:s['’]il\s+te\s+pla[iî]t|stp|svp))?\s*[.!?]*$",
        "forget",
        "",
        85,
        Forget,
    ),
];
