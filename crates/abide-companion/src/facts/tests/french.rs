//! What French sentences say, and what they only seem to: each table has the fault beside what must be read all the same.

use super::*;

#[test]
fn words_with_accents_are_words() {
    let text = |message: &str| read(message).facts[0].text.clone();
    assert_eq!(text("J'adore le cinéma."), "Sam aime le cinéma.");
    assert_eq!(text("J'adore les poèmes."), "Sam aime les poèmes.");
    assert_eq!(text("J'adore les énormes problèmes."), "Sam aime les énormes problèmes.");
    assert_eq!(text("J'adore ma sœur."), "Sam aime sa sœur.");
    nothing(&[
        "J'ai rêvé cette nuit : j'habite à Tokyo",
        "j'ai reve que j'habite a Tokyo",
        "Dans la pièce, je suis médecin",
        "Dans un monde idéal, j'habite à Tokyo",
        "Dans une autre vie, je suis pompier",
        "j'ai 10 ans, dans ma tête",
    ]);
}

#[test]
fn people_are_called_by_the_word_that_the_user_has_for_them() {
    let text = |message: &str, place: usize| read(message).facts[place].text.clone();
    let partner = text("Mon compagnon s'appelle Luc. Il habite à Nice.", 1);
    assert_eq!(partner, "Luc (compagnon de Sam) habite à Nice.");
    let mother = text("Ma maman s'appelle Inès. Elle habite à Nice.", 1);
    assert_eq!(mother, "Inès (maman de Sam) habite à Nice.");
    assert_eq!(text("ma mere habite à Nice.", 0), "La mere de Sam habite à Nice.");
}

#[test]
fn a_time_is_not_told_twice() {
    let text = |message: &str| read(message).facts[0].text.clone();
    assert_eq!(
        text("Je prévois d'aller à Nantes en juin."),
        "Projet de Sam : aller à Nantes en juin (dit le 9 mai 2023)."
    );
}

#[test]
fn who_parts_parts_from_somebody() {
    nothing(&[
        "J'ai rompu le jeûne avec ma famille",
        "J'ai rompu avec mes habitudes",
        "J'ai cassé mon téléphone",
        "On s'est séparés en deux équipes pour le jeu",
        "On s'est séparés à la gare",
    ]);
    check(&[
        ("On s'est séparés il y a deux mois", "~partnership="),
        ("Mon mari et moi, on s'est séparés l'an dernier", "~partnership="),
        ("Mon mari et moi nous sommes séparés en mars", "~partnership="),
        ("J'ai rompu avec Tom hier", "~partnership="),
        ("j'ai divorce de ma femme", "~partnership="),
        ("Ma copine m'a quitté", "~partnership="),
        ("je suis plus avec mon copain", "~partnership="),
        ("Je suis divorcée maintenant", "relationship status=divorcée"),
    ]);
}

#[test]
fn who_dies_of_laughter_lives() {
    nothing(&[
        "Ma mère est morte de rire",
        "Ma mère est mort de faim",
        "Mon fils est mort dans Fortnite",
        "Mon oncle est mort de fatigue",
        "Mon papa est mort d'inquiétude",
    ]);
    check(&[
        ("Mon père est mort hier", "father.died=mort"),
        ("ma mere est morte il y a 2 ans", "mother.died=morte"),
        ("Mon père est mort d'un cancer", "father.died=mort"),
        ("Mon père est mort quand j'avais dix ans", "father.died=mort"),
        ("Ma grand-mère est morte à l'hôpital en 2020.", "grandmother.died=morte"),
        ("Mon grand-père est décédé d'une crise cardiaque", "grandfather.died=décédé"),
    ]);
}

#[test]
fn the_words_of_others_are_theirs() {
    nothing(&[
        "Ma femme m'a écrit : je suis enceinte",
        "Mon père disait toujours : je suis athée",
        "Tom a répondu, je suis végan",
        "Ma soeur répète tout le temps, je déteste l'hiver",
        "Mon chef m'a envoyé un message : je suis au chômage",
        "Mon horoscope dit : je suis enceinte",
        "Facebook pense que j'ai 20 ans, j'habite à Lyon",
        "J'habite en Espagne maintenant, a écrit mon frère.",
        "J'ai un cousin qui travaille de nuit et habite à Lille",
        "J'ai un voisin qui ronfle et déteste les chats",
        "Je connais des gens qui fument et adorent le karaoké",
        "Julie habite à Lyon et adore le jazz",
    ]);
    check(&[
        ("Comme je disais, j'habite à Lyon", "home=Lyon"),
        ("Cela dit, j'habite à Lyon", "home=Lyon"),
        ("Je te l'ai déjà dit, je déteste l'hiver", "dislikes=l'hiver"),
        ("Je l'ai dit à ma mère, je suis enceinte", "condition=enceinte"),
        ("Mon frère fait du foot, j'adore le jazz", "likes=le jazz"),
        ("Mon frère, qui habite à Rome, travaille chez Airbus", "Max.home=Rome; Max.employer=Airbus"),
        ("J'habite à Lyon et travaille chez Airbus", "home=Lyon; employer=Airbus"),
    ]);
}

