//! What the user wants of the companion in English: topics to leave alone, things to remember and to forget. Must not know what they say of
//! themselves.

use crate::facts::pattern::Row;
use crate::facts::pattern::Special::{Forget, Note, Plain};

pub(super) const AVOID: &[Row] = &[
    (
        r"(?:(?:(?:please|pls|just|(?:can|could)\s+(?:we|you)|would\s+you|will\s+you|let['’]?s|we\s+should)\s+)*(?:do\s+not|don['’]?t|never|stop)|(?:(?:please|pls|just|(?:can|could)\s+(?:we|you)|would\s+you|let['’]?s|i['’]?d\s+(?:rather|prefer)(?:\s+(?:we|you|if\s+(?:we|you)))?|i\s+would\s+(?:rather|prefer)(?:\s+(?:we|you|if\s+(?:we|you)))?)\s+)+(?:not|didn['’]?t))\s+(?:ever\s+|please\s+|to\s+|keep\s+)*(?:talk(?:ing)?|speak(?:ing)?|chat(?:ting)?|hear(?:ing)?(?:\s+(?:anything|a\s+word|another\s+word|more|any\s+more))?|think(?:ing)?|go(?:ing)?\s+on|ask(?:ing)?(?:\s+me)?|remind(?:ing)?\s+me|be\s+reminded|tell(?:ing)?\s+me|say(?:ing)?\s+(?:anything|a\s+word|another\s+word))\s+(?:(?:to|with)\s+me\s+)?(?:about|of)\s+{value}(?:\s+(?:anymore|any\s+more|again|ever|either|please|pls|to\s+me|today|tonight|this\s+(?:morning|evening|week)|right\s+now|now|for\s+now|for\s+(?:a\s+)?(?:bit|while)|ok(?:ay)?))*\s*\?*{end}",
        "topic",
        "{who} doesn't want to talk about {value}.",
        95,
        Plain,
    ),
    (
        r"(?:(?:(?:please|pls|just|(?:can|could)\s+(?:we|you)|would\s+you|let['’]?s)\s+)*(?:do\s+not|don['’]?t|never|stop)|(?:(?:please|pls|just|(?:can|could)\s+(?:we|you)|would\s+you|let['’]?s|i(?:['’]?d|\s+would)\s+(?:rather|prefer)(?:\s+(?:we|you|if\s+(?:we|you)))?)\s+)+(?:not|didn['’]?t))\s+(?:ever\s+|please\s+|to\s+|keep\s+)*(?:mention(?:ing)?|discuss(?:ing)?|bring(?:ing)?\s+up|(?:get(?:ting)?|go(?:ing)?)\s+into|touch(?:ing)?\s+(?:on|upon)|dwell(?:ing)?\s+on)\s+{value}(?:\s+(?:anymore|any\s+more|again|ever|either|please|pls|to\s+me|today|tonight|this\s+(?:morning|evening|week)|right\s+now|now|for\s+now|for\s+(?:a\s+)?(?:bit|while)|ok(?:ay)?))*\s*\?*{end}",
        "topic",
        "{who} doesn't want {value} to be mentioned.",
        95,
        Plain,
    ),
    (
        r"(?:please\s+)?(?:do\s+not|don['’]?t|never)\s+bring\s+{value}\s+up(?:\s+(?:again|anymore|ever|please))*{end}",
        "topic",
        "{who} doesn't want {value} to be mentioned.",
        95,
        Plain,
    ),
    (
        r"i\s+(?:(?:really|just|would|['’]d)\s+)*(?:do\s+not|don['’]?t|never|can['’]?t|cannot|wouldn['’]t)\s+(?:(?:ever|really|even)\s+)*(?:(?:want|wish|care|like|need|bear|stand)\s+to\s+|wanna\s+|feel\s+like\s+|bear\s+|stand\s+)(?:talk(?:ing)?|speak(?:ing)?|hear(?:ing)?(?:\s+(?:anything|(?:a|another)\s+word|more))?|think(?:ing)?|be\s+reminded|discuss(?:ing)?\s+anything)\s+(?:any\s*more\s+)?(?:about|of)\s+{value}(?:\s+(?:anymore|any\s+more|again|ever|either|today|tonight|right\s+now|now))*{end}",
        "topic",
        "{who} doesn't want to talk about {value}.",
        90,
        Plain,
    ),
    (
        r"i(?:['’]?m|\s+am)\s+not\s+(?:really\s+)?(?:(?:ready|willing|in\s+the\s+mood)\s+to\s+talk|comfortable\s+talking)\s+about\s+{value}(?:\s+(?:yet|anymore|any\s+more|again|either|today|tonight|right\s+now|now))*{end}",
        "topic",
        "{who} doesn't want to talk about {value}.",
        90,
        Plain,
    ),
    (
        r"(?:(?:please|can\s+we|could\s+we|let['’]?s|we\s+should)\s+)*avoid\s+(?:the\s+topic\s+of|the\s+subject\s+of|talking\s+about|mentioning)\s+{value}(?:\s+please)?\s*\?*{end}",
        "topic",
        "{who} doesn't want to talk about {value}.",
        95,
        Plain,
    ),
    (
        r"(?:(?:please|can\s+(?:we|you)|could\s+(?:we|you)|let['’]?s)\s+)*(?:drop|leave|close|ditch)\s+the\s+(?:subject|topic)\s+of\s+{value}(?:\s+(?:please|pls|now|today|ok(?:ay)?))*\s*\?*{end}",
        "topic",
        "{who} doesn't want to talk about {value}.",
        95,
        Plain,
    ),
    (
        r"(?:please,?\s+)?(?:not\s+(?:a|another)\s+word\s+(?:about|on)|enough\s+(?:about|of)|(?:leave|keep)\s+(?:me\s+)?out\s+of\s+(?:this|it|our\s+(?:talks?|chats?|conversations?))\s*:?)\s+{value}(?:\s+(?:please|pls|now|today|any\s*more|from\s+now\s+on|ok(?:ay)?))*\s*\?*{end}",
        "topic",
        "{who} doesn't want to talk about {value}.",
        90,
        Plain,
    ),
    (
        r"(?:please\s+)?(?:leave|keep)\s+{value}\s+out\s+of\s+(?:this|it|our\s+(?:talks?|chats?|conversations?)|the\s+conversation)(?:\s+(?:please|now|from\s+now\s+on))*{end}",
        "topic",
        "{who} doesn't want to talk about {value}.",
        90,
        Plain,
    ),
    (
        r"(?P<value>(?:my|our|the)\s+[\p{L}][^.!?;,|]{1,40}?)\s+(?:is|are)\s+(?:strictly\s+|completely\s+|totally\s+)?(?:off[- ]limits|off\s+the\s+table|a\s+(?:taboo|sore|touchy|painful|forbidden)\s+(?:subject|topic|point)|taboo|nothing\s+(?:i|we)\s+(?:want\s+to\s+)?talk\s+about|not\s+(?:something|a\s+topic)\s+i\s+(?:want|like)\s+to\s+(?:talk|hear)\s+about)(?:\s+(?:please|for\s+me|from\s+now\s+on|here))*{end}",
        "topic",
        "{who} doesn't want to talk about {value}.",
        90,
        Plain,
    ),
    (
        r"(?:please,?\s+)?no\s+more\s+(?:talk(?:ing)?|questions)\s+about\s+{value}(?:\s+(?:please|pls|now|today|ok(?:ay)?))*\s*\?*{end}",
        "topic",
        "{who} doesn't want to talk about {value}.",
        90,
        Plain,
    ),
    (
        r"(?:(?:it['’]?s|it\s+is)\s+(?:ok(?:ay)?|fine|all\s*right)\s+(?:now\s+)?(?:to\s+|if\s+(?:you|we)\s+)|(?:you|we)\s+(?:can|may|could)\s+(?:now\s+)?|i(?:['’]?m|\s+am)\s+(?:ready|ok(?:ay)?|fine|happy)\s+(?:now\s+)?to\s+)(?:(?:talk|speak|ask(?:\s+me)?)\s+(?:to\s+me\s+)?about|mention|discuss|bring\s+up)\s+{value}(?:\s+(?:again|now|after\s+all|if\s+you\s+(?:want|like)))*{end}",
        "~topic",
        "{who} does not mind talking about {value} any more.",
        85,
        Plain,
    ),
    (
        r"let['’]?s\s+talk\s+about\s+{value}\s+again{end}",
        "~topic",
        "{who} does not mind talking about {value} any more.",
        85,
        Plain,
    ),
];

