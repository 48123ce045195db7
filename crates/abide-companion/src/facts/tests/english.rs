//! What English sentences of many kinds say, and what ones that look alike don't.

use super::*;

fn nothing(sentences: &[&str]) {
    check(&sentences.iter().map(|sentence| (*sentence, "")).collect::<Vec<_>>());
}

#[test]
fn partners_part_and_other_things_split() {
    nothing(&[
        "We broke up the fight between the neighbours.",
        "We split up the chores so it's fair.",
        "We split up into two teams for the game.",
        "We broke up a fight at the bar.",
        "We split the bill.",
        "We split up to look for the dog.",
        "We broke up two fights that night.",
        "We separated the kids.",
        "My husband left me a note.",
        "My wife left me alone with the kids.",
        "My girlfriend broke up the party.",
        "We split up after dinner and met at the car.",
    ]);
    check(&[
        ("We broke up.", "~partnership="),
        ("We split up two months ago", "~partnership="),
        ("We've broken up for good.", "~partnership="),
        ("We broke up in March because he cheated.", "~partnership="),
        ("We broke up after five years together.", "~partnership="),
        ("My husband and I separated last year.", "~partnership="),
        ("My wife and I are divorced now.", "~partnership="),
        ("My husband left me.", "~partnership="),
        ("My wife left me for another man.", "~partnership="),
        ("I broke up with my boyfriend yesterday.", "~partnership="),
        ("My girlfriend dumped me last night", "~partnership="),
        ("I broke up with Tom last week.", "~partnership=Tom"),
        ("I got divorced last year.", "~partnership="),
        ("I'm single again.", "relationship status=single"),
        ("I'm divorced now.", "relationship status=divorced"),
        ("I'm no longer married.", "~relationship status=married"),
    ]);
}

#[test]
fn the_dead_are_not_those_who_laughed() {
    nothing(&[
        "My sister died laughing when she saw it.",
        "My son died in Fortnite again and cried.",
        "My brother died inside when he saw the bill.",
        "My dad died of embarrassment.",
        "My mom died when she heard the joke.",
        "My wife died on level three.",
        "My sister died lol",
        "My son died his hair blue.",
        "My brother died from laughing so hard.",
        "My boss died a little when I told him.",
        "My cousin passed away the time with games.",
    ]);
    check(&[
        ("My grandfather died in 1998.", "grandfather.died=died"),
        ("My mother died of breast cancer last spring.", "mother.died=died"),
        ("My dad died when I was ten.", "father.died=died"),
        ("My grandma passed away peacefully in her sleep.", "grandmother.died=passed away"),
        ("My dog Bello died two weeks ago.", "dog=Bello; Bello.died=died"),
        ("My father died at the age of 80.", "father.died=died"),
        ("My mother died in hospital on Monday.", "mother.died=died"),
        ("My uncle Bob died after a long illness.", "uncle=Bob; Bob.died=died"),
        ("My dad died in a car accident.", "father.died=died"),
        ("My brother died by suicide.", "Max.died=died"),
        ("My grandfather died in Egypt in 1943.", "grandfather.died=died"),
        ("My mom has passed away.", "mother.died=passed away"),
    ]);
}

