//! Tests of plans and what is made of them, with a model whose tokens are bytes.

use std::collections::BTreeMap;

use abide_generation::scripted::ScriptedGenerator;
use abide_generation::{GenerationError, Generator as _, Prompt, Role};
use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::transcript::{MessageId, Speaker};

fn model(context: usize) -> ScriptedGenerator {
    ScriptedGenerator::new(Vec::new()).describe(|description| description.context_length = context)
}

fn persona() -> PersonaTexts {
    PersonaTexts {
        char_name: "Mara".to_owned(),
        user_name: "Jo".to_owned(),
        language: "en".to_owned(),
        system_prompt: "You are Mara, a lighthouse keeper. Answer in a few sentences.".to_owned(),
        may_be_bare: false,
        description: "Mara has kept the light of Saint-Ker for thirty years.".to_owned(),
        personality: "dry, patient, curious".to_owned(),
        scenario: "A storm keeps both inside.".to_owned(),
        speaking: "Short sentences. Never exclaims.".to_owned(),
        examples: vec!["Jo: Are you lonely?\nMara: The gulls visit.".to_owned()],
        reminder: "You are Mara: dry, patient, curious.".to_owned(),
        post_history: "Answer as Mara alone.".to_owned(),
    }
}

fn turn(id: u64, text: &str) -> Turn {
    let speaker = if id % 2 == 1 { Speaker::User } else { Speaker::Companion };
    Turn { id: MessageId(id), speaker, text: text.to_owned() }
}

fn facts() -> Vec<FactText> {
    vec![
        FactText {
            id: 1,
            text: "Jo is allergic to nuts.".to_owned(),
            pinned: true,
            settled: true,
            messages: vec![MessageId(1)],
        },
        FactText {
            id: 2,
            text: "Jo lives in Brest.".to_owned(),
            pinned: false,
            settled: true,
            messages: vec![MessageId(2)],
        },
        FactText {
            id: 3,
            text: "Jo plays the oboe.".to_owned(),
            pinned: false,
            settled: false,
            messages: vec![],
        },
    ]
}

fn lore() -> Vec<LoreText> {
    vec![
        LoreText {
            label: "island".to_owned(),
            text: "The island has one path.".to_owned(),
            constant: true,
            place: LorePlace::BeforePersona,
            priority: 1,
            shortened: false,
        },
        LoreText {
            label: "rain".to_owned(),
            text: "Rain here means three days.".to_owned(),
            constant: false,
            place: LorePlace::Note(2),
            priority: 1,
            shortened: false,
        },
    ]
}

fn inputs() -> Inputs {
    let said = Timestamp::from_second(1_740_000_000).unwrap();
    Inputs {
        window: Window {
            turns: vec![
                turn(7, "The rain is loud."),
                turn(8, "It will pass."),
                turn(9, "What was my dog called?"),
            ],
            moved: false,
            left: vec![],
        },
        facts: facts(),
        summary: Some(SummaryText {
            text: "Jo arrived by boat.".to_owned(),
            messages: vec![MessageId(1), MessageId(6)],
        }),
        lore: lore(),
        left_out: vec![],
        memories: vec![MemoryText {
            text: "19 February 2025, Jo: \"My dog Pilot ran into the surf.\"".to_owned(),
            messages: vec![MessageId(3)],
            time: said,
            scores: BTreeMap::from([("fused".to_owned(), 0.75)]),
        }],
        notices: vec!["Today is Friday, 21 February 2025, 09:00.".to_owned()],
        instructions: String::new(),
        recall: Some(RecallReport {
            query: "What was my dog called?".to_owned(),
            asks: true,
            asks_about_past: true,
            known: true,
            confidence: 0.9,
        }),
        held_back: vec![HeldBack {
            topic: "work".to_owned(),
            messages: vec![MessageId(5)],
            fact: None,
            text: "I was fired.".to_owned(),
        }],
        ..Inputs::default()
    }
}

