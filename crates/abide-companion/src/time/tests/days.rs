//! Days that are told in several ways at once, or by less than their date: a weekday with its number, an hour before its day, the second Tuesday of a
//! month. It is Tuesday, May 9, 2023.

use super::*;

/// [`check`] of sentences about what is to come.
fn check_to_come(lead: &str, table: &[(&str, &str)]) {
    let sentences: Vec<(String, &str)> =
        table.iter().map(|(day, expected)| (format!("{lead}{day}"), *expected)).collect();
    check(&sentences.iter().map(|(text, expected)| (text.as_str(), *expected)).collect::<Vec<_>>());
}

#[test]
fn english_days_are_one_time_in_any_order() {
    check_to_come(
        "I have an appointment ",
        &[
            ("at 9am on Monday.", "2023-05-15 09:00"),
            ("at 9 on Monday.", "2023-05-15 09:00"),
            ("at 9:30am Monday.", "2023-05-15 09:30"),
            ("9am Monday.", "2023-05-15 09:00"),
            ("Monday 9am.", "2023-05-15 09:00"),
            ("Monday, 9:15.", "2023-05-15 09:15"),
            ("at noon on Friday.", "2023-05-12 12:00"),
            ("at 9 in the evening on Friday.", "2023-05-12 21:00"),
            ("on Friday at 9 in the evening.", "2023-05-12 21:00"),
            ("at 3 tomorrow.", "2023-05-10 15:00"),
            ("at 5pm tomorrow.", "2023-05-10 17:00"),
            ("at 5pm today.", "2023-05-09 17:00"),
            ("at 7am on 12 June.", "2023-06-12 07:00"),
            ("at 7am on June 12th.", "2023-06-12 07:00"),
            ("at 7am on Monday, June 12.", "2023-06-12 07:00"),
            ("on 12 June, a Monday, at 7am.", "2023-06-12 07:00"),
            ("on June 12 (a Monday).", "2023-06-12"),
            ("at 8 on Monday morning.", "2023-05-15 08:00"),
            ("at 5pm.", "2023-05-09 17:00"),
        ],
    );
}

#[test]
fn english_days_are_told_by_numbers_alone() {
    check_to_come(
        "I have an appointment ",
        &[
            ("on the 15th at 10am.", "2023-05-15 10:00"),
            ("on the 15th at 10.", "2023-05-15 10:00"),
            ("the 15th at 10am.", "2023-05-15 10:00"),
            ("at 10am on the 15th.", "2023-05-15 10:00"),
            ("on the 5th at 10am.", "2023-06-05 10:00"),
            ("on the 31st, at noon.", "2023-05-31 12:00"),
            ("on the 15th with Dr Lee.", "2023-05-15"),
            ("on the 15th of this month.", "2023-05-15"),
            ("on the 3rd of next month at 4pm.", "2023-06-03 16:00"),
            ("on the fifteenth at 10am.", "2023-05-15 10:00"),
            ("on 5/15 at 10am.", "2023-05-15 10:00"),
            ("on 15/6.", "2023-06-15"),
            ("on Monday 5/15.", "2023-05-15"),
            ("on the 15th floor.", ""),
            ("on the 5th avenue.", ""),
            ("on 5/8 of an acre.", ""),
            ("for the 2nd time.", ""),
        ],
    );
}

#[test]
fn english_weekdays_are_told_by_others() {
    check_to_come(
        "I have an appointment ",
        &[
            ("on Friday the 12th at 3pm.", "2023-05-12 15:00"),
            ("on Friday the 19th.", "2023-05-19"),
            ("on Friday, 26th.", "2023-05-26"),
            ("on Friday the 13th.", "2023-10-13"),
            ("a week from Friday at 10.", "2023-05-19 10:00"),
            ("two weeks from Monday.", "2023-05-29"),
            ("a week on Friday.", "2023-05-19"),
            ("a week from tomorrow.", "2023-05-17"),
            ("three days from Friday.", "2023-05-15"),
            ("Friday week.", "2023-05-19"),
            ("the Friday after next.", "2023-05-19"),
            ("next week on Friday at 9am.", "2023-05-19 09:00"),
            ("on the 2nd Tuesday of June.", "2023-06-13"),
            ("on the first Monday in June at 8am.", "2023-06-05 08:00"),
            ("on the last Friday of the month.", "2023-05-26"),
            ("on the first Monday of the month.", "2023-06-05"),
            ("on the third Thursday of next month.", "2023-06-15"),
            ("every second Tuesday of the month.", "* 2023-05-09"),
        ],
    );
    check(&[
        ("We met on the 2nd Tuesday of January.", "2023-01-10"),
        ("What did I do on Friday the 5th?", "2023-05-05"),
        ("What did we eat on the 5th at noon?", "2023-05-05 12:00"),
        ("I was in Rome for a week on Friday.", "2023-05-05"),
    ]);
}