#[test]
fn places_and_names_are_some() {
    nothing(&[
        "On a déménagé en Espagne en 2010 mais on est revenus en 2015",
        "J'habite à la campagne",
        "J'habite à côté de la gare",
        "j'habite à deux pas",
        "j'habite en ville",
        "je me suis installé devant la télé",
        "Mon frère, Dieu merci, va mieux",
        "Mon père, Dimanche, est venu",
        "Appelle-moi Lundi",
        "On m'appelle Maman",
        "Mon nom est compliqué",
        "Je m'appelle comme ma grand-mère",
        "Je suis Marie",
        "Bonjour, je suis désolée",
    ]);
    check(&[
        ("J'ai déménagé à Gand", "home=Gand"),
        ("J'ai déménagé de Paris à Nantes", "home=Nantes"),
        ("On habite à Nantes", "home=Nantes"),
        ("Mon frère, Luc, habite à Lyon", "brother=Luc; Luc.home=Lyon"),
        ("Bonjour, je suis Léa, enchantée", "name=Léa"),
        ("Salut moi c'est Tom", "name=Tom"),
        ("Appelle-moi Max", "name=Max"),
        ("J'habite à Lyon, et toi ?", "home=Lyon"),
    ]);
}

#[test]
fn idioms_say_nothing() {
    nothing(&[
        "Je travaille de nuit",
        "J'étudie beaucoup",
        "J'étudie le soir",
        "je conduis mes enfants à l'école",
        "je joue un rôle",
        "J'ai acheté du pain",
        "Je déteste pas le jazz",
        "Je suis folle d'inquiétude",
        "Je pense avoir perdu mes clés",
        "Je suis allergique aux lundis",
        "J'aime bien ton idée",
        "Je déteste te voir comme ça",
        "J'adore parler avec toi",
    ]);
    check(&[
        ("J'étudie le droit", "studies=le droit"),
        ("je suis en fac de médecine", "studies=médecine"),
        ("Je joue du piano", "plays=piano"),
        ("J'ai acheté une voiture rouge", "has=une voiture rouge"),
        ("J'aime pas mal le cinéma coréen", "likes=le cinéma coréen"),
        ("J'aime plus le thé que le café", "prefers=le thé"),
        ("J'aime plus le jazz", "dislikes=le jazz"),
        ("Je suis folle de jazz", "likes=jazz"),
        ("Je pense déménager à Nantes", "plan=déménager à Nantes"),
    ]);
}

#[test]
fn what_was_wrong_is_put_right() {
    check(&[
        ("J'habite à Lisbonne. Enfin non, Porto.", "home=Porto"),
        ("J'habite à Bath, non attends, Bristol.", "home=Bristol"),
        ("Je travaille chez Lidl. Pardon, je voulais dire Aldi.", "employer=Aldi"),
        ("En fait je suis pas allergique aux noix", "~allergy=noix"),
        ("je suis plus végétarienne", "~diet=végétarienne"),
        ("je ne suis plus infirmière", "~job=infirmière"),
        ("J'aime le thé, plutôt vert", "likes=le thé"),
    ]);
}

#[test]
fn people_write_as_they_like() {
    check(&[
        ("j'habite a lyon", "home=lyon"),
        ("jhabite a lyon", "home=lyon"),
        ("j'me suis installée à Rennes", "home=Rennes"),
        ("je m'appelle léa j'ai 25 ans et jhabite a lyon", "name=léa; age=25; home=lyon"),
        ("je mappelle lea", "name=lea"),
        ("jai un chien nommé rex", "dog=rex"),
        ("ma soeur s'appelle clara", "sister=clara"),
        ("chui infirmiere", "job=infirmiere"),
        ("chui allergique aux noix", "allergy=noix"),
        ("jadore le cinéma", "likes=le cinéma"),
        ("j’aime pas le froid lol", "dislikes=le froid"),
        ("j'ai 30 ans mdr", "age=30"),
        ("C'est mon anniversaire aujourd'hui !", "birthday=--05-09"),
        ("Aujourd'hui c'est mon anniversaire", "birthday=--05-09"),
        ("c mon anniv demain", "birthday=--05-10"),
        ("J'ai un nouveau chiot ! Il s'appelle Filou.", "dog=Filou"),
    ]);
    nothing(&[
        "Elle croit que j'habite à Paris",
        "je ne sais pas si je suis allergique aux noix",
        "les gens disent que je suis végétarien",
    ]);
}

#[test]
fn a_megabyte_with_accents_is_read_in_bounded_time() {
    read(
        &"Ma mère m'a répondu hier : j'ai été opérée à l'hôpital, et le médecin était très gentil. "
            .repeat(12_000),
    );
    read(&"é".repeat(500_000));
}
