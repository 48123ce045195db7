//! What "it" is behind something that was just told of; appointments that are on again; days beside a feast. It is Tuesday, May 9, 2023, and a day later
//! with each message.

use super::changes::{after, check_after};
use super::*;

/// What holds after each message behind a first one.
fn each(first: &str, holds: &str, then: &[&str]) {
    let table: Vec<([&str; 2], &str)> = then.iter().map(|message| ([first, *message], holds)).collect();
    check_after(&table.iter().map(|(messages, expected)| (&messages[..], *expected)).collect::<Vec<_>>());
}

#[test]
fn a_thing_just_told_of_is_it() {
    each(
        "I have a Ducati.",
        "",
        &[
            "I sold it.",
            "I sold it last week.",
            "We gave it away.",
            "It was stolen.",
            "It's been stolen.",
            "I got rid of it.",
        ],
    );
    each("I have a canoe.", "", &["The canoe was stolen.", "It was stolen yesterday."]);
    each(
        "J'ai un voilier.",
        "",
        &["Je l'ai vendu.", "On me l'a volé.", "Il a été volé.", "Le voilier a été vendu."],
    );
    each(
        "J'ai une moto.",
        "",
        &["Je l'ai vendue hier.", "On me l'a volée.", "Je l'ai donnée.", "Elle a été volée."],
    );
    each(
        "我有一辆摩托车。",
        "",
        &["我把它卖了。", "它被偷了。", "摩托车被偷了。", "被偷了。", "我卖了它。", "我已经卖掉了。"],
    );
    // In one message.
    check_after(&[
        (&["I have a kayak. I sold it in April."], ""),
        (&["J'ai une tablette. Je l'ai vendue."], ""),
        (&["我有一台相机。我把它卖了。"], ""),
    ]);
}

#[test]
fn what_is_not_plainly_meant_stays() {
    each(
        "I have a Ducati.",
        "has=a Ducati",
        &[
            "It was moved to the garage.",
            "It was sold out.",
            "I love it.",
            "My sister sold it.",
            "I want to sell it.",
            "I may have sold it.",
            "It was almost stolen.",
            "I didn't sell it.",
            "The piano was stolen.",
            "The motorbike was stolen from my neighbour.",
            "It was cancelled.",
            "Did I say that I sold it?",
            "It rained. I sold it.",
        ],
    );
    each(
        "J'ai une moto.",
        "has=une moto",
        &["Je ne l'ai pas vendue.", "Mon frère l'a vendue.", "Elle est rouge.", "Le piano a été volé."],
    );
    each(
        "我有一辆摩托车。",
        "has=一辆摩托车",
        &["我没把它卖了。", "我想把它卖了。", "它很快。", "钢琴被偷了。", "取消了。"],
    );
    check_after(&[
        // Which of both?
        (&["I have a Ducati. I have a boat.", "It rained.", "I sold it."], "has=a Ducati; has=a boat"),
        (&["I have a Ducati and my brother has a Honda.", "I sold it."], "has=a Ducati"),
        (&["I have a Ducati.", "I had pizza.", "I sold it."], "has=a Ducati"),
        (&["I sold it."], ""),
    ]);
}

#[test]
fn an_appointment_just_told_of_is_it() {
    let moved = "appointment=2023-06-14 viva";
    each(
        "My viva is on June 2.",
        moved,
        &[
            "It was moved to June 14.",
            "It's now on June 14.",
            "It's on June 14 instead.",
            "They moved it to June 14.",
            "It's been postponed until June 14.",
            "They pushed the viva to June 14.",
        ],
    );
    each(
        "My viva is on June 2.",
        "",
        &[
            "It was cancelled.",
            "It's off.",
            "They cancelled it.",
            "They called it off.",
            "It has been postponed.",
        ],
    );
    each(
        "I have a piano lesson on June 2.",
        "",
        &["The lesson was cancelled.", "Lesson was cancelled.", "It was cancelled."],
    );
    each(
        "I have a yoga class on June 2.",
        "appointment=2023-06-14 yoga class",
        &["Class was moved to June 14.", "It got moved to June 14."],
    );
    each(
        "J'ai une soutenance le 2 juin.",
        "appointment=2023-06-14 soutenance",
        &[
            "Elle a été reportée au 14 juin.",
            "Elle est décalée au 14 juin.",
            "Ils l'ont repoussée au 14 juin.",
        ],
    );
    each("J'ai un entretien le 2 juin.", "", &["Il a été annulé.", "C'est annulé.", "Ils l'ont annulé."]);
    each("我6月2日有面试。", "appointment=2023-06-14 面试", &["改到6月14日了。", "它推迟到6月14日了。"]);
    each("我6月2日有面试。", "", &["取消了。", "被取消了。"]);
    check_after(&[(&["My viva is on June 2, but it was moved to June 14."], moved)]);
}

