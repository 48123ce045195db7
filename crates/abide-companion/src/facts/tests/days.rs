//! On which days appointments are, however their days are told. It is Tuesday, May 9, 2023.

use super::*;

/// Checks that each message tells of an exam on a day, with its hour.
fn on(name: &str, table: &[(&str, &str)]) {
    let expected: Vec<(&str, String)> =
        table.iter().map(|(message, day)| (*message, day_of(name, day))).collect();
    check(&expected.iter().map(|(message, day)| (*message, day.as_str())).collect::<Vec<_>>());
}

/// "2023-05-15 exam at 9am", of "2023-05-15 at 9am".
fn day_of(name: &str, day: &str) -> String {
    let (date, hour) =
        day.split_once(' ').map_or((day, String::new()), |(date, hour)| (date, format!(" {hour}")));
    if day.is_empty() { String::new() } else { format!("appointment={date} {name}{hour}") }
}

#[test]
fn english_appointments_are_on_the_day_that_was_told() {
    on(
        "exam",
        &[
            ("My exam is at 9am on Monday.", "2023-05-15 at 9am"),
            ("My exam is at 9 on Monday.", "2023-05-15 at 9"),
            ("I have an exam at 9am Monday.", "2023-05-15 at 9am"),
            ("I have an exam Monday 9am.", "2023-05-15 at 9am"),
            ("My exam is on Monday at 9 in the evening.", "2023-05-15 at 9 in the evening"),
            ("My exam is at 7am on 12 June.", "2023-06-12 at 7am"),
            ("My exam is on the 20th at 2pm.", "2023-05-20 at 2pm"),
            ("My exam is on the 5th at 7am.", "2023-06-05 at 7am"),
            ("My exam is the 20th at 2pm.", "2023-05-20 at 2pm"),
            ("I have an exam on the 20th.", "2023-05-20"),
            ("I have an exam on 5/15 at 10am.", "2023-05-15 at 10am"),
            ("I have an exam on Friday the 19th at 3pm.", "2023-05-19 at 3pm"),
            ("I have an exam a week from Friday at 10.", "2023-05-19 at 10"),
            ("My exam is a week from Friday.", "2023-05-19"),
            ("My exam is on the 2nd Tuesday of June.", "2023-06-13"),
            ("My exam is on the last Friday of the month at noon.", "2023-05-26 at noon"),
            ("My exam is next week on Friday.", "2023-05-19"),
            ("My exam is at 5pm today.", "2023-05-09 at 5pm"),
            ("My exam is at 5pm.", "2023-05-09 at 5pm"),
            // On which day?
            ("My exam is at 9am every Monday.", ""),
            ("My exam is at 9am on the umpteenth.", ""),
        ],
    );
    check(&[(
        "My sister's wedding is on the 12th at 3pm.",
        "appointment=2023-05-12 My sister's wedding at 3pm",
    )]);
}

#[test]
fn french_appointments_are_on_the_day_that_was_told() {
    on(
        "examen",
        &[
            ("Mon examen est le 20 à 14h.", "2023-05-20 à 14h"),
            ("Mon examen est à 9h lundi.", "2023-05-15 à 9h"),
            ("Mon examen est à 9h, lundi.", "2023-05-15 à 9h"),
            ("Mon examen est lundi 9h.", "2023-05-15 à 9h"),
            ("J'ai un examen à 9h lundi.", "2023-05-15 à 9h"),
            ("J'ai un examen le 15/05 à 7h.", "2023-05-15 à 7h"),
            ("J'ai un examen vendredi 19 à 15h.", "2023-05-19 à 15h"),
            ("J'ai un examen jeudi en huit.", "2023-05-18"),
            ("J'ai un examen le 5 du mois prochain.", "2023-06-05"),
            ("Mon examen est le deuxième mardi de juin.", "2023-06-13"),
            ("Mon examen est le dernier vendredi du mois à midi.", "2023-05-26 à midi"),
        ],
    );
    check(&[
        (
            "J'ai rendez-vous chez le dentiste le 15 à 10h.",
            "appointment=2023-05-15 rendez-vous chez le dentiste à 10h",
        ),
        ("Le mariage de ma sœur est le 12 à 15h.", "appointment=2023-05-12 mariage de ma sœur à 15h"),
    ]);
}

#[test]
fn chinese_appointments_are_on_the_day_that_was_told() {
    on(
        "面试",
        &[
            ("我15号上午10点有面试。", "2023-05-15 上午10点"),
            ("我15号有面试。", "2023-05-15"),
            ("我周五19号有面试。", "2023-05-19"),
            ("我六月的第二个星期二有面试。", "2023-06-13"),
            ("我下个月第一个周一有面试。", "2023-06-05"),
            ("面试在15号下午三点。", "2023-05-15 下午三点"),
        ],
    );
}

#[test]
fn days_are_put_right() {
    for (before, right, messages) in [
        (
            "My exam is on 3 June at 9am.",
            "appointment=2023-06-05 exam at 9am",
            &[
                "Sorry, I meant 5 June.",
                "Oops, 5 June.",
                "No wait, it's 5 June.",
                "Sorry, on the 5th of June.",
            ][..],
        ),
        ("My birthday is on 3 May.", "birthday=--05-05", &["Sorry, I meant 5 May.", "Oops, the 5th of May."]),
        (
            "Mon examen est le 3 juin.",
            "appointment=2023-06-05 examen",
            &["Pardon, je voulais dire le 5 juin.", "Non, c'est le 5 juin."],
        ),
        ("Mon anniversaire est le 3 mai.", "birthday=--05-05", &["Pardon, je voulais dire le 5 mai."]),
        ("我6月3日有考试。", "appointment=2023-06-05 考试", &["说错了，是6月5日。", "不对，是6月5日。"]),
        ("我的生日是5月3日。", "birthday=--05-05", &["不好意思，说错了，是5月5日。", "不对，是5月5日。"]),
    ] {
        let table: Vec<([&str; 2], &str)> =
            messages.iter().map(|message| ([before, *message], right)).collect();
        changes::check_after(&table.iter().map(|(said, right)| (&said[..], *right)).collect::<Vec<_>>());
    }
}

#[test]
fn a_known_birthday_is_no_second_day_of_a_correction() {
    let at = date(2023, 5, 9).at(14, 5, 0, 0).to_zoned(TimeZone::UTC).unwrap();
    let birthday = kept(0, &fact("birthday", "--05-03", true, 0), true);
    let (anchors, people) = (anchors(&[birthday], at.date()), people());
    let told = Told { at: &at, user_name: Some("Sam"), anchors: &anchors, people: &people };
    let put_right = correction("Sorry, I meant 5 May.", "My birthday is on 3 May.", told).unwrap();
    assert_eq!(put_right.changes[0].1.as_ref().map(|right| right.value.as_str()), Some("--05-05"));
}
