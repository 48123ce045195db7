//! Tests of reading and writing cards. All cards are made up here.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{lorebook::Position, persona::Persona};

/// A card of V3 with everything the specification has, and more that it has not.
fn full_v3() -> Value {
    serde_json::from_str(include_str!("full_v3.json")).unwrap()
}

fn read(value: &Value) -> ReadCard {
    Card::from_value(value.clone()).expect("it is a card")
}

/// Through a persona and out again.
fn there_and_back(card: &Card) -> Card {
    Card::from_persona(&Persona::from_card(card))
}

#[test]
fn a_full_card_is_read_without_notices() {
    let read = read(&full_v3());
    assert_eq!(read.notices, []);
    assert_eq!(read.card.version(), CardVersion::V3);
    let fields = read.card.fields().0;
    assert_eq!(fields.nickname, "Isa");
    assert_eq!(fields.alternate_greetings, ["Again?", ""]);
    let book = fields.lorebook.unwrap();
    assert_eq!(book.entries[0].position, Position::AfterChar);
    assert_eq!(book.entries[1].position, Position::AtDepth);
    assert_eq!(book.entries[1].probability, Some(40.0));
    assert!(!book.entries[1].use_regex, "SillyTavern says so of all its entries");
}

#[test]
fn what_goes_in_comes_out_the_same() {
    let v1 = json!({"name": "Bo", "first_mes": "Hi", "description": "", "extra": 1, "tags": ["a"]});
    let v2 = json!({"spec": "chara_card_v2", "spec_version": "2.0", "name": "Bo", "data": {"name": "Bo", "character_book": null}});
    for value in [full_v3(), v1, v2] {
        let card = read(&value).card;
        let out = there_and_back(&card);
        assert_eq!(out.value().to_string(), value.to_string(), "key for key, in order");
        let png = card.to_png(None).unwrap();
        assert_eq!(there_and_back(&Card::read(&png).unwrap().card).value(), &value);
        if card.version() == CardVersion::V3 {
            let charx = card.to_charx().unwrap();
            assert_eq!(
                there_and_back(&Card::read(&charx).unwrap().card).value().to_string(),
                value.to_string()
            );
        }
        let toml = Persona::from_card(&card).to_toml().unwrap();
        let back = Persona::from_toml(&toml).unwrap();
        assert_eq!(Card::from_persona(&back).value().to_string(), value.to_string(), "through TOML:\n{toml}");
    }
}

/// As the store keeps a persona.
fn stored(persona: &Persona) -> Persona {
    Persona::from_json(&serde_json::to_string(persona).unwrap()).unwrap()
}

#[test]
fn numbers_keep_their_digits() {
    let text = r#"{"spec":"chara_card_v2","spec_version":"2.0","data":{"name":"Bo","extensions":{"at":1732912345.1234567,
        "big":1859062658947177.0,"small":0.1234567890123456,"id":18446744073709551615,"tiny":5e-324},
        "character_book":{"entries":[{"keys":["a"],"content":"x","insertion_order":0.30000000000000004,
        "extensions":{"w":2.000000000000001}}]}}}"#;
    let value: Value = serde_json::from_str(text).unwrap();
    assert!(value.to_string().contains("1732912345.1234567"), "{value}");
    let card = Card::read(text.as_bytes()).unwrap().card;
    let kept = stored(&Persona::from_card(&card));
    assert_eq!(Card::from_persona(&kept).value().to_string(), value.to_string());
    let edited = Persona { description: "new".to_owned(), ..kept };
    let mut expected = value;
    expected["data"]["description"] = json!("new");
    assert_eq!(Card::from_persona(&stored(&edited)).value(), &expected);
}

#[test]
fn numbers_go_out_as_they_were_written() {
    let numbers = r#"{"big":12345678901234567890123,"id":18446744073709551616,"zeros":1.2300,"power":1e3,"long":3.14159265358979323846,"list":[-0,1E+02,0.10]}"#;
    let kept = |text: &str| {
        let text = text.replace([' ', '\n'], "");
        assert!(text.contains(numbers), "{text}");
    };
    for (spec, number) in [("chara_card_v2", "2.0"), ("chara_card_v3", "3.0")] {
        let text = format!(
            r#"{{"spec":"{spec}","spec_version":"{number}","data":{{"name":"Bo","extensions":{numbers},"own":{numbers}}}}}"#
        );
        let read = Card::read(text.as_bytes()).unwrap();
        assert!(read.notices.is_empty(), "{:?}", read.notices);
        let persona = stored(&Persona::from_card(&read.card));
        let through_toml = Persona::from_toml(&persona.to_toml().unwrap()).unwrap();
        let edited = Persona { description: "new".to_owned(), ..persona.clone() };
        for persona in [persona, through_toml, edited] {
            let card = Card::from_persona(&persona);
            for version in [CardVersion::V2, CardVersion::V3] {
                let json = card.write(CardForm::Json, Some(version)).unwrap().bytes;
                kept(std::str::from_utf8(&json).unwrap());
            }
            // Pictures and archives, read again.
            for form in [CardForm::Png, CardForm::Charx] {
                let file = Card::read(&card.write(form, None).unwrap().bytes).unwrap().card;
                kept(std::str::from_utf8(&file.write(CardForm::Json, None).unwrap().bytes).unwrap());
            }
        }
    }
    let book = format!(
        r#"{{"entries":[{{"keys":["a"],"content":"x","insertion_order":1e1,"extensions":{numbers}}}]}}"#
    );
    let mut read = BookFile::read(book.as_bytes()).unwrap();
    kept(&read.file.to_json());
    read.lorebook.entries[0].content = "y".to_owned();
    kept(&read.file.with(&read.lorebook).to_json());
}

