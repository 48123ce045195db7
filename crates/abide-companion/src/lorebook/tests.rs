//! Tests of what lorebooks put into a prompt.

use proptest::prelude::*;

use super::*;
use crate::macros::MacroContext;

fn entry(key: &str, content: &str) -> Entry {
    let keys = key.split(',').filter(|key| !key.is_empty()).map(str::to_owned).collect();
    Entry { keys, content: content.to_owned(), ..Entry::default() }
}

fn book(entries: Vec<Entry>) -> Lorebook {
    Lorebook { entries, ..Lorebook::default() }
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

fn said<'a>(texts: &[&'a str]) -> Vec<ScannedMessage<'a>> {
    texts.iter().map(|text| ScannedMessage { role: Role::User, text }).collect()
}

fn input<'a>(messages: &'a [ScannedMessage<'a>], state: &'a LorebookState) -> LorebookInput<'a> {
    LorebookInput {
        messages,
        message_count: messages.len() as u64,
        reply_count: messages.len() as u64 / 2,
        token_budget: 1000,
        count_tokens: &words,
        macros: MacroContext { char: "Ada", user: "Sam", seed: 1, ..MacroContext::default() },
        state,
        characters: &[],
        sections: PersonaSections { personality: true, scenario: true },
        greeting: None,
        user_icon: None,
        context_full: false,
    }
}

/// The contents that come when this is said.
fn contents(book: &Lorebook, texts: &[&str]) -> Vec<String> {
    let state = LorebookState::default();
    let messages = said(texts);
    let activation = activate(&[book], &input(&messages, &state));
    activation.entries.into_iter().map(|entry| entry.content).collect()
}

fn comes(entry: Entry, texts: &[&str]) -> bool {
    !contents(&book(vec![entry]), texts).is_empty()
}

fn outcome(entry: Entry, texts: &[&str]) -> Outcome {
    let state = LorebookState::default();
    let messages = said(texts);
    activate(&[&book(vec![entry])], &input(&messages, &state)).decisions.remove(0).outcome
}

#[test]
fn keys_are_found_as_words() {
    for (key, text, expected) in [
        ("cat", "My CAT sleeps", true),
        ("cat", "concatenate", false),
        ("cat", "cat-food, l'cat'", true),
        ("art", "party at the art-school", true),
        ("C++", "I write C++ daily", true),
        ("été", "l'été dernier", true),
        ("ete", "été", false),
        ("don't", "I don’t know", true),
        ("龙", "那条龙睡着了", true),
        ("东京", "我昨天在东京吃饭", true),
        ("ねこ", "うちのねこは黒い", true),
        ("AI", "我的AI朋友", true),
        ("AI", "我的ＡＩ朋友", true),
        ("AI", "pAIn", false),
        ("용", "용이 왔다", true),
        ("แมว", "ฉันมีแมวหนึ่งตัว", true),
        ("dragon,wyrm", "a wyrm", true),
        ("", "anything", false),
        ("{{user}}", "Sam is here", true),
    ] {
        assert_eq!(comes(entry(key, "x"), &[text]), expected, "{key} in {text}");
    }
    assert!(comes(Entry { whole_words: Some(false), ..entry("cat", "x") }, &["concatenate"]));
    assert!(!comes(Entry { case_sensitive: Some(true), ..entry("Cat", "x") }, &["cat"]));
    assert!(comes(Entry { case_sensitive: Some(true), ..entry("Cat", "x") }, &["Cat"]));
}

