//! Tests of personas: reading, limits, comparing, and the companions to start from.

use super::*;
use crate::{
    card::CardVersion,
    lorebook::Entry,
    macros::{MacroContext, expand},
};

fn simple() -> Persona {
    Persona { name: "Bo".to_owned(), greetings: vec!["Hi".to_owned()], ..Persona::default() }
}

#[test]
fn every_starter_is_whole_and_different() {
    for language in STARTER_LANGUAGES {
        let starters = Persona::starters(language);
        assert_eq!(starters.len(), 6);
        let names: std::collections::BTreeSet<_> = starters.iter().map(|persona| &persona.name).collect();
        assert_eq!(names.len(), 6);
        let relationships: std::collections::BTreeSet<_> =
            starters.iter().map(|persona| persona.relationship.as_str().to_owned()).collect();
        assert_eq!(relationships.len(), 6);
        for persona in &starters {
            assert_eq!(persona.language, language);
            assert!(persona.intimacy < Intimacy::Explicit);
            assert!(persona.greetings.len() >= 2 && persona.examples.len() >= 2, "{}", persona.name);
            // Each says what it is, in its description.
            assert!(
                persona.description.contains("AI") || persona.description.contains("IA"),
                "{}",
                persona.name
            );
            for example in &persona.examples {
                let turns = persona.example_turns(example, "Sam");
                assert!(turns.len() >= 2 && turns[0].by_user && !turns[1].by_user, "{example}");
            }
            let toml = persona.to_toml().unwrap();
            assert_eq!(&Persona::from_toml(&toml).unwrap(), persona);
            let context = MacroContext { char: persona.spoken_name(), user: "Sam", ..Default::default() };
            assert!(!expand(&persona.description, &context).contains("{{"));
        }
    }
    assert_eq!(Persona::starters("fr-CA"), Persona::starters("fr"));
    assert_eq!(Persona::starters("tlh"), Persona::starters("en"));
}

#[test]
fn a_starter_as_a_card() {
    let persona = &Persona::starters("en")[0];
    let card = Card::from_persona(persona);
    insta::assert_snapshot!(card.to_json(CardVersion::V3));
    let back = Persona::from_card(&Card::read(&card.to_png(None).unwrap()).unwrap().card);
    let added: Vec<_> = persona.changes(&back).into_iter().map(|change| change.field).collect();
    // What an import adds: where an entry came from, the picture, and the card itself.
    let expected = ["lorebook.entries[0].origin", "avatar", "original"];
    assert_eq!(added, expected);
}

#[test]
fn slips_of_the_pen_are_errors_that_help() {
    for (toml, reason) in [
        ("nme = \"x\"", "unknown field `nme`"),
        ("description = \"x\"", "name: is missing or empty; give the companion a name"),
        ("name = \"x\"\nintimacy = 7", "from 0 (reserved)"),
        ("name = \"x\"\nlanguage = \"English!\"", "BCP 47"),
        ("name = \"x\"\n[avatar]\nmedia_type = \"image/png\"", "either `path` or `data`"),
        ("name = \"x\"\n[avatar]\nmedia_type = \"text\"\npath = \"a\"", "avatar.media_type"),
        (
            "name = \"x\"\n[[lorebook.entries]]\nkeys = []\nprobability = 200",
            "lorebook.entries[0].probability",
        ),
        ("name = \"x\"\n[[lorebook.entries]]\ninsertion_order = nan", "no finite number"),
    ] {
        let error = Persona::from_toml(toml).unwrap_err().to_string();
        assert!(error.contains(reason), "{toml}: {error}");
    }
    let long = Persona { name: "x".repeat(3000), ..Persona::default() };
    assert!(long.validate().unwrap_err().to_string().starts_with("name: has 3000 bytes, at most 1000"));
    let broken = Persona { name: "Mara".to_owned(), calls_user: "Jo\nMara".to_owned(), ..Persona::default() };
    assert!(broken.validate().unwrap_err().to_string().starts_with("calls_user: has a line end"));
}

