//! Appointments that are moved or called off: which words do so, which don't, and which of several is meant. It is Tuesday, May 9, 2023, and a day later with
//! each message.

use super::changes::check_after;
use super::*;

/// Whether an exam on June 2 is on June 14 after each message, and on no other day.
fn moves(first: &str, on: &str, then: &[&str]) {
    let table: Vec<([&str; 2], &str)> = then.iter().map(|message| ([first, *message], on)).collect();
    check_after(&table.iter().map(|(messages, expected)| (&messages[..], *expected)).collect::<Vec<_>>());
}

#[test]
fn appointments_are_moved_in_english() {
    moves(
        "My exam is on June 2.",
        "appointment=2023-06-14 exam",
        &[
            "Good news: my exam was moved to June 14.",
            "My exam was moved to June 14.",
            "The exam has been postponed until June 14.",
            "My exam got postponed to the 14th of June.",
            "My exam has been rescheduled for June 14th.",
            "My exam is pushed back to June 14.",
            "They moved my exam to June 14.",
            "The university has postponed the exam to June 14.",
            "I rescheduled my exam to June 14.",
            "They pushed my exam back to June 14.",
            "My exam has moved to June 14.",
            "The date of my exam was moved to June 14.",
            "My exam's been pushed to June 14.",
            "My exam isn't on June 2 but on June 14.",
            "My exam is no longer on June 2, it's on June 14.",
            "My exam has a new date: June 14.",
            "My exam was moved from June 2 to June 14.",
            "My exam is on June 14 now.",
            "My exam is now on June 14.",
            "Actually, my exam is on June 14.",
            "The new date for my exam is June 14.",
            "Unfortunately my exam was brought forward to June 14.",
        ],
    );
    check_after(&[
        (
            &[
                "I have a dentist appointment on June 2.",
                "My dentist appointment was moved to June 14 at 10:30.",
            ],
            "appointment=2023-06-14 dentist appointment at 10:30",
        ),
        (&["I have an exam on June 2.", "My exam was moved to next Monday."], "appointment=2023-05-15 exam"),
        // Which one, if there are two?
        (
            &[
                "I have a maths exam on June 2.",
                "I have a physics exam on June 5.",
                "My maths exam was moved to June 14.",
            ],
            "appointment=2023-06-05 physics exam; appointment=2023-06-14 maths exam",
        ),
        (
            &[
                "I have a maths exam on June 2.",
                "I have a physics exam on June 5.",
                "My exam was moved to June 14.",
            ],
            "appointment=2023-06-02 maths exam; appointment=2023-06-05 physics exam; appointment=2023-06-14 exam",
        ),
        // Told for the first time.
        (&["My exam was moved to June 14."], "appointment=2023-06-14 exam"),
        (&["The exam was moved to June 14.", "It's raining."], "appointment=2023-06-14 exam"),
        // The same day again.
        (&["My exam is on June 2.", "My exam was moved to June 2."], "appointment=2023-06-02 exam"),
        (&["My wedding is on June 2.", "We put the wedding off until August."], "appointment=wedding"),
    ]);
}

#[test]
fn appointments_are_moved_in_french() {
    moves(
        "J'ai un examen le 2 juin.",
        "appointment=2023-06-14 examen",
        &[
            "L'examen est reporté au 14 juin.",
            "Mon examen a été décalé au 14 juin.",
            "Mon examen a finalement été repoussé au 14 juin.",
            "L'examen est avancé au 14 juin.",
            "Ils ont déplacé mon examen au 14 juin.",
            "On a reporté l'examen au 14 juin.",
            "La fac a décalé l'examen au 14 juin.",
            "Malheureusement, mon examen est reporté au 14 juin.",
            "Mon examen est maintenant le 14 juin.",
            "Finalement, mon examen est le 14 juin.",
        ],
    );
    check_after(&[
        (&["Mon entretien est décalé à lundi."], "appointment=2023-05-15 entretien"),
        (
            &[
                "J'ai un rendez-vous chez le dentiste le 2 juin.",
                "Mon rdv chez le dentiste est reporté au 14 juin.",
            ],
            "appointment=2023-06-14 rdv chez le dentiste",
        ),
    ]);
}

#[test]
fn appointments_are_moved_in_chinese() {
    moves(
        "我6月2日有考试。",
        "appointment=2023-06-14 考试",
        &[
            "我的考试改到6月14日了。",
            "考试推迟到6月14日。",
            "考试提前到6月14号了。",
            "我的考试被改到6月14日了。",
            "学校把考试推迟到6月14日了。",
            "考试时间改为6月14日。",
            "我的考试现在是6月14日。",
        ],
    );
    check_after(&[
        (&["我6月2日有面试。", "面试改到下周一了。"], "appointment=2023-05-15 面试"),
        (&["我的考试改到6月14日了。"], "appointment=2023-06-14 考试"),
    ]);
}