#[test]
fn regular_expressions_match_within_limits() {
    let regex = |key: &str| Entry { use_regex: true, keys: vec![key.to_owned()], ..entry("", "x") };
    assert!(comes(regex("dra(gon|ke)s?"), &["Two DRAGONS"]));
    assert!(!comes(Entry { case_sensitive: Some(true), ..regex("dragon") }, &["DRAGON"]));
    assert!(comes(Entry { keys: vec![r"/^re: \/x/im".to_owned()], ..entry("", "x") }, &["a\nRE: /x"]));
    assert!(!comes(Entry { keys: vec!["/Dragon/".to_owned()], ..entry("", "x") }, &["dragon"]));
    assert!(comes(Entry { keys: vec!["/home/me".to_owned()], ..entry("", "x") }, &["in /home/me there"]));
    assert!(comes(regex(r"(?<=old )lamp"), &["the old lamp"]));
    for bad in ["(", "[a-", r"(a+)+\1$(", "(((a{1000}){1000}){1000})"] {
        let state = LorebookState::default();
        let messages = said(&["aaaa ( [a-"]);
        let activation = activate(&[&book(vec![regex(bad)])], &input(&messages, &state));
        assert!(activation.entries.is_empty(), "{bad}");
        assert_eq!(activation.decisions[0].outcome, Outcome::InvalidKey(bad.to_owned()));
        assert_eq!(activation.decisions[0].invalid_keys[0].0, bad);
    }
    let slow = "a".repeat(60);
    let state = LorebookState::default();
    let messages = said(&[&slow]);
    let activation = activate(&[&book(vec![regex(r"^(a|a|aa)+\b(?!a)(x\1)$")])], &input(&messages, &state));
    assert!(activation.entries.is_empty());
    // One invalid key is enough for no match, if all are regular expressions.
    let mixed = |use_regex, keys: [&str; 2]| Entry {
        use_regex,
        keys: keys.map(str::to_owned).to_vec(),
        ..entry("", "x")
    };
    assert_eq!(outcome(mixed(true, ["dog", "["]), &["a dog"]), Outcome::InvalidKey("[".to_owned()));
    assert!(comes(mixed(false, ["/[/", "dog"]), &["a dog"]));
    let additional = Entry { content: "@@additional_keys c[ao]t\nx".to_owned(), ..regex("dog") };
    assert!(comes(additional.clone(), &["a cot"]), "with regular expressions, they are keys like the others");
    assert!(!comes(Entry { content: "@@additional_keys [\nx".to_owned(), ..additional }, &["a dog"]));
    // The specification has `constant` and secondary keys ignored with regular expressions.
    assert!(!comes(Entry { constant: true, ..regex("lamp") }, &["nothing"]));
    assert!(comes(Entry { secondary_keys: vec!["no".to_owned()], ..regex("lamp") }, &["lamp"]));
}

#[test]
fn secondary_keys_follow_their_logic() {
    for (logic, one, both, none) in [
        (SecondaryLogic::AndAny, true, true, false),
        (SecondaryLogic::AndAll, false, true, false),
        (SecondaryLogic::NotAny, false, false, true),
        (SecondaryLogic::NotAll, true, false, true),
    ] {
        let entry = Entry {
            secondary_keys: vec!["oil".to_owned(), "wick".to_owned()],
            secondary_logic: logic,
            ..entry("lamp", "x")
        };
        assert_eq!(comes(entry.clone(), &["lamp with oil"]), one, "{logic:?}");
        assert_eq!(comes(entry.clone(), &["lamp, oil, wick"]), both, "{logic:?}");
        assert_eq!(comes(entry.clone(), &["lamp"]), none, "{logic:?}");
        assert!(!comes(entry.clone(), &["oil, wick"]), "{logic:?}");
        assert!(comes(Entry { selective: false, ..entry }, &["lamp"]));
    }
}

#[test]
fn only_the_last_messages_are_scanned() {
    let texts = ["lamp", "b", "c", "d", "e"];
    assert!(!comes(entry("lamp", "x"), &texts), "the default is {SCAN_DEPTH_DEFAULT}");
    assert!(comes(Entry { scan_depth: Some(5), ..entry("lamp", "x") }, &texts));
    assert!(comes(entry("lamp", "@@scan_depth 9\nx"), &texts));
    assert!(!comes(entry("e", "@@scan_depth 0\nx"), &texts));
    let shallow = Lorebook { scan_depth: Some(1), ..book(vec![entry("d", "x"), entry("e", "y")]) };
    assert_eq!(contents(&shallow, &texts), ["y"]);
}

#[test]
fn entries_come_once_in_the_order_of_insertion() {
    let ordered = |order, content| Entry { insertion_order: order, ..entry("lamp", content) };
    let lorebook = book(vec![ordered(30.0, "c"), ordered(1.5, "b"), ordered(-1.0, "a"), ordered(30.0, "d")]);
    assert_eq!(contents(&lorebook, &["lamp lamp lamp", "lamp"]), ["a", "b", "c", "d"]);
}