#[test]
fn a_picture_named_by_its_path_is_read_and_exported() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let picture = crate::card::plain_avatar("somebody else");
    std::fs::create_dir(at("pictures")).unwrap();
    std::fs::write(at("tamsin.png"), &picture).unwrap();
    std::fs::write(at("pictures/tamsin.jpg"), [&[0xFF, 0xD8, 0xFF][..], &[7; 40]].concat()).unwrap();
    let read = |path: &str| {
        let toml = format!("name = \"Tamsin\"\n[avatar]\npath = \"{path}\"");
        let mut persona = Persona::from_toml(&toml).unwrap();
        persona.read_avatar(folder.path()).map(|()| persona)
    };
    let persona = read("tamsin.png").unwrap();
    assert_eq!(persona.avatar_bytes().as_deref(), Some(&picture[..]));
    let card = Card::from_persona(&persona);
    let back = Persona::from_card(&Card::read(&card.to_png(None).unwrap()).unwrap().card);
    assert_eq!(back.avatar_bytes().as_deref(), Some(&picture[..]));
    let back = Persona::from_card(&Card::read(&card.to_charx().unwrap()).unwrap().card);
    assert_eq!(back.avatar_bytes().as_deref(), Some(&picture[..]));
    let jpeg = read("./pictures/tamsin.jpg").unwrap();
    assert_eq!(jpeg.avatar.as_ref().unwrap().media_type(), "image/jpeg");
    let charx = Card::from_persona(&jpeg).to_charx().unwrap();
    let back = Persona::from_card(&Card::read(&charx).unwrap().card);
    assert_eq!(back.avatar_bytes(), jpeg.avatar_bytes());
    // One that is taken in by a card without a picture goes out with it, too.
    let imported = Persona { avatar: None, ..Persona::from_card(&Card::new(&card.fields().0)) };
    let charx = Card::from_persona(&Persona { avatar: jpeg.avatar.clone(), ..imported }).to_charx().unwrap();
    let back = Persona::from_card(&Card::read(&charx).unwrap().card);
    assert_eq!(back.avatar_bytes(), jpeg.avatar_bytes());
}

#[test]
fn what_is_no_picture_beside_the_persona_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own");
    std::fs::create_dir(&own).unwrap();
    let picture = crate::card::plain_avatar("x");
    std::fs::write(folder.path().join("out.png"), &picture).unwrap();
    std::fs::write(own.join("text.png"), "a secret, and no picture").unwrap();
    std::fs::write(own.join("cut.png"), &picture[..60]).unwrap();
    std::fs::write(own.join("empty.png"), "").unwrap();
    let large = std::fs::File::create(own.join("large.png")).unwrap();
    large.set_len(AVATAR_BYTES_MAX as u64 + 1).unwrap();
    let out = folder.path().join("out.png").display().to_string();
    for (path, reason) in [
        ("gone.png", "can't read"),
        ("../out.png", "leads out of the folder"),
        (out.as_str(), "leads out of the folder"),
        ("text.png", "is no picture that a card can hold"),
        ("empty.png", "is no picture that a card can hold"),
        (".", "is no picture that a card can hold"),
        ("cut.png", "can't hold a card"),
        ("large.png", "has 16777217 bytes, at most 16777216"),
    ] {
        let avatar = Avatar::Path { media_type: "image/png".to_owned(), path: path.to_owned() };
        let mut persona = Persona { avatar: Some(avatar), ..simple() };
        let error = persona.read_avatar(&own).unwrap_err().to_string();
        assert!(error.starts_with("avatar.path") && error.contains(reason), "{path}: {error}");
        assert!(!error.contains("secret"), "{error}");
    }
    for (path, reason) in
        [("picture", "is no picture's name"), ("pictures/", "is no picture's name"), (" ", "is empty")]
    {
        let toml = format!("name = \"x\"\n[avatar]\npath = \"{path}\"");
        let error = Persona::from_toml(&toml).unwrap_err().to_string();
        assert!(error.contains("avatar.path") && error.contains(reason), "{path}: {error}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.path().join("out.png"), own.join("link.png")).unwrap();
        std::os::unix::fs::symlink("cut.png", own.join("near.png")).unwrap();
        let read = |path: &str| {
            let avatar = Avatar::Path { media_type: "image/png".to_owned(), path: path.to_owned() };
            Persona { avatar: Some(avatar), ..simple() }.read_avatar(&own).unwrap_err().to_string()
        };
        assert!(read("link.png").contains("is a link out of the folder"), "{}", read("link.png"));
        assert!(read("near.png").contains("can't hold a card"), "{}", read("near.png"));
    }
}