#[test]
fn an_appointment_that_is_not_meant_stays() {
    let stays = "appointment=2023-06-02 viva";
    each(
        "My viva is on June 2.",
        stays,
        &[
            "It's offensive.",
            "It was moved online.",
            "It might be cancelled.",
            "Class was cancelled.",
            "The concert was cancelled.",
            "It was moved to the big hall.",
            "I sold it.",
            "Was it cancelled?",
            "They say it's hard.",
        ],
    );
    each(
        "J'ai un entretien le 2 juin.",
        "appointment=2023-06-02 entretien",
        &[
            "Il n'a pas été annulé.",
            "C'est stressant.",
            "Il est décalé dans une autre salle.",
            "Le cours est annulé.",
        ],
    );
    each(
        "我6月2日有面试。",
        "appointment=2023-06-02 面试",
        &["没取消。", "可能取消了。", "比赛取消了。", "我取消了订阅。"],
    );
    check_after(&[(&["My viva is on June 2.", "It rained all day.", "It was cancelled."], stays)]);
}

#[test]
fn a_reply_about_something_else_changes_the_subject() {
    for (reply, other) in [
        ("Lovely, I like it!", false),
        ("How is the motorbike?", false),
        ("Nice! Do you have a car as well?", true),
        ("And how is your sister?", true),
        ("Et ton vélo ?", true),
        ("你的车呢？", true),
        ("When is your exam?", true),
    ] {
        assert_eq!(changes_the_subject(reply, "I have a motorbike."), other, "{reply}");
    }
}

#[test]
fn what_was_called_off_is_on_again() {
    let off = |then: &str, on: &str| {
        let is = after(&["My recital is on June 2.", "My recital was cancelled.", then]);
        assert_eq!(is, on, "{then}");
    };
    for then in [
        "No, my recital isn't cancelled.",
        "My recital isn't cancelled after all.",
        "Good news, my recital is back on.",
        "The recital is on again.",
        "My recital is going ahead after all.",
        "My recital was not cancelled after all.",
        "They didn't cancel my recital after all.",
    ] {
        off(then, "appointment=2023-06-02 recital");
    }
    off("It's back on.", "appointment=2023-06-02 recital");
    off("It's raining.", "");
    off("My recital is back on for June 20.", "appointment=2023-06-20 recital");
    off("The recital is on again, on June 20.", "appointment=2023-06-20 recital");
    for then in [
        "My recital isn't back on.",
        "I hope my recital is back on.",
        "Is my recital back on?",
        "My brother's recital is back on.",
        "The wedding is back on.",
        "My recital might be back on.",
    ] {
        off(then, "");
    }
}