#[test]
fn a_card_goes_out_in_the_version_that_it_came_in() {
    let v1 = json!({"name": "Bo", "first_mes": "Hi", "description": "", "extra": 1});
    let v2 = json!({"spec": "chara_card_v2", "spec_version": "2.0", "data": {"name": "Bo"}});
    for (value, version) in [(v1, CardVersion::V1), (v2, CardVersion::V2), (full_v3(), CardVersion::V3)] {
        let card = there_and_back(&read(&value).card);
        for form in [CardForm::Json, CardForm::Png] {
            let written = card.write(form, None).unwrap();
            assert_eq!((written.version, written.notices.as_slice()), (version, &[][..]));
            assert_eq!(Card::read(&written.bytes).unwrap().card.value().to_string(), value.to_string());
        }
        let archive = card.write(CardForm::Charx, None).unwrap();
        assert_eq!(archive.version, CardVersion::V3);
        assert_eq!(Card::read(&archive.bytes).unwrap().card.version(), CardVersion::V3);
        assert!(matches!(card.write(CardForm::Charx, Some(CardVersion::V1)), Err(CardError::OnlyV3)));
        for wanted in [CardVersion::V1, CardVersion::V2, CardVersion::V3] {
            for form in [CardForm::Json, CardForm::Png] {
                let written = card.write(form, Some(wanted)).unwrap();
                assert_eq!(Card::read(&written.bytes).unwrap().card.version(), wanted);
            }
        }
    }
}

#[test]
fn what_another_version_has_no_place_for_is_said() {
    let asset = CardAsset { path: "module.risum".to_owned(), data: vec![1] };
    let card = read(&full_v3()).card.with_assets(vec![asset]);
    let told = |version| {
        let notices = card.write(CardForm::Json, version).unwrap().notices;
        notices.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        told(None),
        [
            "files that came with it (1): a JSON file has no place for them; CHARX archives and PNG pictures have"
        ]
    );
    let v2 = told(Some(CardVersion::V2)).join("\n");
    assert!(v2.contains("data.character_book.entries[0].content: V2 has no decorators"), "{v2}");
    let v1 = told(Some(CardVersion::V1)).join("\n");
    for lost in ["data.nickname: V1 has no such field", "data.character_book", "data.tags", "data.extensions"]
    {
        assert!(v1.contains(lost), "{lost}: {v1}");
    }
    assert!(!v1.contains("data.name:") && !v1.contains("group_only_greetings"), "{v1}");
}

#[test]
fn files_whose_names_lead_out_of_the_folder_are_kept_out() {
    let names = ["../../evil.txt", "/etc/evil", "a/../../b", "..\\evil", "C:\\evil", "a/.."];
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for name in ["card.json", "assets/a..b.png"].iter().chain(&names) {
        archive.start_file(*name, options).unwrap();
        std::io::Write::write_all(&mut archive, full_v3().to_string().as_bytes()).unwrap();
    }
    let read = Card::read(&archive.finish().unwrap().into_inner()).unwrap();
    let kept = |card: &Card| card.assets().iter().map(|asset| asset.path.clone()).collect::<Vec<_>>();
    assert_eq!(kept(&read.card), ["assets/a..b.png"]);
    assert_eq!(read.notices.len(), names.len());
    assert!(read.notices[0].to_string().contains("../../evil.txt: its name leads out of the folder"));
    // One that an earlier abide took in does not go out again.
    let mut assets = read.card.assets().to_vec();
    assets.push(CardAsset { path: names[0].to_owned(), data: vec![1] });
    let old = read.card.with_assets(assets);
    for form in [CardForm::Charx, CardForm::Png] {
        let written = old.write(form, None).unwrap();
        assert_eq!(written.notices[0].path, names[0]);
        let again = Card::read(&written.bytes).unwrap();
        assert_eq!((kept(&again.card), again.notices), (vec!["assets/a..b.png".to_owned()], vec![]));
    }
}