#[test]
fn the_budget_leaves_out_what_matters_least() {
    let of = |priority: f64, content: &str| Entry { priority: Some(priority), ..entry("lamp", content) };
    let lorebook = Lorebook {
        token_budget: Some(4),
        ..book(vec![of(1.0, "low low"), of(9.0, "high high"), of(5.0, "mid mid")])
    };
    assert_eq!(contents(&lorebook, &["lamp"]), ["high high", "mid mid"]);
    let large = book(vec![of(9.0, &"w ".repeat(2000)), of(1.0, "low")]);
    assert_eq!(contents(&large, &["lamp"]), ["low"], "one that can't fit does not keep out the others");
    let state = LorebookState::default();
    let messages = said(&["lamp"]);
    let small = LorebookInput { token_budget: 5, ..input(&messages, &state) };
    let activation = activate(
        &[&book(vec![
            Entry { insertion_order: 1.0, ..entry("lamp", "old low order") },
            Entry { insertion_order: 9.0, ..entry("lamp", "high order") },
            Entry { constant: true, insertion_order: 0.0, ..entry("", "always there") },
            entry("lamp", "@@ignore_on_max_context\nfirst to go"),
        ])],
        &small,
    );
    let kept: Vec<_> = activation.entries.iter().map(|entry| entry.content.as_str()).collect();
    assert_eq!(kept, ["always there", "high order"]);
    assert_eq!(activation.tokens, 4);
    assert_eq!(activation.decisions[0].outcome, Outcome::Budget { tokens: 3 });
    assert_eq!(activation.decisions[3].outcome, Outcome::Budget { tokens: 3 });
}

#[test]
fn the_first_book_has_the_budget_first() {
    let state = LorebookState::default();
    let messages = said(&["lamp"]);
    let small = LorebookInput { token_budget: 2, ..input(&messages, &state) };
    let own = book(vec![entry("lamp", "own book")]);
    let world = book(vec![Entry { priority: Some(99.0), ..entry("lamp", "world book") }]);
    let activation = activate(&[&own, &world], &small);
    assert_eq!(activation.entries.len(), 1);
    assert_eq!(activation.entries[0].content, "own book");
}

#[test]
fn entries_call_up_others_where_the_book_allows_it() {
    let chain = vec![
        entry("lamp", "The lamp burns oil."),
        entry("oil", "Oil comes from whales.{{hidden_key:harpoon}}{{// ship }}"),
        entry("harpoon", "Harpoons are sharp."),
        entry("ship", "Ships are slow."),
        Entry { exclude_recursion: true, ..entry("whales", "never by others") },
        Entry { delay_until_recursion: true, ..entry("lamp", "only by others") },
    ];
    let mut lorebook = book(chain);
    assert_eq!(contents(&lorebook, &["lamp"]), ["The lamp burns oil."]);
    lorebook.recursive_scanning = Some(true);
    assert_eq!(
        contents(&lorebook, &["lamp"]),
        ["The lamp burns oil.", "Oil comes from whales.", "Harpoons are sharp.", "only by others"]
    );
    lorebook.entries[0].prevent_recursion = true;
    assert_eq!(contents(&lorebook, &["lamp"]), ["The lamp burns oil."]);
}

#[test]
fn circles_of_entries_end() {
    let lorebook = Lorebook {
        recursive_scanning: Some(true),
        ..book((0..50).map(|n| entry(&format!("k{n}"), &format!("k{} k{}", n + 1, n / 2))).collect())
    };
    let come = contents(&lorebook, &["k0"]);
    assert_eq!(come.len(), 11, "{come:?}");
}