#[test]
fn appointments_end_without_a_new_day() {
    for (first, then) in [
        (
            "My exam is on June 2.",
            &[
                "My exam was postponed.",
                "The exam has been postponed indefinitely.",
                "The exam is cancelled.",
                "My exam was canceled yesterday.",
                "The exam's been called off.",
                "The exam is off.",
                "They cancelled the exam.",
                "The school called the exam off.",
                "My exam isn't happening.",
                "The exam won't take place.",
                "I no longer have an exam.",
                "My exam was pushed back by two weeks.",
                "My exam was moved to another day.",
            ][..],
        ),
        (
            "I have an interview on June 2.",
            &["The interview is off.", "My interview fell through.", "I had to cancel my interview."],
        ),
        ("We're getting married on June 2.", &["We called the wedding off."]),
        ("Our trip is on June 2.", &["The trip to Rome is off.", "Our trip to Rome was cancelled."]),
        (
            "J'ai un examen le 2 juin.",
            &[
                "L'examen est annulé.",
                "Mon examen a été annulé.",
                "Mon examen est reporté.",
                "Mon examen a été décalé d'une semaine.",
                "Ils ont annulé l'examen.",
                "On m'a annulé mon examen.",
                "L'examen n'aura pas lieu.",
                "L'examen tombe à l'eau.",
                "L'examen est reporté à plus tard.",
            ],
        ),
        (
            "我6月2日有考试。",
            &[
                "考试取消了。",
                "我的考试被取消了。",
                "学校取消了考试。",
                "考试推迟了。",
                "考试延期了。",
                "考试改期了。",
                "我的考试推迟了一周。",
                "学校把考试取消了。",
            ],
        ),
    ] {
        moves(first, "", then);
    }
}

#[test]
fn appointments_stay_where_nothing_moves_them() {
    moves(
        "My exam is on June 2.",
        "appointment=2023-06-02 exam",
        &[
            "My exam was not cancelled.",
            "My exam wasn't moved.",
            "The exam might be moved to June 14.",
            "Maybe the exam is cancelled.",
            "Was my exam moved to June 14?",
            "My exam was cancelled?",
            "If the exam is cancelled, I'll sleep.",
            "My sister's exam was moved to June 14.",
            "Her exam was cancelled.",
            "Your exam is cancelled.",
            "The exam was moved to the big hall.",
            "The exam was moved online.",
            "The exam was moved to 3 pm.",
            "My exam was almost cancelled.",
            "I dreamt that my exam was cancelled.",
            "The concert was cancelled.",
            "My blood test was cancelled.",
            "I wish the exam was cancelled.",
            "My friend said that the exam was cancelled.",
        ],
    );
    moves(
        "J'ai un examen le 2 juin.",
        "appointment=2023-06-02 examen",
        &[
            "L'examen n'est pas annulé.",
            "L'examen sera peut-être reporté au 14 juin.",
            "L'examen est annulé ?",
            "L'examen de ma sœur est reporté au 14 juin.",
            "Son examen est annulé.",
            "L'examen est déplacé à l'amphi B.",
            "Le concert est annulé.",
        ],
    );
    moves(
        "我6月2日有考试。",
        "appointment=2023-06-02 考试",
        &[
            "考试没有取消。",
            "考试可能推迟到6月14日。",
            "考试取消了吗？",
            "我妹妹的考试取消了。",
            "小明的考试改到6月14日了。",
            "考试改在线上了。",
            "比赛取消了。",
        ],
    );
}

#[test]
fn what_was_moved_keeps_its_own_day_until_then() {
    let moved = &read("My exam was moved to June 14 at 9.").facts[0];
    assert!(moved.holds && moved.replaces);
    assert_eq!(moved.text, "Sam has an appointment on June 14, 2023 at 9: exam.");
    assert_eq!(moved.valid_to, Some("2023-06-15T00:00Z".parse().unwrap()));
    let off = &read("The exam was cancelled.").facts[0];
    assert!(!off.holds && off.valid_to.is_none());
    let mut known = Vec::new();
    apply(&mut known, &fact("appointment", "2023-06-02 exam", true, 1));
    let moved = Fact { replaces: true, ..fact("appointment", "2023-06-14 exam", true, 2) };
    assert_eq!(apply(&mut known, &moved), [Change::Add { supersedes: vec![0] }]);
    // Both had been told.
    let mut known = Vec::new();
    apply(&mut known, &fact("appointment", "2023-06-02 exam", true, 1));
    apply(&mut known, &fact("appointment", "2023-06-14 exam", true, 2));
    assert_eq!(apply(&mut known, &Fact { said: moved.said, ..moved.clone() }), [Change::Known { id: 1 }]);
}