#[test]
fn edits_change_what_they_edit_and_nothing_else() {
    let mut persona = Persona::from_card(&read(&full_v3()).card);
    persona.description = "Another.".to_owned();
    persona.calls_user = "captain".to_owned();
    let book = persona.lorebook.as_mut().unwrap();
    book.entries[0].content = "The lamp is new.".to_owned();
    book.entries[1].priority = Some(3.0);
    let mut expected = full_v3();
    expected["data"]["description"] = json!("Another.");
    expected["data"]["extensions"]["abide"] = json!({"calls_user": "captain"});
    expected["data"]["character_book"]["entries"][0]["content"] = json!("The lamp is new.");
    expected["data"]["character_book"]["entries"][1]["priority"] = json!(3);
    let card = Card::from_persona(&persona);
    assert_eq!(card.value(), &expected);
    let again = Persona::from_card(&card);
    assert_eq!(again.calls_user, "captain");
    assert_eq!(again.description, "Another.");
}

#[test]
fn an_entry_taken_out_or_added_leaves_the_others() {
    let mut persona = Persona::from_card(&read(&full_v3()).card);
    let book = persona.lorebook.as_mut().unwrap();
    book.entries.remove(0);
    book.entries.insert(
        0,
        crate::lorebook::Entry {
            keys: vec!["new".to_owned()],
            content: "New.".to_owned(),
            ..Default::default()
        },
    );
    let value = Card::from_persona(&persona).value().clone();
    let entries = value["data"]["character_book"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[1], full_v3()["data"]["character_book"]["entries"][1]);
    assert_eq!(entries[0]["use_regex"], json!(false));
    assert_eq!(entries[0]["insertion_order"], json!(100));
}

#[test]
fn a_v1_card_with_more_than_v1_holds_becomes_v2() {
    let mut persona = Persona::from_card(&read(&json!({"name": "Bo", "first_mes": "Hi", "chat": "x"})).card);
    persona.tags = vec!["t".to_owned()];
    let card = Card::from_persona(&persona);
    assert_eq!(card.version(), CardVersion::V2);
    assert_eq!(card.value()["data"]["first_mes"], "Hi");
    assert_eq!(card.value()["chat"], "x");
    assert_eq!(card.value()["data"]["tags"], json!(["t"]));
}

#[test]
fn copies_of_v1_fields_outside_data_are_edited_too() {
    let value = json!({"name": "Bo", "spec": "chara_card_v2", "spec_version": "2.0", "data": {"name": "Bo"}});
    let mut persona = Persona::from_card(&read(&value).card);
    persona.name = "Bea".to_owned();
    let out = Card::from_persona(&persona).value().clone();
    assert_eq!((&out["name"], &out["data"]["name"]), (&json!("Bea"), &json!("Bea")));
}

#[test]
fn cards_that_break_the_rules_are_read_and_said_so() {
    let value = json!({
        "spec": "chara_card_v4", "spec_version": 4,
        "data": {
            "name": 42, "description": null, "tags": "sea, calm", "alternate_greetings": "One", "first_mes": ["a", "b"],
            "extensions": [], "personality": {"no": 1},
            "character_book": {"entries": {"0": {"keys": "a, b", "content": "c", "insertion_order": "12",
                "enabled": 1, "constant": "true", "extensions": null, "priority": "many"}, "1": 5}}
        }
    });
    let ReadCard { card, notices } = read(&value);
    let fields = card.fields().0;
    assert_eq!(fields.name, "42");
    assert_eq!(fields.tags, ["sea", "calm"]);
    assert_eq!(fields.alternate_greetings, ["One"]);
    assert_eq!(fields.first_message, "a\nb");
    let book = fields.lorebook.unwrap();
    assert_eq!(book.entries.len(), 1);
    assert_eq!(book.entries[0].keys, ["a", "b"]);
    assert_eq!(book.entries[0].insertion_order, 12.0);
    assert!(book.entries[0].constant && book.entries[0].enabled);
    let lines: Vec<_> = notices.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"));
    assert_eq!(there_and_back(&card).value(), &value);
}

