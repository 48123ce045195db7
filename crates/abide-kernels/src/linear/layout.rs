//! Where the codes and scales of a packed matrix lie. See [`super`] for the picture. No arithmetic on values.

use crate::quant::{BlockScales, Form, GROUP, Planes};

/// Rows interleaved with each other.
pub(crate) const TILE_ROWS: usize = 16;
/// Bytes of one plane vector: four columns of 16 rows.
pub(crate) const VECTOR: usize = 64;

impl Planes {
    /// Bytes of the codes of one group (32 columns) of a tile, without those in another place.
    pub const fn group_bytes(self) -> usize {
        let bits = match self {
            Self::Nibble => 4,
            Self::NibbleBit => 5,
            Self::NibblePair | Self::SixTwo => 6,
            Self::Pair => 2,
            Self::PairBit => 3,
            Self::Byte => 8,
        };
        bits * VECTOR
    }

    /// Bytes of the codes of one group of a tile that lie in another place.
    pub const fn low_bytes(self) -> usize {
        self.low_bits() as usize * VECTOR
    }

    /// Writes one row's 32 codes to its lane of a group. A quad is four neighbouring columns' codes in one word;
    /// planes keep quad `i` beside quads `i + 4` (nibbles), `i + 2 n` (pairs) or all others (bits). `low` is the other
    /// place, for planes that have one.
    pub fn write_row(self, group: &mut [u8], low: &mut [u8], row: usize, codes: &[u8; GROUP]) {
        let quads = to_quads(codes);
        let own = self.group_bytes() / VECTOR;
        let mut put = |vector: usize, word: u32| {
            let (place, vector) =
                if vector < own { (&mut *group, vector) } else { (&mut *low, vector - own) };
            place[vector * VECTOR + 4 * row..][..4].copy_from_slice(&word.to_le_bytes());
        };
        let four = |quad: u32, shift: u32| quad >> shift & 0x0f0f_0f0f;
        let nibble =
            |index: usize, shift: u32| four(quads[index], shift) | four(quads[index + 4], shift) << 4;
        let pair = |index: usize, shift: u32| {
            (0..4).fold(0, |word, part| word | (quads[index + 2 * part] >> shift & 0x0303_0303) << (2 * part))
        };
        let bit =
            |shift: u32| (0..8).fold(0, |word, quad| word | (quads[quad] >> shift & 0x0101_0101) << quad);
        match self {
            Self::Nibble => (0..4).for_each(|index| put(index, nibble(index, 0))),
            Self::NibbleBit => {
                (0..4).for_each(|index| put(index, nibble(index, 0)));
                put(4, bit(4));
            }
            Self::NibblePair => {
                (0..4).for_each(|index| put(index, nibble(index, 0)));
                (0..2).for_each(|index| put(4 + index, pair(index, 4)));
            }
            Self::Pair => (0..2).for_each(|index| put(index, pair(index, 0))),
            Self::PairBit => {
                (0..2).for_each(|index| put(index, pair(index, 0)));
                put(2, bit(2));
            }
            Self::Byte => (0..8).for_each(|index| put(index, quads[index])),
            Self::SixTwo => {
                (0..4).for_each(|index| put(index, nibble(index, 2)));
                (0..2).for_each(|index| put(4 + index, pair(index, 6)));
                (0..2).for_each(|index| put(6 + index, pair(index, 0)));
            }
        }
    }

    /// Reads what [`Self::write_row`] wrote.
    pub fn read_row(self, group: &[u8], low: &[u8], row: usize) -> [u8; GROUP] {
        let own = self.group_bytes() / VECTOR;
        let get = |vector: usize| {
            let (place, vector) = if vector < own { (group, vector) } else { (low, vector - own) };
            let four = &place[vector * VECTOR + 4 * row..][..4];
            u32::from_le_bytes([four[0], four[1], four[2], four[3]])
        };
        let nibble = |quad: usize| get(quad % 4) >> (4 * (quad / 4)) & 0x0f0f_0f0f;
        let pair = |vector: usize, quad: usize| get(vector + quad % 2) >> (2 * (quad / 2)) & 0x0303_0303;
        let bit = |vector: usize, quad: usize| get(vector) >> quad & 0x0101_0101;
        let quads: [u32; 8] = std::array::from_fn(|quad| match self {
            Self::Nibble => nibble(quad),
            Self::NibbleBit => nibble(quad) | bit(4, quad) << 4,
            Self::NibblePair => nibble(quad) | pair(4, quad) << 4,
            Self::Pair => pair(0, quad),
            Self::PairBit => pair(0, quad) | bit(2, quad) << 2,
            Self::Byte => get(quad),
            Self::SixTwo => nibble(quad) << 2 | pair(4, quad) << 6 | pair(6, quad),
        });
        std::array::from_fn(|index| quads[index / 4].to_le_bytes()[index % 4])
    }
}

fn to_quads(codes: &[u8; GROUP]) -> [u32; 8] {
    std::array::from_fn(|quad| {
        u32::from_le_bytes([codes[4 * quad], codes[4 * quad + 1], codes[4 * quad + 2], codes[4 * quad + 3]])
    })
}

impl Form {
    /// Bytes of the scales of one block of a tile: 16 lanes of each header, then 16 lanes of each part's scale.
    pub const fn record_bytes(&self) -> usize {
        TILE_ROWS * (2 * self.scales.headers() + self.scales.sub_scales())
    }

    /// Bytes of all codes of a tile of that many groups.
    pub const fn tile_code_bytes(&self, groups: usize) -> usize {
        groups * self.planes.group_bytes()
    }

    /// Bytes of all scales of a tile of that many groups.
    pub const fn tile_scale_bytes(&self, groups: usize) -> usize {
        groups / self.scales.groups() * self.record_bytes()
    }

    /// Writes one row's scales of a block to its lane.
    pub fn write_scales(&self, record: &mut [u8], row: usize, scales: &BlockScales) {
        let headers = self.scales.headers();
        for (index, bits) in scales.headers[..headers].iter().enumerate() {
            record[2 * (index * TILE_ROWS + row)..][..2].copy_from_slice(&bits.to_le_bytes());
        }
        for (index, byte) in scales.sub_scales[..self.scales.sub_scales()].iter().enumerate() {
            record[(2 * headers + index) * TILE_ROWS + row] = *byte;
        }
    }

    /// Reads what [`Self::write_scales`] wrote.
    pub fn read_scales(&self, record: &[u8], row: usize) -> BlockScales {
        let headers = self.scales.headers();
        let mut scales = BlockScales::default();
        for (index, bits) in scales.headers[..headers].iter_mut().enumerate() {
            let at = 2 * (index * TILE_ROWS + row);
            *bits = u16::from_le_bytes([record[at], record[at + 1]]);
        }
        for (index, byte) in scales.sub_scales[..self.scales.sub_scales()].iter_mut().enumerate() {
            *byte = record[(2 * headers + index) * TILE_ROWS + row];
        }
        scales
    }
}