pub(super) const NOTE: &[Row] = &[
    (
        r"(?:(?:please|can\s+you|could\s+you|will\s+you|i\s+want\s+you\s+to|you\s+should|always)\s+)*(?:remember|keep\s+in\s+mind|don['’]t\s+forget|do\s+not\s+forget|never\s+forget|note|make\s+a\s+note)\s+(?:this\s*:\s*|that\s+|,\s*)(?P<value>[^?]{3,200}?)\s*[.!?]*$",
        "remember",
        "{who} asked to remember: {value}.",
        95,
        Note,
    ),
    (
        r"(?:(?:please|can\s+you|could\s+you)\s+)*remember\s*:\s*(?P<value>[^?]{3,200}?)\s*[.!]*$",
        "remember",
        "{who} asked to remember: {value}.",
        95,
        Note,
    ),
    (
        r"(?:(?:please|can\s+you|could\s+you|just|i\s+want\s+you\s+to)\s+)*forget\s+(?:(?:everything|all|what)\s+(?:that\s+)?(?:i\s+(?:ever\s+)?(?:said|told\s+you)\s+)?(?:about|of)\s+|about\s+|that\s+i\s+(?:said|told\s+you)\s+(?:that\s+|about\s+)?|what\s+i\s+(?:said|told\s+you)\s+(?:about\s+)?)(?P<value>[^?.!,]{2,120}?)\s*[.!?]*$",
        "forget",
        "",
        90,
        Forget,
    ),
    (
        r"(?:(?:please|can\s+you|could\s+you|just)\s+)*(?:forget|delete|erase)\s+(?:that|this|what\s+i\s+(?:just\s+)?said|my\s+last\s+message)(?P<value>)\s*(?:please)?\s*[.!?]*$",
        "forget",
        "",
        80,
        Forget,
    ),
    (
        r"(?:(?:please|can\s+you|could\s+you|would\s+you|just|i\s+want\s+you\s+to)\s+)*(?:forget|delete|erase)\s+(?:everything|all|anything|what|whatever)\s+(?:that\s+)?(?:(?:you\s+(?:know|remember|have|learned)|i\s+(?:ever\s+)?(?:said|told\s+you|wrote))\s+)?(?:about|concerning|regarding)\s+(?P<value>[^?.!,]{2,120}?)(?:\s+(?:please|now))*\s*[.!?]*$",
        "forget",
        "",
        90,
        Forget,
    ),
    (
        r"(?:(?:please|just)\s+)*forget\s+(?:that\s+)?i\s+(?:(?:ever|even|just)\s+)*(?:said|asked|mentioned|wrote)(?:\s+(?:anything|something|that|this|it|so))?(?P<value>)\s*[.!]*$",
        "forget",
        "",
        80,
        Forget,
    ),
    (
        r"(?:(?:please|just)\s+)*forget\s+(?:that\s+)?i\s+(?:(?:ever|even|just)\s+)*(?:said|mentioned|brought\s+up|told\s+you)\s+(?:that\s+|about\s+)?(?P<value>[^?.!,]{2,120}?)\s*[.!]*$",
        "forget",
        "",
        85,
        Forget,
    ),
    (
        r"(?:(?:please|can\s+you|could\s+you|would\s+you|just|i\s+want\s+you\s+to)\s+)*forget\s+(?:that\s+)?(?P<value>(?:i|i['’]?m|i['’]?ve|we|we['’]?re)\s+[^?.!,]{2,120}?)(?:\s+please)?\s*[.!?]*$",
        "forget",
        "",
        85,
        Forget,
    ),
    (
        r"(?:(?:please|can\s+you|could\s+you|would\s+you|just|i\s+want\s+you\s+to)\s+)*(?:forget|delete|erase)\s+(?:that\s+|about\s+)?(?P<value>(?:my|our)\s+[^?.!,]{2,80}?)(?:\s+please)?\s*[.!?]*$",
        "forget",
        "",
        85,
        Forget,
    ),
];