#[test]
fn near_json_and_utf_16_are_read_and_said_so() {
    let broken = r#"{"spec":"chara_card_v2","spec_version":"2.0","data":{"name":"Sur","description":"cut \ud83d emoji","extensions":{"t":NaN}}}"#;
    let read = Card::read(broken.as_bytes()).unwrap();
    assert_eq!(read.card.fields().0.description, "cut \u{FFFD} emoji");
    assert_eq!(read.card.value()["data"]["extensions"]["t"], Value::Null);
    assert!(read.notices[0].to_string().contains("the file: what JSON can't hold"), "{:?}", read.notices);
    let encoded = |text: &str, mark: &[u8]| {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        [mark.to_vec(), units.collect()].concat()
    };
    let text = full_v3().to_string();
    for mark in [&b"\xFF\xFE"[..], b""] {
        let read = Card::read(&encoded(&text, mark)).unwrap();
        assert_eq!((read.card.value(), read.notices.as_slice()), (&full_v3(), &[][..]));
    }
    let book = encoded(r#"{"entries":[{"keys":["a"],"content":"x"}]}"#, b"\xFF\xFE");
    assert!(matches!(CardFile::read(&book), Ok(CardFile::Book(_))));
}

#[test]
fn a_chunk_that_holds_no_card_is_passed_by_for_one_that_does() {
    let good = read(&json!({"spec": "chara_card_v2", "spec_version": "2.0", "data": {"name": "Bo"}})).card;
    let encode = |text: &str| base64::Engine::encode(&base64::engine::general_purpose::STANDARD, text);
    for none in ["null", "{}", "[]", "5"] {
        let mut png = plain_avatar("x");
        png.truncate(png.len() - 12);
        let body = |keyword: &str, text: &str| [keyword.as_bytes(), b"\0", encode(text).as_bytes()].concat();
        png::write_chunk(&mut png, *b"tEXt", &body("ccv3", none));
        let mut alone = png.clone();
        png::write_chunk(&mut png, *b"tEXt", &body("chara", &good.value().to_string()));
        for file in [&mut png, &mut alone] {
            png::write_chunk(file, *b"IEND", &[]);
        }
        let read = Card::read(&png).unwrap();
        assert_eq!(read.card.value(), good.value());
        assert!(read.notices[0].to_string().starts_with("ccv3: was not used: this is no character card"));
        assert!(matches!(Card::read(&alone), Err(CardError::NotACard { .. })));
    }
}

#[test]
fn null_books_are_noted() {
    let value = json!({"spec": "chara_card_v2", "spec_version": "2.0", "data": {"name": "Bo", "character_book": null}});
    let read = read(&value);
    assert_eq!(read.card.fields().0.lorebook, None);
    assert_eq!(read.notices.len(), 1);
    assert_eq!(read.notices[0].path, "data.character_book");
}

#[test]
fn what_is_no_card_is_refused_with_a_reason() {
    for (bytes, reason) in [
        (&b"{\"a\": 1}"[..], "neither `data`"),
        (b"[]", "not an object"),
        (b"{\"entries\": []}", "lorebook"),
        (b"", "can't be read as JSON"),
        (b"PK\x03\x04 no archive", "damaged"),
        (b"\x89PNG\r\n\x1A\n", "damaged"),
        (&[0xFF, 0xD8, 0xFF, 0xE0], "no character card"),
    ] {
        let error = Card::read(bytes).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
    let deep = "[".repeat(100_000);
    assert!(Card::read(deep.as_bytes()).is_err());
    let wide = format!("[{}0]", "0,".repeat(JSON_NODES_MAX));
    assert!(Card::read(wide.as_bytes()).unwrap_err().to_string().contains("values"));
}

#[test]
fn versions_are_converted() {
    let card = read(&full_v3()).card;
    let v2 = card.to_version(CardVersion::V2);
    assert_eq!(v2["spec"], "chara_card_v2");
    assert_eq!(v2["data"]["character_book"]["entries"][0]["content"], "The lamp is old.");
    assert_eq!(v2["data"]["extensions"], full_v3()["data"]["extensions"]);
    let v1 = card.to_version(CardVersion::V1);
    assert_eq!(v1.as_object().unwrap().len(), 6);
    let up = read(&v1).card.to_version(CardVersion::V3);
    assert_eq!(up["data"]["group_only_greetings"], json!([]));
    assert_eq!(up["data"]["first_mes"], "The lamp is lit. Sit down.");
    assert_eq!(read(&up).notices, []);
}

#[test]
fn ccv3_is_preferred_to_chara_and_the_picture_stays() {
    let picture = plain_avatar("somebody");
    let card = read(&full_v3()).card;
    let png = card.to_png(Some(&picture)).unwrap();
    let back = Card::read(&png).unwrap();
    assert_eq!(back.card.version(), CardVersion::V3);
    assert_eq!(back.card.image(), Some(picture.as_slice()));
    assert_eq!(back.notices, []);
    // Put in again, it is there once.
    assert_eq!(back.card.to_png(None).unwrap(), png);
    assert_eq!(card.to_png(Some(&png)).unwrap(), png);
    // With the first copy (V2) alone, that is read.
    let at = png.windows(4).position(|window| window == b"ccv3").unwrap();
    let mut damaged = png.clone();
    damaged[at] = b'x';
    let old = Card::read(&damaged).unwrap();
    assert_eq!(old.card.version(), CardVersion::V2);
    assert!(old.card.fields().0.creator_notes.starts_with("This is the V2 copy"));
    // A damaged payload is passed by for the other copy.
    let mut damaged = png.clone();
    damaged[at + 100] = b'!';
    let old = Card::read(&damaged).unwrap();
    assert_eq!(old.card.version(), CardVersion::V2);
}

/// Other programs find a picture in an archive only by the card's `assets`.
#[test]
fn a_picture_that_a_card_came_in_is_named_in_the_archive() {
    let none = json!({"spec": "chara_card_v3", "spec_version": "3.0", "data": {"name": "Bo"}});
    let v1 = json!({"name": "Bo", "first_mes": "Hi"});
    let another = json!([{"type": "icon", "uri": "embeded://mine.webp", "name": "main", "ext": "webp"}]);
    let mut own = none.clone();
    own["data"]["assets"] = another.clone();
    let main = json!("embeded://assets/icon/images/main.png");
    for (value, uri) in [(full_v3(), &main), (none, &main), (v1, &main), (own, &another[0]["uri"])] {
        let card = Card::read(&read(&value).card.to_png(None).unwrap()).unwrap().card;
        let there = Card::read(&card.to_charx().unwrap()).unwrap().card;
        let assets = &there.value()["data"]["assets"];
        assert_eq!(&assets[0]["uri"], uri, "{assets}");
        assert_eq!(there.resolve(main.as_str().unwrap()).as_deref(), card.image());
    }
}

#[test]
fn files_travel_with_the_card() {
    let assets = vec![
        CardAsset { path: "assets/icon/images/main.png".to_owned(), data: plain_avatar("x") },
        CardAsset { path: "module.risum".to_owned(), data: vec![0, 1, 2, 255] },
    ];
    let card = read(&full_v3()).card.with_assets(assets.clone());
    let charx = Card::read(&card.to_charx().unwrap()).unwrap();
    assert_eq!(charx.card.assets(), assets);
    assert_eq!(there_and_back(&charx.card).assets(), assets);
    let png = Card::read(&card.to_png(None).unwrap()).unwrap();
    assert_eq!(png.card.assets(), assets);
    assert_eq!(png.card.resolve("embeded://module.risum"), Some(vec![0, 1, 2, 255]));
    assert_eq!(png.card.resolve("embedded://module.risum"), png.card.resolve("__asset:module.risum"));
    assert_eq!(png.card.resolve("https://example.org/x.png"), None);
}

#[test]
fn an_archive_that_grows_too_large_is_cut_and_said_so() {
    let bomb = CardAsset { path: "bomb".to_owned(), data: vec![0; ASSETS_BYTES_MAX + 1] };
    let value = full_v3();
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (path, data) in [("card.json", value.to_string().into_bytes()), (&bomb.path, bomb.data.clone())] {
        archive.start_file(path, options).unwrap();
        std::io::Write::write_all(&mut archive, &data).unwrap();
    }
    let bytes = archive.finish().unwrap().into_inner();
    assert!(bytes.len() < 1 << 20, "it is a bomb");
    let read = Card::read(&bytes).unwrap();
    assert_eq!(read.card.value(), &value);
    assert_eq!(read.card.assets(), []);
    assert_eq!(read.notices[0].path, "bomb");
}

#[test]
fn packed_text_chunks_are_read_too() {
    use std::io::Write as _;
    let json = full_v3().to_string();
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &json);
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(encoded.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let plain = plain_avatar("x");
    for (kind, head, body) in [
        (*b"zTXt", &b"chara\0\0"[..], &packed[..]),
        (*b"iTXt", b"Chara\0\x01\0\0\0", &packed),
        (*b"iTXt", b"chara\0\0\0en\0t\0", encoded.as_bytes()),
        (*b"tEXt", b"chara\0", json.as_bytes()),
    ] {
        let mut png = plain[..plain.len() - 12].to_vec();
        png::write_chunk(&mut png, kind, &[head, body].concat());
        png::write_chunk(&mut png, *b"IEND", &[]);
        let read = Card::read(&png).unwrap();
        assert_eq!(read.card.value(), &full_v3());
        assert_eq!(read.card.image(), Some(plain.as_slice()));
    }
}

#[test]
fn lorebooks_alone_and_world_info_are_read_and_written() {
    let world = json!({"entries": {
        "0": {"uid": 0, "key": ["tide"], "keysecondary": ["moon"], "selective": true, "selectiveLogic": 1, "comment": "c",
              "content": "High at six.", "constant": false, "disable": false, "order": 70, "position": 4, "depth": 1, "role": 1,
              "excludeRecursion": true, "probability": 100, "useProbability": true, "sticky": 2, "extra": null},
        "3": {"uid": 3, "key": [], "content": "Always.", "constant": true, "disable": true, "order": 100, "position": 1}
    }, "name": "Sea"});
    let bare = full_v3()["data"]["character_book"].clone();
    let v3 = json!({"spec": "lorebook_v3", "data": bare, "more": 1});
    for (value, form) in [(&world, BookForm::WorldInfo), (&bare, BookForm::Bare), (&v3, BookForm::V3)] {
        let CardFile::Book(read) = CardFile::read(value.to_string().as_bytes()).unwrap() else {
            panic!("it is a book");
        };
        assert_eq!(read.file.form(), form);
        assert_eq!(read.notices, []);
        assert_eq!(read.file.with(&read.lorebook).value().to_string(), value.to_string());
        let mut edited = read.lorebook.clone();
        edited.entries[1].enabled = !edited.entries[1].enabled;
        let out = read.file.with(&edited);
        assert_ne!(out.value(), value);
        assert_eq!(out.lorebook().0, edited);
        assert_eq!(BookFile::new(&read.lorebook, BookForm::V3).lorebook().0.entries.len(), 2);
    }
    let entry = &BookFile::from_value(world).unwrap().lorebook.entries[0];
    assert_eq!(entry.secondary_logic, crate::lorebook::SecondaryLogic::NotAll);
    assert_eq!((entry.position, entry.depth, entry.sticky), (Position::AtDepth, Some(1), Some(2)));
}

/// What other programs keep with entries comes along into a card's book, in the names that cards have for it.
#[test]
fn an_entry_that_moves_into_a_card_brings_all_along() {
    let world = json!({"entries": {"0": {"uid": 7, "key": ["tide"], "content": "x", "order": 1, "position": 7,
        "automationId": "a1", "outletName": "out", "triggers": ["normal"], "vectorized": false, "displayIndex": 3,
        "characterFilter": {"isExclude": false, "names": ["Bob"], "tags": ["12"]}, "myOwn": null}}});
    let v3 = json!({"spec": "lorebook_v3", "data": {"name": "LB", "mode": "x", "extensions": {}, "entries": [
        {"keys": ["k"], "content": "c", "extensions": {"q": 1}, "enabled": true, "insertion_order": 1, "myfield": {"a": 5}}]}});
    let mut persona = Persona { name: "Bo".to_owned(), ..Persona::default() };
    let mut told = Vec::new();
    for value in [&world, &v3] {
        let read = BookFile::from_value(value.clone()).unwrap();
        told.extend(read.notices.iter().map(ToString::to_string));
        persona.lorebook.get_or_insert_default().take_in(read.lorebook);
    }
    let told = told.join("\n");
    let part =
        "entries[0]: says automation_id, outlet_name, triggers, character_filter.tags, which abide keeps";
    assert!(told.contains(part), "{told}");
    let out = Card::from_persona(&stored(&persona)).value().clone();
    let book = &out["data"]["character_book"];
    assert_eq!(book["mode"], "x");
    let extensions = &book["entries"][0]["extensions"];
    for (key, value) in [
        ("automationId", "automation_id"),
        ("outletName", "outlet_name"),
        ("displayIndex", "display_index"),
        ("characterFilter", "character_filter"),
    ] {
        assert_eq!(extensions[value], world["entries"]["0"][key], "{key}");
    }
    assert_eq!((&extensions["position"], &extensions["triggers"]), (&json!(7), &json!(["normal"])));
    assert_eq!(book["entries"][1]["myfield"], json!({"a": 5}));
}

/// Whether `out` has all that `came` has, in lists and objects within, too.
fn has_all(out: &Value, came: &Value) -> bool {
    match (out, came) {
        (Value::Object(out), Value::Object(came)) => {
            came.iter().all(|(key, value)| out.get(key).is_some_and(|out| has_all(out, value)))
        }
        (Value::Array(out), Value::Array(came)) => {
            out.len() == came.len() && out.iter().zip(came).all(|(out, came)| has_all(out, came))
        }
        _ => out == came,
    }
}

/// World Info with what SillyTavern writes, what it will write one day, and what others have.
fn world_info() -> Value {
    let text = r#"{"entries": {
        "2": {"uid": 2, "key": ["tide", "/sea(s)?/i"], "keysecondary": ["moon"], "comment": "Tides", "content": "High at six.\n{{user}} knows.",
            "constant": false, "vectorized": true, "selective": true, "selectiveLogic": 3, "addMemo": false, "order": 70, "position": 4,
            "disable": false, "ignoreBudget": true, "excludeRecursion": true, "preventRecursion": true, "matchScenario": true,
            "delayUntilRecursion": true, "probability": 40, "useProbability": true, "depth": 1, "outletName": "out", "group": "a,b",
            "groupOverride": true, "groupWeight": 55, "scanDepth": 9, "caseSensitive": true, "matchWholeWords": false,
            "useGroupScoring": true, "automationId": "a1", "role": 1, "sticky": 2, "cooldown": 3, "delay": 4, "triggers": ["normal"],
            "displayIndex": 5, "characterFilter": {"isExclude": true, "names": ["Bob"], "tags": []},
            "futureField": {"deepField": [1, null]}, "future_field": "another", "extensions": {"my_ext": {"camelCase": 1}}},
        "7": {"uid": 7, "key": ["海"], "keysecondary": [], "comment": "", "content": "蓝色。", "constant": true, "selective": false,
            "order": 100.5, "position": 1, "disable": true, "probability": 100, "useProbability": true, "role": null, "NewThing": 0},
        "8": {"key": ["bare"], "content": "c"}
    }, "name": "Sea", "originalData": {"x": [1]}, "newTopLevel": true}"#;
    serde_json::from_str(text).unwrap()
}

