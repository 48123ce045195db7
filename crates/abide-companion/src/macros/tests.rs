//! Tests of macros.

use proptest::prelude::*;

use super::*;

fn context() -> MacroContext<'static> {
    MacroContext {
        char: "Ada",
        user: "Sam",
        original: Some("be kind"),
        place: "description",
        ..Default::default()
    }
}

#[test]
fn macros_are_replaced() {
    for (text, expected) in [
        ("{{char}} and {{user}}", "Ada and Sam"),
        ("{{CHAR}} {{ User }} <BOT> <user> <Char>", "Ada Sam Ada Sam Ada"),
        ("{{original}}!", "be kind!"),
        ("a{{// note {{user}} }}b{{comment: x}}c{{hidden_key:lamp}}d", "abcd"),
        ("{{reverse:Hello}}", "olleH"),
        ("{{reverse:{{user}}e\u{301}t}}", "te\u{301}maS"),
        ("{{unknown}} {{getvar::x}} {{}}", "{{unknown}} {{getvar::x}} {{}}"),
        ("{{unknown:{{char}}}}", "{{unknown:Ada}}"),
        ("{{char", "{{char"),
        ("}}{{char}}", "}}Ada"),
        ("{{{char}}}", "{Ada}"),
        ("<b>bold</b> 1 < 2", "<b>bold</b> 1 < 2"),
        ("{{roll:1}} {{roll:d1}} {{ROLL:3d1+2}} {{roll d1}}", "1 1 5 1"),
        ("{{roll:zero}} {{roll:0}} {{roll:999d9}}", "{{roll:zero}} {{roll:0}} {{roll:999d9}}"),
        ("{{random:one}} {{pick::two}}", "one two"),
        ("{{random:a\\,b}}", "a,b"),
        ("{{time}} {{newline}}x{{noop}}", "{{time}} \nx"),
        ("{{char}}好，{{user}}。", "Ada好，Sam。"),
    ] {
        assert_eq!(expand(text, &context()), expected, "{text}");
    }
}

#[test]
fn names_are_put_in_as_they_are() {
    let tricky = MacroContext { user: "{{char}}, <BOT>", char: "A,B", ..context() };
    assert_eq!(expand("{{user}}", &tricky), "{{char}}, <BOT>");
    assert_eq!(expand("{{random:{{char}}}}", &tricky), "A,B");
    let quoting = MacroContext { original: Some("{{user}}"), ..tricky };
    assert_eq!(expand("{{original}}", &quoting), "{{user}}");
}

#[test]
fn audiences_differ() {
    let text = "a{{comment: seen }}{{hidden_key:key}}{{// never}}";
    assert_eq!(expand(text, &context().for_audience(Audience::Display)), "aseen");
    assert_eq!(expand(text, &context().for_audience(Audience::Scan)), "akey");
}

#[test]
fn random_follows_the_seed_and_pick_the_place() {
    let text = "{{random:a,b,c,d,e,f,g,h}}{{random:a,b,c,d,e,f,g,h}}";
    let outcomes: std::collections::BTreeSet<_> =
        (0..50).map(|seed| expand(text, &MacroContext { seed, ..context() })).collect();
    assert!(outcomes.len() > 20, "{outcomes:?}");
    assert!(outcomes.iter().any(|both| both[..1] != both[1..]));
    let text = "{{pick::a::b::c::d::e::f::g::h}}";
    let picks: std::collections::BTreeSet<_> =
        (0..50).map(|seed| expand(text, &MacroContext { seed, ..context() })).collect();
    assert_eq!(picks.len(), 1);
    let chats: std::collections::BTreeSet<_> =
        (0..50).map(|chat| expand(text, &MacroContext { chat, ..context() })).collect();
    assert_eq!(chats.len(), 8);
    let rolls: std::collections::BTreeSet<_> =
        (0..100).map(|seed| expand("{{roll:d6}}", &MacroContext { seed, ..context() })).collect();
    assert_eq!(rolls.into_iter().collect::<Vec<_>>(), ["1", "2", "3", "4", "5", "6"]);
}

#[test]
fn the_time_is_told_in_the_language() {
    let now: jiff::Zoned = "2026-02-01T07:05[Europe/Paris]".parse().unwrap();
    let text = "{{weekday}} {{date}} {{time}} {{isodate}}";
    for (language, expected) in [
        ("en", "Sunday February 1, 2026 07:05 2026-02-01"),
        ("fr-CA", "dimanche 1er février 2026 07:05 2026-02-01"),
        ("zh-Hans", "星期日 2026年2月1日 07:05 2026-02-01"),
        ("", "Sunday February 1, 2026 07:05 2026-02-01"),
    ] {
        assert_eq!(expand(text, &MacroContext { now: Some(&now), language, ..context() }), expected);
    }
}

#[test]
fn nesting_and_growth_end() {
    let deep = format!("{}x{}", "{{reverse:".repeat(10_000), "}}".repeat(10_000));
    assert!(expand(&deep, &context()).contains('x'));
    let long = "x".repeat(1 << 20);
    let many = "{{user}}".repeat(1000);
    assert!(expand(&many, &MacroContext { user: &long, ..context() }).len() <= EXPANDED_BYTES_MAX);
    assert_eq!(expand(&"{{".repeat(100_000), &context()).len(), 200_000);
}

proptest! {
    #[test]
    fn any_text_is_expanded_without_panic(text in "[{}:,a-z<>@/\\\\ é你]{0,60}", pieces in proptest::collection::vec(
        proptest::sample::select(vec!["{{", "}}", "random:", "pick::", "roll:", "d6", "<user>", "{{char}}", ",", "//", "é"]), 0..20)) {
        let text = format!("{text}{}", pieces.concat());
        let once = expand(&text, &context());
        prop_assert_eq!(&once, &expand(&text, &context()));
        if !text.contains("{{") && !text.contains('<') {
            prop_assert_eq!(once, text);
        }
    }
}