#[test]
fn french_days_are_one_time_in_any_order() {
    check_to_come(
        "J'ai rendez-vous ",
        &[
            ("à 9h lundi.", "2023-05-15 09:00"),
            ("à 9 heures lundi prochain.", "2023-05-15 09:00"),
            ("lundi 9h.", "2023-05-15 09:00"),
            ("lundi, 14h30.", "2023-05-15 14:30"),
            ("à midi vendredi.", "2023-05-12 12:00"),
            ("à 9h du soir vendredi.", "2023-05-12 21:00"),
            ("vendredi à 9h du matin.", "2023-05-12 09:00"),
            ("à 14h demain.", "2023-05-10 14:00"),
            ("à 7h le 12 juin.", "2023-06-12 07:00"),
            ("le lundi 12 juin à 7h.", "2023-06-12 07:00"),
            ("le 12 juin, un lundi.", "2023-06-12"),
            ("le 15 à 10h.", "2023-05-15 10:00"),
            ("à 10h le 15.", "2023-05-15 10:00"),
            ("le 5 à 10 heures.", "2023-06-05 10:00"),
            ("le 15.", "2023-05-15"),
            ("le 15 du mois.", "2023-05-15"),
            ("le 3 du mois prochain à 16h.", "2023-06-03 16:00"),
            ("le 15/05 à 7h.", "2023-05-15 07:00"),
            ("le 5/6.", "2023-06-05"),
            ("vendredi 19/05.", "2023-05-19"),
            ("vendredi 12 à 15h.", "2023-05-12 15:00"),
            ("le vendredi 19.", "2023-05-19"),
            ("vendredi 13.", "2023-10-13"),
            ("jeudi en huit.", "2023-05-18"),
            ("lundi en quinze à 9h.", "2023-05-29 09:00"),
            ("demain en huit.", "2023-05-17"),
            ("vendredi, la semaine prochaine.", "2023-05-19"),
            ("la semaine prochaine, vendredi à 9h.", "2023-05-19 09:00"),
            ("le deuxième mardi de juin.", "2023-06-13"),
            ("le premier lundi du mois prochain à 8h.", "2023-06-05 08:00"),
            ("le dernier vendredi du mois.", "2023-05-26"),
            ("le 15 rue Monge.", ""),
        ],
    );
}

#[test]
fn chinese_days_are_one_time_in_any_order() {
    check_to_come(
        "我预约了",
        &[
            ("15号上午10点。", "2023-05-15 10:00"),
            ("15号下午三点看牙医。", "2023-05-15 15:00"),
            ("15号看牙医。", "2023-05-15"),
            ("5号10点。", "2023-06-05 10:00"),
            ("周五12号下午3点。", "2023-05-12 15:00"),
            ("下周五19号。", "2023-05-19"),
            ("19号（周五）。", "2023-05-19"),
            ("5月19号周五上午9点。", "2023-05-19 09:00"),
            ("六月的第二个星期二。", "2023-06-13"),
            ("下个月第一个周一上午9点。", "2023-06-05 09:00"),
            ("这个月最后一个周五。", "2023-05-26"),
            ("15号楼。", ""),
        ],
    );
}

#[test]
fn years_beside_what_returns_are_its_years() {
    check(&[
        ("What did I buy last year before my birthday?", "< 2022-03-14"),
        ("Last year, before my birthday, what did I buy?", "< 2022-03-14"),
        ("What did I do last year on my birthday?", "2022-03-14"),
        ("What did I do in 2020 after my birthday?", "> 2020-03-14"),
        ("What did Anna get on Anna's birthday last year?", "2022-08-02"),
        ("last year, two days before my birthday", "2022-03-12"),
        ("last year at Christmas", "2022-12-25"),
        ("at Christmas in 2019", "2019-12-25"),
        ("in 2019, before Easter", "< 2019-04-21"),
        ("last year in May", "2022-05-01..2022-05-31"),
        ("in March last year", "2022-03-01..2022-03-31"),
        ("I have an interview on June 3 next year.", "2024-06-03"),
        ("since last year, on my birthday", ">= 2022-01-01..2022-12-31, 2023-03-14"),
        ("Last year was hard. Before my birthday it rained.", "2022-01-01..2022-12-31, < 2023-03-14"),
        ("Qu'ai-je acheté l'année dernière avant mon anniversaire ?", "< 2022-03-14"),
        ("L'an dernier, avant mon anniversaire, qu'ai-je acheté ?", "< 2022-03-14"),
        ("l'an dernier à Noël", "2022-12-25"),
        ("l'année dernière, la semaine après mon anniversaire", "2022-03-15..2022-03-21"),
        ("en 2020, avant mon anniversaire", "< 2020-03-14"),
        ("en mars l'an dernier", "2022-03-01..2022-03-31"),
        ("去年我生日之前买了什么？", "< 2022-03-14"),
        ("去年我的生日之前买了什么？", "< 2022-03-14"),
        ("去年我过生日之后发生了什么？", "> 2022-03-14"),
        ("2020年我生日那天", "2020-03-14"),
        ("去年在圣诞节之前", "< 2022-12-25"),
    ]);
}