#[test]
fn relationships_are_words() {
    for (text, expected) in [
        ("Friend", Relationship::Friend),
        ("partner", Relationship::Partner),
        ("my rival at chess", Relationship::Own("my rival at chess".to_owned())),
    ] {
        let persona = Persona::from_toml(&format!("name = \"x\"\nrelationship = \"{text}\"")).unwrap();
        assert_eq!(persona.relationship, expected);
    }
}

#[test]
fn versions_are_compared_field_by_field() {
    let old = simple();
    let mut new = old.clone();
    new.description = "Tall.".to_owned();
    new.greetings.insert(0, "Hello".to_owned());
    new.lorebook = Some(Lorebook {
        entries: vec![Entry { content: "x".to_owned(), ..Entry::default() }],
        ..Default::default()
    });
    new.avatar = Some(Avatar::Data { media_type: "image/png".to_owned(), data: vec![1, 2, 3] });
    let changes = old.changes(&new);
    let fields: Vec<_> = changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(fields, ["greetings[0]", "description", "avatar", "lorebook"]);
    assert_eq!((changes[0].before.as_deref(), changes[0].after.as_deref()), (None, Some("Hello")));
    assert_eq!(new.changes(&new), []);
    let mut newer = new.clone();
    newer.lorebook.as_mut().unwrap().entries[0].content = "y".to_owned();
    assert_eq!(new.changes(&newer)[0].field, "lorebook.entries[0].content");
    assert_eq!(new.changes(&newer)[0].before.as_deref(), Some("x"));
}

#[test]
fn examples_are_taken_apart() {
    let persona = Persona { nickname: "Bobo".to_owned(), ..simple() };
    let turns = persona.example_turns("scene\n{{user}}: a\nmore\nBobo: b\n<USER>: c\nBo：d\nSam: e", "Sam");
    let shown: Vec<_> = turns.iter().map(|turn| (turn.by_user, turn.text.as_str())).collect();
    assert_eq!(shown, [(true, "a\nmore"), (false, "b"), (true, "c"), (false, "d"), (true, "e")]);
}

#[test]
fn the_example_in_the_documentation_is_valid() {
    let page = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/companions.md"));
    let toml = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let persona = Persona::from_toml(toml).unwrap();
    assert_eq!(persona.spoken_name(), "Tam");
    assert_eq!(persona.lorebook.unwrap().entries.len(), 2);
}

#[test]
fn a_picture_that_comes_or_goes_is_told_by_its_size() {
    let without = Persona { name: "Mara".to_owned(), ..Persona::default() };
    let data = vec![7; 3_000];
    let avatar = Some(Avatar::Data { media_type: "image/png".to_owned(), data });
    let with = Persona { avatar, ..without.clone() };
    for (one, other) in [(&without, &with), (&with, &without)] {
        let changes = one.changes(other);
        let fields: Vec<&str> = changes.iter().map(|change| change.field.as_str()).collect();
        assert_eq!(fields, ["avatar"]);
        let shown = changes[0].before.iter().chain(&changes[0].after).next().unwrap();
        assert!(shown.contains("image/png") && shown.contains("4000 bytes") && shown.len() < 100, "{shown}");
    }
}