#[test]
fn what_others_say_is_theirs() {
    nothing(&[
        "My brother wrote: I live in Spain now.",
        "My brother wrote: I live in Spain now. I love jazz.",
        "My brother wrote:\nI live in Spain now.\nI love jazz.",
        "Tom said, I'm a vegan now.",
        "tom said, i'm a vegan now",
        "my brother replied: I'm vegan",
        "my wife texted me, I'm allergic to strawberries apparently",
        "My boss was like, I hate meetings.",
        "my sister keeps saying, I hate winter",
        "My horoscope says: I'm pregnant.",
        "Facebook thinks I'm in my 20s, I live in Ohio and love guns.",
        "The man at the bar told everyone, I'm a doctor.",
        "According to the quiz, I'm an introvert and live in Paris.",
        "My sister told me, never talk about politics at dinner.",
        "The first rule is: don't talk about Fight Club.",
        "My teacher asked me to write, I love maths.",
        "I live in Spain now, my brother wrote.",
        "I hate winter, she always says.",
        "One of my friends texted: I'm a nurse now.",
        "I heard that Tom said I'm a nurse and I live in Leeds.",
        "Tom said, I'm lazy but I love York.",
        "She's like, I live in Rome.",
        "My wife: I'm pregnant.",
        "Tom: I live in York.",
        "Someone wrote on the wall: never talk about love.",
        "The doctors think I'm depressed, I have anxiety and live in fear.",
    ]);
    check(&[
        ("That said, I live in York.", "home=York"),
        ("As I said, I'm a nurse.", "job=nurse"),
        ("I told my boss: I live in York.", "home=York"),
        ("I said it before, I hate winter.", "dislikes=winter"),
        ("My sister writes novels and I live in York.", "home=York"),
        ("My sister went to Rome, I live in York.", "home=York"),
        ("My brother wrote: hi there.\n\nI live in York.", "home=York"),
        ("My mum thinks I'm lazy but I live in York.", "home=York"),
        ("Everyone says I look young, but I'm 45.", "age=45"),
        ("Update: I live in York now.", "home=York"),
        ("Fun fact: I hate winter.", "dislikes=winter"),
        ("Truth be told, I hate winter.", "dislikes=winter"),
        ("I work at Lidl, my brother lives in Rome.", "employer=Lidl; Max.home=Rome"),
        ("We asked around and I live in York now.", "home=York"),
    ]);
}

#[test]
fn a_relative_clause_has_a_subject_of_its_own() {
    nothing(&[
        "I have cousins who work in finance and live in London.",
        "I have friends who smoke like chimneys and love karaoke.",
        "I know a guy that travels a lot and hates cats.",
        "I met people who live abroad and work at Google.",
        "My sister has a friend who smokes and loves karaoke.",
        "I have a neighbour whose kids scream and hate me and live in Rome.",
    ]);
    check(&[
        ("I have two boys who never sit still and hate vegetables.", "has=two boys"),
        ("My brother, who lives in Rome, works at Acme.", "Max.home=Rome; Max.employer=Acme"),
        ("My colleague Tom, who lives in Bath, is funny.", "colleague=Tom; Tom.home=Bath"),
        ("I have a son, Leo, who is 7 and loves trains.", "son=Leo; Leo.age=7; Leo.likes=trains"),
        ("I live in Lyon and love jazz.", "home=Lyon; likes=jazz"),
        ("I love people who smile and I live in York.", "home=York"),
    ]);
}

#[test]
fn one_moves_to_places() {
    nothing(&[
        "We moved to Teams last month.",
        "I moved to Linux last year.",
        "We moved to Spotify.",
        "I moved to Accounts in May.",
        "My sister moved to Android.",
        "We moved to GitHub.",
        "I'm from HR.",
        "We moved to Plan B.",
        "The meeting moved to Tuesday.",
        "I moved to macOS.",
        "i live in fear",
        "i moved to the couch",
        "i live in my car",
        "i moved to avoid the noise",
        "i'm from the internet",
    ]);
    check(&[
        ("I moved to Spain in 2010 but came back in 2015.", "lived in=Spain"),
        ("I moved to Rome for work, then moved back.", "lived in=Rome"),
        ("My brother moved to Spain but came back.", "Max.lived in=Spain"),
        ("I moved to Berlin, then to Paris.", "lived in=Berlin"),
        ("I moved to Ghent.", "home=Ghent"),
        ("I moved to Paris and Tom came along.", "home=Paris"),
        ("i live in the u.s.", "home=the u.s"),
        ("I live in Washington, D.C., now.", "home=Washington, D.C"),
        ("i live in york tho", "home=york"),
        ("We moved to New Haven, Connecticut, last spring.", "home=New Haven, Connecticut"),
        ("I moved back to Leeds last week.", "home=Leeds"),
        ("I've moved from Bath to Exeter.", "home=Exeter"),
        ("I relocated to Austin for my job.", "home=Austin"),
        ("My brother moved from Rome to Oslo.", "Max.home=Oslo"),
        ("We moved to the Netherlands in 2019.", "home=the Netherlands"),
        ("We live in Hull.", "home=Hull"),
        ("i moved to ghent last year", "home=ghent"),
    ]);
}

