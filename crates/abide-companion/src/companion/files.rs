//! Files on their way in: what kind of choice is for which kind of file. Must not know their formats.

/// What a file brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A companion with all it remembers.
    Archive,
    /// A character card.
    Card,
    /// A persona as abide writes it.
    Persona,
    /// A lorebook for a companion that is here.
    Lorebook,
}

/// What may be chosen for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileChoice {
    /// What the companion is called here.
    Name,
    /// Whether it becomes another companion that began the same.
    Copy,
    /// The companion that gets what is in it.
    Into,
    /// What it is sealed with.
    Passphrase,
}

impl FileKind {
    /// Why a choice has no effect on such a file, to be said behind its name; nothing where it has.
    pub fn refuses(self, choice: FileChoice) -> Option<String> {
        let (whose, fits) = match choice {
            FileChoice::Name => ("a companion that comes in", self != Self::Lorebook),
            FileChoice::Copy | FileChoice::Passphrase => ("an archive", self == Self::Archive),
            FileChoice::Into => ("a lorebook", self == Self::Lorebook),
        };
        let what = match self {
            Self::Archive => "an archive",
            Self::Card => "a character card",
            Self::Persona => "a persona",
            Self::Lorebook => "a lorebook",
        };
        (!fits).then(|| format!("is for {whose}, and this is {what}"))
    }
}