#[test]
fn a_moved_appointment_keeps_its_longer_name() {
    check_after(&[
        (
            &["I have a job interview at Acme on June 2.", "The interview was moved to June 14."],
            "appointment=2023-06-14 job interview at Acme",
        ),
        (
            &["My final maths exam is on June 2.", "They moved the exam to June 14 at 9."],
            "appointment=2023-06-14 final maths exam at 9",
        ),
        (
            &["J'ai un entretien d'embauche chez Acme le 2 juin.", "L'entretien est reporté au 14 juin."],
            "appointment=2023-06-14 entretien d'embauche chez Acme",
        ),
        (&["我6月2日有英语考试。", "考试改到6月14日了。"], "appointment=2023-06-14 英语考试"),
        // Another one.
        (
            &["I have a job interview at Acme on June 2.", "My exam was moved to June 14."],
            "appointment=2023-06-02 job interview at Acme; appointment=2023-06-14 exam",
        ),
        (
            &["I have an exam on June 2.", "The maths exam was moved to June 14."],
            "appointment=2023-06-14 maths exam",
        ),
    ]);
}

#[test]
fn what_is_anothers_is_moved_and_called_off() {
    check_after(&[
        (
            &["My cousin Lena's wedding is on 3 June.", "Lena's wedding was postponed to 10 June."],
            "cousin=Lena; appointment=2023-06-10 Lena's wedding",
        ),
        (&["Tom and Ida's wedding is on 3 June.", "Tom and Ida's wedding is off."], ""),
        (
            &["My sister's wedding is on 3 June.", "The wedding was moved to 10 June."],
            "appointment=2023-06-10 My sister's wedding",
        ),
        (&["My sister's wedding is on 3 June.", "They cancelled my sister's wedding."], ""),
        (&["Le mariage de ma sœur est le 3 juin.", "Le mariage de ma sœur est annulé."], ""),
        (
            &["Le mariage de ma sœur est le 3 juin.", "Le mariage est reporté au 10 juin."],
            "appointment=2023-06-10 mariage de ma sœur",
        ),
        (&["表姐的婚礼在6月3日。", "表姐的婚礼取消了。"], ""),
        // The user's own is another.
        (
            &["Our wedding is on 3 June.", "My sister's wedding was cancelled."],
            "appointment=2023-06-03 wedding",
        ),
        (&["Mon mariage est le 3 juin.", "Le mariage de Léa est annulé."], "appointment=2023-06-03 mariage"),
    ]);
    let moved = [
        (fact("appointment", "2023-06-03 My sister's wedding", true, 1), "The wedding was moved to 10 June."),
        (fact("appointment", "2023-06-03 mariage de ma sœur", true, 1), "Le mariage est reporté au 10 juin."),
    ];
    for (known, message) in moved {
        let known = kept(0, &known, true);
        let text = by_known_name(&[known], &read(message).facts[0]).unwrap().text;
        assert!(text.contains("their sister's wedding") || text.contains("mariage de sa sœur"), "{text}");
    }
}

#[test]
fn what_is_moved_keeps_its_new_hour_and_pairs_are_one() {
    check_after(&[
        (
            &[
                "J'ai un rendez-vous chez le dentiste vendredi.",
                "Le dentiste a repoussé le rendez-vous à lundi 9h.",
            ],
            "appointment=2023-05-15 rendez-vous chez le dentiste à 9h",
        ),
        (
            &["My exam is on June 2.", "My exam was moved to Monday 9am."],
            "appointment=2023-05-15 exam at 9am",
        ),
        (
            &["Le mariage de ma cousine Léa et de Marc aura lieu le 3 juin."],
            "appointment=2023-06-03 mariage de ma cousine Léa et de Marc",
        ),
    ]);
}

#[test]
fn visits_to_the_dentist_are_moved_and_called_off() {
    for (first, then, expected) in [
        ("我周五要去看牙医。", "牙医改到下周一了。", "appointment=2023-05-15 牙医"),
        ("我周五要去看牙医。", "看牙医改到下周二了。", "appointment=2023-05-16 看牙医"),
        ("我周五约了牙医。", "牙医改到下周二了。", "appointment=2023-05-16 牙医"),
        ("我周五要去看牙医。", "我取消了牙医。", ""),
        ("我周五要去看牙医。", "看牙医取消了。", ""),
        ("我周五要去看牙医。", "我不去看牙医了。", ""),
    ] {
        check_after(&[(&[first, then], expected)]);
    }
}