#[test]
fn decorators_decide() {
    let with = |head: &str| entry("lamp", &format!("{head}\n\nx"));
    let long = ["lamp"; 8];
    assert_eq!(contents(&book(vec![with("@@depth 3")]), &["lamp"]), ["x"], "they leave the content");
    assert!(comes(with("@@activate_only_after 4"), &long));
    assert_eq!(outcome(with("@@activate_only_after 5"), &long), Outcome::TooEarly);
    assert!(comes(with("@@activate_only_every 2"), &long));
    assert_eq!(outcome(with("@@activate_only_every 3"), &long), Outcome::NotThisReply);
    assert!(comes(with("@@activate"), &["nothing"]));
    assert!(!comes(with("@@dont_activate"), &long));
    assert!(comes(with("@@dont_activate\n@@activate"), &["nothing"]));
    assert!(!comes(Entry { enabled: false, ..with("@@activate") }, &long));
    assert!(comes(with("@@additional_keys oil, wick"), &["lamp", "a wick"]));
    assert!(!comes(with("@@additional_keys oil,wick"), &["lamp"]));
    assert_eq!(
        outcome(with("@@exclude_keys oil,wick"), &["lamp wick"]),
        Outcome::ExcludedKey("wick".to_owned())
    );
    assert!(comes(with("@@exclude_keys oil"), &["lamp"]));
    let constant = Entry { constant: true, ..entry("", "@@additional_keys oil\nx") };
    assert!(!comes(constant.clone(), &["lamp"]));
    assert!(comes(constant, &["oil"]));
    assert!(comes(with("@@unknown 4"), &["lamp"]), "what is not known is ignored");
    assert_eq!(outcome(with("@@depth 1\n"), &["lamp"]), Outcome::Included(Trigger::Key("lamp".to_owned())));
    assert_eq!(outcome(entry("lamp", "@@depth 1\n"), &["lamp"]), Outcome::Empty);
}

#[test]
fn in_any_case_is_above_chance_and_groups() {
    let always =
        |content: &str| Entry { group: "g".to_owned(), ..entry("lamp", &format!("@@activate\n{content}")) };
    assert!(comes(Entry { probability: Some(0.0), ..always("x") }, &["nothing"]));
    let lorebook =
        book(vec![always("a"), Entry { group: "g".to_owned(), ..entry("lamp", "b") }, always("c")]);
    assert_eq!(contents(&lorebook, &["lamp"]), ["a", "c"]);
}

#[test]
fn entries_for_some_characters_are_for_them_alone() {
    let came = |filter: Value, characters: &[&str]| {
        let mut only = entry("lamp", "x");
        only.extensions.insert("character_filter".to_owned(), filter);
        let (state, messages) = (LorebookState::default(), said(&["lamp"]));
        let at = LorebookInput { characters, ..input(&messages, &state) };
        !activate(&[&book(vec![only])], &at).entries.is_empty()
    };
    let bob = serde_json::json!({"isExclude": false, "names": ["Bob.png", 5], "tags": ["1"]});
    assert!(came(bob.clone(), &["Robert", "bob"]) && !came(bob.clone(), &["Mara"]));
    assert!(came(bob, &[]), "nobody says who it is");
    let all_but_bob = serde_json::json!({"isExclude": true, "names": ["Bob"]});
    assert!(!came(all_but_bob.clone(), &["Bob"]) && came(all_but_bob, &["Mara"]));
    for odd in [serde_json::json!(null), serde_json::json!({"names": []}), serde_json::json!("Bob")] {
        assert!(came(odd, &["Mara"]));
    }
}

#[test]
fn a_position_beside_what_is_not_there_is_ignored() {
    let (state, messages) = (LorebookState::default(), said(&["a", "lamp"]));
    let sections = PersonaSections { personality: false, scenario: true };
    let place = |content: &str| {
        let at = LorebookInput { sections, ..input(&messages, &state) };
        activate(&[&book(vec![entry("lamp", content)])], &at).entries[0].placement
    };
    assert_eq!(place("@@position personality\n@@depth 1\nx"), Placement::AtDepth(1));
    assert_eq!(place("@@position personality\n@@@position scenario\nx"), Placement::Scenario);
}