#[test]
fn what_abide_reads_otherwise_goes_out_as_it_came_in() {
    let text = r#"{"entries": {
        "0": {"uid": 0, "key": ["tide"], "content": "x", "order": 1.50, "delayUntilRecursion": 2, "probability": 33, "useProbability": false,
            "sticky": 0, "cooldown": 0, "delay": 0, "position": 0, "displayIndex": 1e0, "weird": {"a": 12345678901234567890123, "b": 1.2300, "c": 1e400},
            "extensions": {"mine": [0.10, null]}},
        "4": {"uid": 4, "key": ["sea"], "content": "y", "order": 100, "delayUntilRecursion": 7, "probability": 33.0, "useProbability": true,
            "position": 0, "scanDepth": "3"}
        }, "recursive_scanning": true, "extra": [1.0, 2e0, -1E+999]}"#;
    let read = BookFile::read(text.as_bytes()).unwrap();
    let mut persona = Persona { name: "Bo".to_owned(), ..Persona::default() };
    persona.lorebook.get_or_insert_default().take_in(read.lorebook.clone());
    for persona in [persona.clone(), stored(&persona)] {
        let file = BookFile::from_persona(&persona, BookForm::WorldInfo).unwrap();
        let came: Value = (*Document::parse(text).unwrap()).clone();
        assert!(has_all(file.value(), &came), "{:#}\n{came:#}", file.value());
        let written = file.to_json();
        for number in [
            "\"order\": 1.50",
            "\"a\": 12345678901234567890123",
            "\"b\": 1.2300",
            "\"c\": 1e400",
            "2e0",
            "-1E+999",
            "0.10",
            "\"displayIndex\": 1e0",
            "\"probability\": 33.0",
            "\"recursive_scanning\": true",
        ] {
            assert!(written.contains(number), "{number}: {written}");
        }
        // Over another book, and over a card and back, too.
        let through = BookFile::from_persona(&persona, BookForm::V3).unwrap();
        let card = Card::read(Card::from_persona(&persona).to_json(CardVersion::V3).as_bytes()).unwrap().card;
        for lorebook in [
            BookFile::read(through.to_json().as_bytes()).unwrap().lorebook,
            card.fields().0.lorebook.unwrap(),
        ] {
            let again = BookFile::new(&lorebook, BookForm::WorldInfo);
            assert!(has_all(again.value(), &came), "{:#}\n{came:#}", again.value());
            assert!(again.to_json().contains("\"b\": 1.2300") && again.to_json().contains("\"c\": 1e400"));
        }
    }
    // What is changed here is no longer as it was there.
    let mut changed = read.lorebook;
    changed.entries[0].delay_until_recursion = false;
    changed.entries[0].sticky = Some(3);
    let file = BookFile::new(&changed, BookForm::WorldInfo);
    let entry = &file.value()["entries"]["0"];
    assert_eq!((&entry["delayUntilRecursion"], &entry["sticky"]), (&json!(false), &json!(3)));
    assert_eq!(entry["cooldown"], 0);
}

