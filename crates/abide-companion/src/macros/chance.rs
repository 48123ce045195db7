//! Chance that is the same every time. Must not know what is chosen.

use super::MacroContext;

/// Dice thrown at once.
const DICE_MAX: usize = 100;
/// Sides of a die.
const SIDES_MAX: usize = 1_000_000_000;

/// FNV-1a with a last mixing step (that of SplitMix64), so that near inputs give far numbers. Not for secrets.
pub fn hash(parts: &[&[u8]]) -> u64 {
    let mut state = 0xCBF2_9CE4_8422_2325_u64;
    for part in parts {
        for &byte in part.iter().chain(&[0xFF]) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
    mix(state)
}

/// The output step of SplitMix64.
fn mix(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

/// Numbers for the macros of one text, one after another.
pub(super) struct Chance {
    state: u64,
}

impl Chance {
    pub(super) fn new(context: &MacroContext<'_>) -> Self {
        Self { state: hash(&[&context.seed.to_le_bytes(), context.place.as_bytes()]) }
    }

    /// A number below `count`; 0 if there is none.
    pub(super) fn next(&mut self, count: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        below(mix(self.state), count)
    }
}

/// Which of `count` a `{{pick}}` takes: it depends on the chat and the place alone.
pub(super) fn pick(context: &MacroContext<'_>, offset: usize, count: usize) -> usize {
    let parts: [&[u8]; 3] =
        [&context.chat.to_le_bytes(), context.place.as_bytes(), &(offset as u64).to_le_bytes()];
    below(hash(&parts), count)
}

fn below(random: u64, count: usize) -> usize {
    ((u128::from(random) * count as u128) >> 64) as usize
}

/// What `{{roll}}` gives for `6`, `d6`, `2d6`, `2d6+3`; `None` if the formula is none or too large. `next` gives a number below its argument.
pub fn roll(formula: &str, next: &mut dyn FnMut(usize) -> usize) -> Option<i64> {
    let formula: String = formula.chars().filter(|character| !character.is_whitespace()).collect();
    let formula = formula.to_ascii_lowercase();
    let (dice, bonus) = match formula.rfind(['+', '-']) {
        Some(at) if at > 0 => (&formula[..at], formula[at..].parse::<i32>().ok()?),
        _ => (formula.as_str(), 0),
    };
    let (count, sides) = match dice.split_once('d') {
        Some(("", sides)) => (1, sides),
        Some((count, sides)) => (count.parse().ok()?, sides),
        None => (1, dice),
    };
    let sides: usize = sides.parse().ok()?;
    if !(1..=DICE_MAX).contains(&count) || !(1..=SIDES_MAX).contains(&sides) {
        return None;
    }
    let thrown: i64 = (0..count).map(|_| next(sides) as i64 + 1).sum();
    Some(thrown + i64::from(bonus))
}