#[test]
fn fallbacks_are_taken_in_turn() {
    let all = PersonaSections { personality: true, scenario: true };
    let resolve = |text: &str| Decorators::resolve(&split_decorators(text).0, all);
    let chain =
        resolve("@@one 1\n@@@two 2\n@@@three\n@@@four\n@@@five\n@@@depth 6\n@@@depth 7\n@@depth 8\nx");
    assert_eq!(chain.depth, Some(6));
    assert!(chain.ignored.is_empty());
    assert_eq!(resolve("@@instruct_depth 5\n@@@depth 2\nx").depth, Some(2), "this is a chat");
    assert_eq!(resolve("@@depth 5\n@@@instruct_depth 2\nx").depth, Some(5));
    assert_eq!(resolve("@@role nobody\n@@@role user\nx").role, Some(Role::User));
    assert_eq!(resolve("@@only_there\nx").ignored, ["only_there"]);
    assert_eq!(split_decorators("no @@depth 1\nx").0, []);
    assert_eq!(split_decorators("@@ not one").1, "@@ not one");
    assert_eq!(split_decorators("@@depth 1").1, "");
}

#[test]
fn entries_stand_where_they_say() {
    for (entry, placement, role) in [
        (entry("lamp", "x"), Placement::BeforeCharacter, Role::System),
        (
            Entry { position: Position::AfterChar, ..entry("lamp", "x") },
            Placement::AfterCharacter,
            Role::System,
        ),
        (
            Entry { position: Position::AtDepth, role: Role::User, ..entry("lamp", "x") },
            Placement::AtDepth(4),
            Role::User,
        ),
        (entry("lamp", "@@depth 0\n@@role assistant\nx"), Placement::AtDepth(0), Role::Assistant),
        (entry("lamp", "@@depth -3\nx"), Placement::AtDepth(0), Role::System),
        (entry("lamp", "@@reverse_depth 2\nx"), Placement::AtDepth(1), Role::System),
        (entry("lamp", "@@depth 2\n@@position scenario\nx"), Placement::Scenario, Role::System),
        (entry("lamp", "@@position moon\n@@@position personality\nx"), Placement::Personality, Role::System),
        (entry("lamp", "@@position before_desc\nx"), Placement::BeforeDescription, Role::System),
    ] {
        let state = LorebookState::default();
        let messages = said(&["a", "b", "lamp"]);
        let activation = activate(&[&book(vec![entry])], &input(&messages, &state));
        assert_eq!((activation.entries[0].placement, activation.entries[0].role), (placement, role));
    }
}

/// In which of the messages an entry comes; the message with a star says the key.
fn timeline(entry: &Entry, chat: &str) -> String {
    let lorebook = book(vec![entry.clone()]);
    let mut state = LorebookState::default();
    let texts: Vec<_> = chat.chars().map(|mark| if mark == '*' { "lamp" } else { "nothing" }).collect();
    let mut line = String::new();
    for count in 1..=texts.len() {
        let messages = said(&texts[count - 1..count]);
        let at = LorebookInput { message_count: count as u64, ..input(&messages, &state) };
        let activation = activate(&[&lorebook], &at);
        line.push(if activation.entries.is_empty() { '.' } else { 'x' });
        state = activation.state;
    }
    line
}

#[test]
fn what_is_remembered_holds_over_messages() {
    let plain = entry("lamp", "x");
    assert_eq!(timeline(&plain, "..*..*"), "..x..x");
    assert_eq!(timeline(&Entry { sticky: Some(2), ..plain.clone() }, ".*......"), ".xxx....");
    assert_eq!(timeline(&Entry { cooldown: Some(2), ..plain.clone() }, "*******"), "x..x..x");
    assert_eq!(
        timeline(&Entry { sticky: Some(1), cooldown: Some(2), ..plain.clone() }, "********"),
        "xx..xx.."
    );
    assert_eq!(timeline(&Entry { delay: Some(4), ..plain }, "*****"), "...xx");
    assert_eq!(timeline(&entry("lamp", "@@keep_activate_after_match\nx"), ".*..."), ".xxxx");
    assert_eq!(timeline(&entry("lamp", "@@dont_activate_after_match\nx"), ".*.**"), ".x...");
}