#[test]
fn a_number_beyond_doubles_stays_in_a_card() {
    let text = r#"{"spec": "chara_card_v3", "spec_version": "3.0", "data": {"name": "Bo", "extensions": {"far": [1e400, -1.50E+999, 2.50]}}}"#;
    let read = Card::read(text.as_bytes()).unwrap();
    assert_eq!(read.notices, []);
    let mut persona = stored(&Persona::from_card(&read.card));
    for _ in 0..2 {
        let written = Card::from_persona(&persona).to_json(CardVersion::V3);
        for number in ["1e400", "-1.50E+999", "2.50"] {
            assert!(written.contains(number), "{written}");
        }
        persona.description = "x".to_owned();
    }
}

#[test]
fn world_info_goes_out_as_it_came_in() {
    let world = world_info();
    let read = BookFile::from_value(world.clone()).unwrap();
    let mut persona = Persona { name: "Bo".to_owned(), ..Persona::default() };
    persona.lorebook.get_or_insert_default().take_in(read.lorebook.clone());
    let mut expected = world;
    // What says nothing.
    expected["entries"]["7"].as_object_mut().unwrap().shift_remove("role");
    for persona in [persona.clone(), stored(&persona)] {
        let file = BookFile::from_persona(&persona, BookForm::WorldInfo).unwrap();
        assert_eq!(file.form(), BookForm::WorldInfo);
        assert!(has_all(file.value(), &expected), "{:#}\n{expected:#}", file.value());
        let again = BookFile::read(file.to_json().as_bytes()).unwrap();
        let differing: Vec<_> = again
            .lorebook
            .entries
            .iter()
            .zip(&read.lorebook.entries)
            .map(|(one, other)| (one.keys.clone(), other.keys.clone()))
            .collect();
        assert_eq!(again.lorebook.entries.len(), 3, "{differing:?}");
        let second = BookFile::new(&again.lorebook, BookForm::WorldInfo);
        assert_eq!(second.value(), file.value(), "the second time, too");
        // In the other form it is the same book.
        let other = BookFile::from_persona(&persona, BookForm::V3).unwrap();
        let (entry, own) = (&other.value()["data"]["entries"][0], &expected["entries"]["2"]);
        for (there, here) in [("keys", "key"), ("content", "content"), ("futureField", "futureField")] {
            assert_eq!(entry[there], own[here], "{there}");
        }
        assert_eq!(entry["extensions"]["automation_id"], "a1");
    }
}

