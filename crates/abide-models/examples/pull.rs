//! Pulls a model by hand: `cargo run -p abide-models --example pull -- HOME ID`.
//!
//! For trying sources out without the rest of the program; prints every event.

use std::sync::atomic::AtomicBool;

use abide_models::{Catalogue, PullOptions, Store};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(home), Some(id)) = (arguments.next(), arguments.next()) else {
        return Err("usage: pull HOME ID".into());
    };
    let catalogue = Catalogue::load(None)?;
    let entry = catalogue.get(&id).ok_or("no such model")?;
    let cancel = AtomicBool::new(false);
    let options = PullOptions::new(&cancel, &|event| println!("{event}"));
    let model = Store::open(home)?.pull(entry, &options)?;
    println!("{model:#?}");
    Ok(())
}