#[test]
fn names_are_names() {
    nothing(&[
        "The doctor will look at it and call me Monday.",
        "The kids laughed and call me Grandma.",
        "Please call me Tuesday.",
        "my name is unusual, people always misspell it",
        "My name is Polish but I grew up here.",
        "my name is long",
        "my name is often mispronounced",
        "My name is the same as yours.",
        "my mum, God bless her, still drives",
        "My dad, Sunday he came over for lunch.",
        "My mum, Thank God, is fine.",
        "My brother, Friday night, was drunk.",
        "My dog is called after every walk.",
    ]);
    check(&[
        ("Call me Al.", "name=Al"),
        ("u can call me sam", "name=sam"),
        ("My name is Thomas but call me Tom.", "name=Thomas; name=Tom"),
        ("Everyone calls me Kit.", "name=Kit"),
        ("My name is June.", "name=June"),
        ("my name is tom and i live in york", "name=tom; home=york"),
        ("My brother, Leo, lives in Rome.", "brother=Leo; Leo.home=Rome"),
        ("My sister, Anna, is a nurse.", "sister=Anna; Anna.job=nurse"),
        ("My sister June works at Acme.", "sister=June; June.employer=Acme"),
        ("My dad Bob is 70.", "father=Bob; Bob.age=70"),
        ("My mum, God bless her, lives in Hull.", ""),
    ]);
}

#[test]
fn what_is_played_or_dreamt_is_unreal() {
    nothing(&[
        "In the play, I'm a police officer.",
        "In an ideal world, I live in Tuscany.",
        "In another life, I'm a chef.",
        "In our school musical, I'm a nurse.",
        "In Skyrim I'm a farmer.",
        "On stage I'm a doctor.",
        "I'm a police officer in the school play.",
        "For Halloween, I'm a nurse.",
        "I live in Tuscany in my head.",
        "I'm 12, basically.",
        "I'm fifteen, minutes away.",
        "I'm 16 at heart.",
        "I'm 20 pounds lighter.",
        "I'm thirty, mentally.",
    ]);
    check(&[
        ("I'm 34, and a nurse.", "age=34; job=nurse"),
        ("I'm 34 now.", "age=34"),
        ("I'm a 34-year-old nurse from Leeds.", "age=34"),
        ("I like jazz more than anything in the world.", "likes=jazz"),
        ("I work at Netflix and watch shows.", "employer=Netflix"),
        ("I live in Leeds and act in a play.", "home=Leeds"),
    ]);
}

#[test]
fn idioms_name_nothing() {
    nothing(&[
        "I work at night these days.",
        "I work at weekends.",
        "I work for a living.",
        "I work for free on weekends.",
        "I work for eight hours a day.",
        "My mom works for a living.",
        "My dad works at night.",
        "I study hard.",
        "I study every evening.",
        "I study for my exam.",
        "I drive my kids to school.",
        "I drive home at 6.",
        "I drive a hard bargain.",
        "I own up to my mistakes.",
        "I play the long game.",
        "I play the fool.",
        "We got married on the beach.",
        "We got married in a small church.",
        "I'm thinking of my late father a lot today.",
        "I'm thinking about you.",
        "I work for peanuts.",
    ]);
    check(&[
        ("I work at a bank.", "employer=a bank"),
        ("I work for the government.", "employer=the government"),
        ("I work at Tesco on weekends.", "employer=Tesco"),
        ("i work at lidl", "employer=lidl"),
        ("My mom works at Boots.", "mother.employer=Boots"),
        ("I study law.", "studies=law"),
        ("I study at Leeds University.", "school=Leeds University"),
        ("I drive a Toyota.", "has=a Toyota"),
        ("I own two bikes.", "has=two bikes"),
        ("I play the piano.", "plays=piano"),
        ("I play guitar in a band.", "plays=guitar"),
        ("We got married in June 2019.", "married since=June 2019"),
        ("I'm thinking of buying a boat.", "plan=buying a boat"),
        ("I'm planning to learn Welsh.", "plan=learn Welsh"),
    ]);
}