#[test]
fn a_card_s_book_goes_out_alone() {
    let card = read(&full_v3()).card;
    let persona = stored(&Persona::from_card(&card));
    let own = &full_v3()["data"]["character_book"];
    let file = BookFile::from_persona(&persona, BookForm::V3).unwrap();
    assert_eq!(file.value(), &json!({"spec": "lorebook_v3", "data": own}));
    assert_eq!(BookFile::from_persona(&persona, BookForm::Bare).unwrap().value(), own);
    let world = BookFile::from_persona(&persona, BookForm::WorldInfo).unwrap();
    let read = BookFile::read(world.to_json().as_bytes()).unwrap();
    let (there, here) = (&read.lorebook, persona.lorebook.as_ref().unwrap());
    for (one, other) in there.entries.iter().zip(&here.entries) {
        assert_eq!((&one.keys, &one.content, one.enabled), (&other.keys, &other.content, other.enabled));
        assert_eq!((one.position, one.insertion_order), (other.position, other.insertion_order));
    }
    assert_eq!(there.entries.len(), here.entries.len());
    assert!(BookFile::from_persona(&Persona::default(), BookForm::V3).is_none());
}

/// Any JSON, with the keys of cards more often than others.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z@{}<> \\n]{0,12}".prop_map(Value::from),
        Just(json!("lamp, {{char}}")),
    ];
    let key = prop_oneof![
        proptest::sample::select(vec![
            "name",
            "first_mes",
            "tags",
            "extensions",
            "character_book",
            "entries",
            "keys",
            "content",
            "position",
            "depth",
            "probability",
            "alternate_greetings",
            "assets",
            "spec_version",
            "enabled",
            "abide",
            "secondary_keys",
            "selectiveLogic",
            "insertion_order",
            "id",
            "nickname",
            "creator_notes",
        ])
        .prop_map(str::to_owned),
        "[a-z]{1,5}",
    ];
    leaf.prop_recursive(5, 60, 8, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec((key.clone(), inner), 0..8)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_card_comes_out_as_it_went_in(data in any_json(), version in 1..=3) {
        let value = match version {
            1 => json!({"name": data, "first_mes": "x"}),
            2 => json!({"spec": "chara_card_v2", "spec_version": "2.0", "data": {"name": "x", "extensions": data.clone(), "character_book": data}}),
            _ => json!({"spec": "chara_card_v3", "spec_version": "3.0", "data": data}),
        };
        if let Ok(ReadCard { card, notices }) = Card::from_value(value.clone()) {
            prop_assert!(notices.len() <= NOTICES_MAX);
            let persona = Persona::from_card(&card);
            prop_assert!(persona.validate().is_ok());
            let back = Card::from_persona(&persona);
            prop_assert_eq!(back.value().to_string(), value.to_string());
            let stored = serde_json::to_string(&persona).unwrap();
            prop_assert_eq!(&Persona::from_json(&stored).unwrap(), &persona);
            for version in [CardVersion::V1, CardVersion::V2, CardVersion::V3] {
                prop_assert!(Card::from_value(card.to_version(version)).is_ok());
            }
        }
    }

    #[test]
    fn damaged_files_are_no_panic(
        kind in 0..3_usize,
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
    ) {
        let card = Card::from_value(full_v3()).unwrap().card;
        let mut bytes = match kind {
            0 => full_v3().to_string().into_bytes(),
            1 => card.to_png(Some(&tiny_png())).unwrap(),
            _ => card.to_charx().unwrap(),
        };
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if cuts {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(CardFile::Card(read)) = CardFile::read(&bytes) {
            prop_assert!(Persona::from_card(&read.card).validate().is_ok());
        }
    }
}

/// A PNG of chunks alone, so that damage meets the card more often than the picture.
fn tiny_png() -> Vec<u8> {
    let mut png = plain_avatar("x")[..33].to_vec();
    png::write_chunk(&mut png, *b"IEND", &[]);
    png
}

#[test]
fn a_list_of_one_card_is_read_and_of_two_refused() {
    let card =
        r#"{"spec":"chara_card_v2","spec_version":"2.0","data":{"name":"Mira","extensions":{"n":1.230}}}"#;
    let read = Card::read(format!("[{card}]").as_bytes()).unwrap();
    assert!(read.notices[0].problem.contains("a list with one thing in it"), "{:?}", read.notices);
    assert_eq!(read.card, Card::read(card.as_bytes()).unwrap().card);
    assert!(Card::read(format!("[{card},{card}]").as_bytes()).is_err());
}
