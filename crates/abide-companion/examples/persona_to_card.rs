//! Reads a persona that somebody wrote in TOML and prints it as a character card V3. Must not know anything but personas and cards.
//!
//! `cargo run -p abide-companion --example persona_to_card -- my_companion.toml > my_companion.json`

use std::{error::Error, fs};

use abide_companion::{
    card::{Card, CardVersion},
    persona::Persona,
};

fn main() -> Result<(), Box<dyn Error>> {
    let Some(path) = std::env::args().nth(1) else {
        return Err("name the persona's TOML file; docs/companions.md has a whole one to start from".into());
    };
    let text = fs::read_to_string(&path).map_err(|error| format!("{path} can't be read: {error}"))?;
    let persona = Persona::from_toml(&text).map_err(|error| format!("{path}: {error}"))?;
    println!("{}", Card::from_persona(&persona).to_json(CardVersion::V3));
    Ok(())
}