#[test]
fn what_is_on_again_was_off_and_is_to_come() {
    check_after(&[
        (
            &[
                "J'ai une audition le 2 juin.",
                "L'audition est annulée.",
                "L'audition n'est finalement pas annulée.",
            ],
            "appointment=2023-06-02 audition",
        ),
        (
            &["J'ai une audition le 2 juin.", "L'audition est annulée.", "L'audition est maintenue."],
            "appointment=2023-06-02 audition",
        ),
        (
            &[
                "J'ai une audition le 2 juin.",
                "L'audition est annulée.",
                "L'audition a finalement lieu le 20 juin.",
            ],
            "appointment=2023-06-20 audition",
        ),
        (&["J'ai une audition le 2 juin.", "L'audition est annulée.", "L'audition n'est pas maintenue."], ""),
        (
            &[
                "J'ai une audition le 2 juin.",
                "L'audition est annulée.",
                "L'audition de ma sœur n'est pas annulée.",
            ],
            "",
        ),
        (&["我6月2日有答辩。", "答辩取消了。", "答辩没取消，还是6月2日。"], "appointment=2023-06-02 答辩"),
        (&["我6月2日有答辩。", "答辩取消了。", "答辩又恢复了，6月20日。"], "appointment=2023-06-20 答辩"),
        (&["我6月2日有答辩。", "答辩取消了。", "答辩照常举行。"], "appointment=2023-06-02 答辩"),
        (&["我6月2日有答辩。", "答辩取消了。", "小红的答辩没取消。"], ""),
        // It was never off.
        (&["My recital is on June 2.", "My recital isn't cancelled."], "appointment=2023-06-02 recital"),
        (&["My recital isn't cancelled."], ""),
        // Its day is over.
        (
            &[
                "My recital is on May 10.",
                "My recital was cancelled.",
                "It rained.",
                "My recital isn't cancelled.",
            ],
            "",
        ),
        // Off, on, off and on.
        (
            &[
                "My recital is on June 2.",
                "My recital was cancelled.",
                "My recital is back on.",
                "My recital was cancelled.",
                "My recital is back on.",
            ],
            "appointment=2023-06-02 recital",
        ),
    ]);
}

#[test]
fn a_day_beside_a_feast_is_the_day() {
    check(&[
        ("I have a Christmas dinner on December 12.", ""),
        ("I have a Christmas concert on December 12.", "appointment=2023-12-12 Christmas concert"),
        ("I have a Thanksgiving party on November 18.", "appointment=2023-11-18 Thanksgiving party"),
        ("I have an Easter party on Friday.", "appointment=2023-05-12 Easter party"),
        ("My Halloween party is on October 28.", "appointment=2023-10-28 Halloween party"),
        ("I have a Valentine's party tomorrow.", "appointment=2023-05-10 Valentine's party"),
        ("J'ai une fête de Noël le 12 décembre.", "appointment=2023-12-12 fête de Noël"),
        ("J'ai une soirée Halloween vendredi.", "appointment=2023-05-12 soirée Halloween"),
        ("我12月12日有圣诞派对。", "appointment=2023-12-12 圣诞派对"),
        // The feast is the day.
        ("I have a party on Christmas Eve.", "appointment=2023-12-24 party"),
        ("I have a concert on Halloween.", "appointment=2023-10-31 concert"),
        ("J'ai un concert à Noël.", ""),
    ]);
}

#[test]
fn a_named_animal_that_is_given_away_is_had_no_more() {
    each(
        "I have a dog called Rex.",
        "",
        &[
            "I gave Rex to my aunt.",
            "We've given Rex away.",
            "I sold Rex to a farmer last week.",
            "We rehomed Rex because I'm allergic.",
            "I gave my dog to my aunt.",
        ],
    );
    each(
        "I have a dog called Rex.",
        "dog=Rex",
        &[
            "I gave Rex to my aunt for the weekend.",
            "I gave Rex to my aunt, just for two weeks.",
            "I gave Rex to my aunt while I'm away.",
            "I gave Rex to my aunt so I could take a shower.",
            "I gave Rex a bath.",
            "I gave Rex to the vet.",
            "I sold Max to my aunt.",
            "My sister sold Rex.",
            "I want to give Rex to my aunt.",
            "I gave my cat to my aunt.",
        ],
    );
    each(
        "J'ai un chien qui s'appelle Filou.",
        "",
        &["J'ai donné Filou à ma tante.", "J'ai vendu Filou hier."],
    );
    each(
        "J'ai un chien qui s'appelle Filou.",
        "dog=Filou",
        &[
            "J'ai donné Filou à ma tante pour le week-end.",
            "J'ai donné Filou à ma tante, le temps du voyage.",
        ],
    );
    each("我养了一只狗，叫豆豆。", "", &["我把豆豆送给我阿姨了。", "我把狗送给朋友了。"]);
    each("我养了一只狗，叫豆豆。", "dog=豆豆", &["我把豆豆给妹妹了，暂时养几天。", "我把猫送给朋友了。"]);
    check_after(&[
        (
            &["I have a dog called Rex.", "I have a dog called Finn.", "I gave my dog to my aunt."],
            "dog=Rex; dog=Finn",
        ),
        (&["I have a car.", "I gave my car to my brother, just for the weekend."], "has=a car"),
    ]);
}