#[test]
fn what_is_put_right_is_right() {
    check(&[
        ("I live in Lisbon. Actually no, Porto.", "home=Porto"),
        ("I live in Bath, no wait, Bristol.", "home=Bristol"),
        ("i live in bath, no wait, bristol", "home=bristol"),
        ("I'm 34. No wait, 35.", "age=35"),
        ("I was wrong about living in Bath, it's Bristol.", "home=Bristol"),
        ("I work at Lidl. Sorry, I meant Aldi.", "employer=Aldi"),
        ("I work at Lidl. I mean Aldi.", "employer=Aldi"),
        ("My sister's name isn't Clara, it's Klara.", "sister=Klara; ~sister=Clara"),
        ("My name isn't Jon, it's John.", "name=John"),
        ("sorry I meant my name is Tim", "name=Tim"),
        ("I'm allergic to walnuts. Scratch that, peanuts.", "allergy=peanuts"),
        ("I'm no longer a nurse.", "~job=nurse"),
        ("I'm not a nurse anymore.", "~job=nurse"),
        ("I'm not vegan anymore.", "~diet=vegan"),
        ("My cat is called Tom. Sorry, I meant Tim.", "cat=Tim"),
        // Nothing is put right.
        ("I live in Bath, I mean, it's nice here.", "home=Bath"),
        ("I live in Bath. Sorry, Tom is calling.", "home=Bath"),
        ("I love tea. Oops, I spilled it.", "likes=tea"),
        ("I love jazz, I mean really love it.", "likes=jazz"),
        ("I love jazz. No wait, listen.", "likes=jazz"),
        ("I love jazz. Oops, wrong chat.", "likes=jazz"),
        ("I live in Bath. No, really.", "home=Bath"),
    ]);
}

#[test]
fn as_people_type() {
    check(&[
        ("i live in york", "home=york"),
        ("im from new york", "origin=new york"),
        ("i have a dog named rex", "dog=rex"),
        ("my cat is called luna", "cat=luna"),
        ("my sisters name is clara", "sister=clara"),
        ("im allergic to shellfish", "allergy=shellfish"),
        ("im allergic to shellfish lol", "allergy=shellfish"),
        ("i dont like mushrooms", "dislikes=mushrooms"),
        ("rex died yesterday", "Rex.died=died"),
        ("i cant stand mushrooms haha", "dislikes=mushrooms"),
        ("ive got a cat called tom", "cat=tom"),
        ("i'm 34 lol", "age=34"),
        ("im 34 lol and i live in york", "age=34; home=york"),
        ("I´m a nurse", "job=nurse"),
        ("hi, I'm Sam, nice to meet you", "name=Sam"),
        ("Hi! I'm Sam.", "name=Sam"),
        ("hi im sam, nice to meet you", "name=sam"),
        ("I have three kids: Ann, Bob and Cid", "has=three kids: Ann, Bob and Cid"),
        ("I got a new puppy! Her name is Daisy.", "dog=Daisy"),
        ("I have a son. He's called Leo and he is 7.", "has=a son; son=Leo; Leo.age=7"),
        ("My mother lives in Porto. Her name is Ana.", "mother.home=Porto; mother=Ana"),
        ("im french", "nationality=french"),
        ("its my bday tomorrow", "birthday=--05-10"),
        ("it's my birthday today!", "birthday=--05-09"),
        ("It's my birthday!", "birthday=--05-09"),
        ("I turn 30 tomorrow", "birthday=--05-10"),
        ("My birthday is two days before Christmas.", "birthday=--12-23"),
        ("My birthday is the day after Halloween", "birthday=--11-01"),
        ("my bday is may 5th", "birthday=--05-05"),
        ("i wanna learn spanish", "goal=learn spanish"),
        ("i dont wanna talk about my weight", "topic=my weight"),
    ]);
    nothing(&[
        "hi im tired",
        "Hey, I'm Back",
        "i live in sweatpants",
        "i live in constant fear",
        "im 5 minutes late lol",
        "I'm Sam's brother",
        "im here",
        "i have ocd lol",
        "It's my birthday soon.",
        "My birthday is shortly before Christmas.",
    ]);
}

#[test]
fn what_is_put_right_is_written_and_quoted_right() {
    let first = |message: &str| read(message).facts.remove(0);
    let home = first("I live in Lisbon. Actually no, Porto.");
    assert_eq!((home.text.as_str(), home.quote.as_str()), ("Sam lives in Porto.", "Actually no, Porto."));
    assert_eq!(first("I got a new puppy! Her name is Daisy.").text, "Sam's puppy is called Daisy.");
    // The quote keeps the user's spelling.
    let allergy = first("im allergic to shellfish lol");
    assert_eq!(allergy.quote, "im allergic to shellfish lol");
    assert_eq!(allergy.text, "Sam is allergic to shellfish.");
}