#[test]
fn chance_is_the_same_every_time() {
    let messages = said(&["lamp"]);
    let state = LorebookState::default();
    let lorebook = book(vec![Entry { probability: Some(30.0), ..entry("lamp", "x") }]);
    let came = (0..400)
        .filter(|&seed| {
            let macros = MacroContext { seed, ..MacroContext::default() };
            let at = LorebookInput { macros, ..input(&messages, &state) };
            let first = activate(&[&lorebook], &at);
            assert_eq!(first, activate(&[&lorebook], &at));
            !first.entries.is_empty()
        })
        .count();
    assert!((80..160).contains(&came), "{came} of 400");
    assert!(!comes(Entry { probability: Some(0.0), ..entry("lamp", "x") }, &["lamp"]));
}

#[test]
fn one_of_a_group_comes() {
    let of = |content: &str| Entry { group: "weather".to_owned(), ..entry("lamp", content) };
    let messages = said(&["lamp"]);
    let state = LorebookState::default();
    let lorebook = book(vec![of("rain"), of("sun"), Entry { group_weight: Some(0.0), ..of("snow") }]);
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..60 {
        let macros = MacroContext { seed, ..MacroContext::default() };
        let activation = activate(&[&lorebook], &LorebookInput { macros, ..input(&messages, &state) });
        assert_eq!(activation.entries.len(), 1);
        seen.insert(activation.entries[0].content.clone());
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["rain", "sun"]);
    let ruled = book(vec![of("rain"), Entry { group_override: true, ..of("sun") }]);
    assert_eq!(contents(&ruled, &["lamp"]), ["sun"]);
}

#[test]
fn greeting_icon_and_full_context_are_heeded() {
    let state = LorebookState::default();
    let messages = said(&["lamp"]);
    let count = |content: &str, change: fn(&mut LorebookInput<'_>)| {
        let mut at = input(&messages, &state);
        change(&mut at);
        activate(&[&book(vec![entry("lamp", content)])], &at).entries.len()
    };
    assert_eq!(count("@@is_greeting 1\nx", |at| at.greeting = Some(1)), 1);
    assert_eq!(count("@@is_greeting 1\nx", |at| at.greeting = Some(0)), 0);
    assert_eq!(count("@@is_greeting 1\nx", |_| {}), 1);
    assert_eq!(count("@@is_user_icon hat\nx", |at| at.user_icon = Some("scarf")), 0);
    assert_eq!(count("@@ignore_on_max_context\nx", |at| at.context_full = true), 0);
    let activation = activate(
        &[&book(vec![entry("lamp", "@@disable_ui_prompt system_prompt\nx")])],
        &input(&messages, &state),
    );
    assert_eq!(activation.entries[0].disables, [UiPrompt::SystemPrompt]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_book_keeps_to_its_budget_and_comes_out_the_same(
        entries in proptest::collection::vec(
            ("[a-d(/\\\\*+龙]{0,4}", "(@@[a-z_]{3,8} [0-9]\\n)?[a-d {}@]{0,20}", any::<[bool; 5]>(), 0..200_i32, proptest::option::of(0..9_i32)),
            0..12,
        ),
        texts in proptest::collection::vec("[a-d 龙]{0,12}", 0..5),
        budget in 0..30_usize,
    ) {
        let entries = entries.into_iter().map(|(key, content, flags, order, priority)| Entry {
            keys: vec![key],
            content,
            constant: flags[0],
            use_regex: flags[1],
            exclude_recursion: flags[2],
            prevent_recursion: flags[3],
            whole_words: Some(flags[4]),
            insertion_order: f64::from(order),
            priority: priority.map(f64::from),
            ..Entry::default()
        });
        let lorebook = Lorebook { recursive_scanning: Some(true), ..book(entries.collect()) };
        let texts: Vec<_> = texts.iter().map(String::as_str).collect();
        let messages = said(&texts);
        let state = LorebookState::default();
        let at = LorebookInput { token_budget: budget, ..input(&messages, &state) };
        let activation = activate(&[&lorebook], &at);
        prop_assert!(activation.tokens <= budget);
        prop_assert_eq!(activation.decisions.len(), lorebook.entries.len());
        let included = activation.decisions.iter().filter(|decision| matches!(decision.outcome, Outcome::Included(_)));
        prop_assert_eq!(included.count(), activation.entries.len());
        let json = serde_json::to_string(&activation).unwrap();
        prop_assert_eq!(serde_json::from_str::<Activation>(&json).unwrap(), activation);
    }
}