fn words_of(inputs: &Inputs) -> impl Fn(MessageId) -> Option<String> + use<> {
    let turns = inputs.window.turns.clone();
    move |id| turns.iter().find(|turn| turn.id == id).map(|turn| turn.text.clone())
}

fn plan(model: &ScriptedGenerator, persona: &PersonaTexts, inputs: &Inputs) -> Result<Plan, PromptError> {
    let counts = TokenCounts::default();
    let counter = TokenCounter::new(model, &counts);
    let budgets = Budgets::new(abide_generation::Generator::description(model).context_length, None);
    Assembler::new(&counter, budgets, persona)?.plan(inputs, &words_of(inputs))
}

fn shown(model: &ScriptedGenerator, prompt: &Prompt) -> String {
    match prompt {
        Prompt::Chat(chat) => model.render(chat).unwrap(),
        Prompt::Text(text) => text.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_whole_prompt() {
    let model = model(8_192);
    let inputs = inputs();
    let plan = plan(&model, &persona(), &inputs).unwrap();
    insta::assert_snapshot!(shown(&model, &plan.prompt(&words_of(&inputs))));
    insta::assert_json_snapshot!("the_plan_of_a_whole_prompt", plan);
}

#[test]
fn a_prompt_where_nothing_is_known() {
    let model = model(8_192);
    let mut inputs = Inputs { memories: vec![], facts: vec![], lore: vec![], summary: None, ..inputs() };
    inputs.recall.as_mut().unwrap().known = false;
    let texts = ["en", "fr", "zh"].map(|language| {
        let persona = PersonaTexts { language: language.to_owned(), ..persona() };
        shown(&model, &plan(&model, &persona, &inputs).unwrap().prompt(&words_of(&inputs)))
    });
    insta::assert_snapshot!(texts.join("\n=====\n"));
}

fn with_late_system_messages(context: usize) -> ScriptedGenerator {
    model(context).describe(|description| description.late_system_messages = true)
}

#[test]
fn where_the_template_takes_them_notes_are_system_messages_of_their_own() {
    let model = with_late_system_messages(8_192);
    let inputs = inputs();
    let plan = plan(&model, &persona(), &inputs).unwrap();
    insta::assert_snapshot!(shown(&model, &plan.prompt(&words_of(&inputs))));
}

#[test]
fn a_note_stands_before_all_that_the_user_said_since_the_reply() {
    let model = with_late_system_messages(8_192);
    let mut inputs = Inputs { lore: vec![], ..inputs() };
    inputs.window.turns =
        vec![turn(7, "Hello."), turn(8, "Aye."), turn(9, "One thing:"), turn(11, "my dog?")];
    let Prompt::Chat(chat) = plan(&model, &persona(), &inputs).unwrap().prompt(&words_of(&inputs)) else {
        panic!("a chat")
    };
    let roles: Vec<Role> = chat.messages.iter().map(|message| message.role).collect();
    assert_eq!(roles, [Role::System, Role::User, Role::Assistant, Role::System, Role::User]);
    assert_eq!(chat.messages[4].content, "One thing:\n\nmy dog?");
}

#[test]
fn what_a_message_brings_back_shares_one_room_and_unasked_it_is_smaller() {
    let model = model(8_192);
    let remembered = |asks: bool| {
        let mut inputs = inputs();
        inputs.recall.as_mut().unwrap().asks = asks;
        let memory = inputs.memories[0].clone();
        inputs.memories = vec![memory; 60];
        let fact = FactText { text: "Jo likes tin whistles.".to_owned(), ..inputs.facts[2].clone() };
        inputs.facts = (0..10).map(|id| FactText { id, ..fact.clone() }).collect();
        let plan = plan(&model, &persona(), &inputs).unwrap();
        let tokens = |kind| plan.section(kind).map_or(0, |section| section.tokens);
        let (facts, memories) = (tokens(SectionKind::NewFacts), tokens(SectionKind::Memories));
        assert!(facts > 0 && memories > 0, "{facts} and {memories} tokens");
        assert!(facts + memories <= plan.budgets.recalled(asks), "{facts} and {memories} tokens");
        facts + memories
    };
    let (asked, unasked) = (remembered(true), remembered(false));
    assert!(unasked * 2 < asked, "{unasked} tokens unasked, {asked} asked");
}

#[test]
fn nearly_all_of_a_prompt_is_read_ahead() {
    for late in [false, true] {
        let model = model(8_192).describe(|description| description.late_system_messages = late);
        let inputs = Inputs { lore: vec![], ..inputs() };
        let plan = plan(&model, &persona(), &inputs).unwrap();
        let read = |prompt: Option<Prompt>| shown(&model, &prompt.unwrap()).trim_end().to_owned();
        let own = read(plan.own_beginning(&words_of(&inputs)));
        assert!(own.ends_with("assistant: It will pass."), "{own}");
        let on = read(plan.shared_beginning("Pilot.", &words_of(&inputs)));
        assert!(on.ends_with("user: What was my dog called?\nassistant: Pilot."), "{on}");
    }
}

#[test]
fn a_base_model_reads_one_text_and_stops_before_the_user() {
    let model =
        ScriptedGenerator::base_model(Vec::new()).describe(|described| described.context_length = 8_192);
    let inputs = Inputs { lore: vec![], facts: vec![], ..inputs() };
    let plan = plan(&model, &persona(), &inputs).unwrap();
    insta::assert_snapshot!(shown(&model, &plan.prompt(&words_of(&inputs))));
    let read = shown(&model, &plan.shared_beginning("Pilot.", &words_of(&inputs)).unwrap());
    assert!(read.ends_with("\n\nJo: What was my dog called?\n\nMara: Pilot."), "{read}");
    assert_eq!(plan.stop_texts(false), ["\nJo:", "\nJo：", "\nMara:", "\nMara："]);
    assert_eq!(plan.stop_texts(true), ["\nJo:", "\nJo："]);
}

#[test]
fn examples_leave_first_and_the_plan_says_so() {
    let mut persona = persona();
    persona.examples = (0..20).map(|index| format!("Jo: {index}?\nMara: {}", "Aye. ".repeat(40))).collect();
    let inputs = inputs();
    let plan = plan(&model(4_096), &persona, &inputs).unwrap();
    let left = plan.left_out.iter().filter(|left| left.kind == SectionKind::Examples).count();
    let kept = plan.section(SectionKind::Examples).map_or(0, |section| section.items.len());
    assert_eq!(left + kept, 20);
    assert!(left > 0 && kept > 0, "{left} left, {kept} kept");
    assert_eq!(plan.section(SectionKind::Persona).unwrap().items.len(), 5);
}

#[test]
fn a_message_that_is_longer_than_the_context_is_cut_in_its_middle() {
    let mut inputs = inputs();
    inputs.window.turns[2].text = format!("START {} what do you think? END", "wave ".repeat(4_000));
    let model = model(1_024);
    let plan = plan(&model, &persona(), &inputs).unwrap();
    let prompt = shown(&model, &plan.prompt(&words_of(&inputs)));
    assert!(prompt.contains("START wave") && prompt.ends_with("think? END"), "{prompt}");
    assert!(plan.section(SectionKind::Turns).unwrap().items.last().unwrap().shortened);
}

#[test]
fn reminders_are_of_whole_sentences_however_small_the_context() {
    let mut persona = persona();
    persona.reminder = "Stay Mara: dry, patient and curious. One question at most, e.g. about the light. Say it if asked: you are a \
                        program, and honest about being one."
        .to_owned();
    persona.post_history =
        "Answer as Mara alone, one question at a time, in the words that a keeper of a light would use"
            .to_owned();
    let (mut cut, mut gone, mut whole) = (0, 0, 0);
    for context in (600..6_000).step_by(50) {
        let Ok(plan) = plan(&model(context), &persona, &inputs()) else { continue };
        for (kind, text) in
            [(SectionKind::Reminder, &persona.reminder), (SectionKind::PostHistory, &persona.post_history)]
        {
            let Some(section) = plan.section(kind) else {
                gone += 1;
                continue;
            };
            let item = &section.items[0];
            if item.text == *text {
                whole += 1;
            } else {
                cut += 1;
                assert!(item.shortened && text.starts_with(&item.text), "{item:?}");
                assert!(item.text.ends_with("curious.") || item.text.ends_with("light."), "{item:?}");
            }
        }
    }
    assert!(cut > 0 && gone > 0 && whole > 0, "{cut} {gone} {whole}");
}

#[test]
fn a_context_that_holds_nothing_is_an_error_with_its_numbers() {
    let error = plan(&model(16), &persona(), &inputs()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the model's context of 16 tokens is too small for a reply of 4 tokens and any prompt; load the model with \
         a longer context"
    );
}

#[test]
fn what_is_left_of_a_turn_about_a_topic_to_avoid_stands_in_its_place() {
    let model = model(4_096);
    let veiled = |left: Option<&str>| crate::topics::Veiled {
        topic: "rain".to_owned(),
        left: left.map(str::to_owned),
    };
    let veiled = BTreeMap::from([(MessageId(7), veiled(Some("… I am well."))), (MessageId(8), veiled(None))]);
    let inputs = Inputs { veiled, ..inputs() };
    let plan = plan(&model, &persona(), &inputs).unwrap();
    let turns = &plan.section(SectionKind::Turns).unwrap().items;
    assert_eq!(
        turns.iter().map(|turn| (turn.text.as_str(), turn.shortened)).collect::<Vec<_>>(),
        [("… I am well.", true), ("", false)]
    );
    let Prompt::Chat(chat) = plan.prompt(&words_of(&inputs)) else { panic!() };
    let shown = format!("{chat:?}");
    assert!(
        shown.contains("I am well.")
            && !shown.contains("The rain is loud")
            && !shown.contains("It will pass"),
        "{shown}"
    );
    let left = plan.left_out.iter().find(|left| left.kind == SectionKind::Turns).unwrap();
    assert_eq!(
        (&left.messages[..], &left.reason),
        (&[MessageId(8)][..], &Reason::Avoided("rain".to_owned()))
    );
}

#[test]
fn what_is_avoided_is_named_and_not_put_in() {
    let inputs = inputs();
    let model = model(8_192);
    let plan = plan(&model, &persona(), &inputs).unwrap();
    let left = plan.left_out.iter().find(|left| left.messages == [MessageId(5)]).unwrap();
    assert_eq!(left.reason, Reason::Avoided("work".to_owned()));
    assert!(!serde_json::to_string(&plan).unwrap().contains("fired"));
}

/// The windows of a conversation that grows turn by turn, each turn 100 tokens long.
fn windows(turns: u64, budget: usize) -> (Vec<Window>, usize) {
    let model = model(8_192);
    let counts = TokenCounts::default();
    let counter = TokenCounter::new(&model, &counts);
    let text = |id: u64| turn(id, &format!("{id:0100}"));
    let (mut start, mut read_max) = (None, 0);
    let windows = (1..=turns).step_by(2).map(|last| {
        let (mut next, mut read) = (last, 0);
        let older = || {
            next -= 1;
            read += 1;
            Ok::<_, GenerationError>((next > 0).then(|| text(next)))
        };
        let window = choose_window(&counter, budget, 0, start, text(last), older).unwrap();
        start = Some(window.turns[0].id);
        read_max = read_max.max(read);
        window
    });
    (windows.collect(), read_max)
}

#[test]
fn the_older_half_leaves_at_once_and_then_the_beginning_stays() {
    let (windows, read_max) = windows(4_001, 2_000);
    let moves = windows.iter().filter(|window| window.moved).count();
    // About half of twenty turns leaves each time, so that about ten come before the next move.
    assert!((300..=400).contains(&moves), "{moves}");
    for window in &windows {
        let tokens: usize = window.turns.iter().map(|turn| turn.text.len()).sum();
        assert!(tokens <= 2_000);
        assert_ne!(window.turns[0].speaker, Speaker::Companion);
        assert_eq!(window.turns.last().unwrap().speaker, Speaker::User);
    }
    assert!(read_max <= 21, "no more turns are read than fit: {read_max}");
}

#[test]
fn nothing_is_lost_between_window_and_what_left_it() {
    let (windows, _) = windows(401, 2_000);
    let mut gone = 0;
    for window in windows {
        if let Some(last) = window.left.last() {
            gone = last.0;
        }
        assert_eq!(window.turns[0].id.0, gone + 1);
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-zé。\\{\\} \n]{1,40}", "[a-z .]{200,900}"]
}

fn any_persona() -> impl Strategy<Value = PersonaTexts> {
    let examples = prop::collection::vec(text(), 0..4);
    (prop::array::uniform7(text()), examples, "en|fr|zh").prop_map(|(texts, examples, language)| {
        let [system_prompt, description, personality, scenario, speaking, reminder, post_history] = texts;
        PersonaTexts {
            char_name: "Mara".to_owned(),
            user_name: "{user}".to_owned(),
            language,
            may_be_bare: system_prompt.len() % 2 == 1,
            system_prompt,
            description,
            personality,
            scenario,
            speaking,
            examples,
            reminder,
            post_history,
        }
    })
}

fn any_inputs() -> impl Strategy<Value = Inputs> {
    let texts = |most| prop::collection::vec(text(), 0..most);
    let turns = prop::collection::vec((text(), 0..3_u8), 1..30);
    let flags = any::<[bool; 4]>();
    (turns, texts(6), texts(5), texts(6), text(), text(), flags).prop_map(
        |(turns, facts, lore, memories, summary, instructions, flags)| {
            let count = turns.len();
            let turns = turns.into_iter().enumerate().map(|(index, (text, speaker))| {
                let speaker = match speaker {
                    _ if index + 1 == count => Speaker::User,
                    0 => Speaker::User,
                    1 => Speaker::Companion,
                    _ => Speaker::Narrator,
                };
                Turn { id: MessageId(index as u64 + 1), speaker, text }
            });
            let fact = |(index, text)| FactText {
                id: index as u64,
                text,
                pinned: index % 3 == 0,
                settled: index % 2 == 0,
                messages: vec![],
            };
            let entry = |(index, text): (usize, String)| LoreText {
                label: String::new(),
                text,
                constant: index % 2 == 0,
                place: match (index % 2, flags[0], index % 3) {
                    (0, true, _) => LorePlace::BeforePersona,
                    (0, false, _) => LorePlace::AfterPersona,
                    (_, _, 0) => LorePlace::Personality,
                    (_, _, 1) => LorePlace::BeforeDescription,
                    _ if index % 4 == 3 => LorePlace::Spoken(index / 2, Speaker::Companion),
                    _ => LorePlace::Note(index),
                },
                priority: -(index as i64),
                shortened: false,
            };
            let memory = |text| MemoryText {
                text,
                messages: vec![MessageId(900)],
                time: Timestamp::UNIX_EPOCH,
                scores: BTreeMap::new(),
            };
            Inputs {
                window: Window { turns: turns.collect(), moved: flags[1], left: vec![] },
                facts: facts.into_iter().enumerate().map(fact).collect(),
                summary: flags[2].then(|| SummaryText { text: summary, messages: vec![] }),
                lore: lore.into_iter().enumerate().map(entry).collect(),
                left_out: vec![],
                memories: memories.into_iter().map(memory).collect(),
                notices: vec!["Today is Friday.".to_owned()],
                instructions,
                recall: Some(RecallReport {
                    query: String::new(),
                    asks: true,
                    asks_about_past: true,
                    known: flags[3],
                    confidence: 0.5,
                }),
                held_back: vec![],
                veiled: BTreeMap::new(),
            }
        },
    )
}

fn check_form(prompt: &Prompt, notes_as_system: bool) -> Result<(), TestCaseError> {
    let Prompt::Chat(chat) = prompt else { return Err(TestCaseError::fail("a chat")) };
    let is_note = |index: usize| {
        let next = chat.messages.get(index + 1).map(|next| next.role);
        notes_as_system && index > 0 && next == Some(Role::User)
    };
    let mut turns = Vec::new();
    for (index, message) in chat.messages.iter().enumerate() {
        match message.role {
            Role::System => prop_assert!(index == 0 || is_note(index), "a system message in place {}", index),
            role => turns.push(role),
        }
    }
    for (index, role) in turns.iter().enumerate() {
        prop_assert_eq!(*role, if index % 2 == 0 { Role::User } else { Role::Assistant });
    }
    prop_assert_eq!(turns.last(), Some(&Role::User));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_prompt_is_longer_than_the_context_and_each_can_be_made_again(
        persona in any_persona(),
        inputs in any_inputs(),
        context in 200_usize..6_000,
        late in any::<bool>(),
    ) {
        let model = model(context).describe(|description| description.late_system_messages = late);
        let words = words_of(&inputs);
        // A context in which not even the frame of a note fits may be refused, and nothing else.
        let plan = match plan(&model, &persona, &inputs) {
            Ok(plan) => plan,
            Err(PromptError::ContextTooSmall { .. }) => {
                prop_assert!(context < 400, "refused with {} tokens", context);
                return Ok(());
            }
            Err(error) => return Err(TestCaseError::fail(error.to_string())),
        };
        let prompt = plan.prompt(&words);
        let tokens = model.prompt_tokens(&prompt).unwrap();
        prop_assert_eq!(tokens.len(), plan.prompt_tokens);
        prop_assert!(tokens.len() + plan.budgets.reply <= context);
        check_form(&prompt, late)?;
        let stored = serde_json::to_string(&plan).unwrap();
        let again: Plan = serde_json::from_str(&stored).unwrap();
        prop_assert_eq!(model.prompt_tokens(&again.prompt(&words)).unwrap(), tokens);
        prop_assert_eq!(again, plan);
    }

    #[test]
    fn what_is_read_ahead_begins_the_next_prompt(
        persona in any_persona(),
        inputs in any_inputs(),
        late in any::<bool>(),
    ) {
        let model = model(200_000).describe(|description| description.late_system_messages = late);
        let before = plan(&model, &persona, &inputs).unwrap();
        let reply = "The gulls, as ever.";
        let read_on = before.shared_beginning(reply, &words_of(&inputs));
        let mut next = inputs;
        let newest = next.window.turns.len() as u64;
        next.window.turns.push(Turn { speaker: Speaker::Companion, ..turn(newest + 1, reply) });
        next.window.turns.push(Turn { speaker: Speaker::User, ..turn(newest + 2, "And then?") });
        next.notices = vec!["Today is Saturday.".to_owned()];
        let plan = plan(&model, &persona, &next).unwrap();
        let words = words_of(&next);
        let Prompt::Chat(whole) = plan.prompt(&words) else { return Err(TestCaseError::fail("a chat")) };
        for beginning in [read_on, plan.own_beginning(&words)].into_iter().flatten() {
            let Prompt::Chat(mut beginning) = beginning else { return Err(TestCaseError::fail("a chat")) };
            let last = beginning.messages.pop().unwrap();
            prop_assert_eq!(last.role, Role::Assistant);
            prop_assert!(whole.messages.starts_with(&beginning.messages));
            let same = &whole.messages[beginning.messages.len()];
            prop_assert!(same.role == last.role && same.content.starts_with(&last.content));
        }
    }
}
