//! A plain picture for cards without one. Must not know cards.

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};

/// Pixels of a side: the 2:3 of most cards.
const WIDTH: u32 = 256;
/// See [`WIDTH`].
const HEIGHT: u32 = 384;

/// Pairs of colours, top and bottom.
const COLOURS: [([u8; 3], [u8; 3]); 8] = [
    ([0xF6, 0xD3, 0x65], [0xFD, 0xA0, 0x85]),
    ([0xA1, 0xC4, 0xFD], [0xC2, 0xE9, 0xFB]),
    ([0xD4, 0xFC, 0x79], [0x96, 0xE6, 0xA1]),
    ([0xE0, 0xC3, 0xFC], [0x8E, 0xC5, 0xFC]),
    ([0xFB, 0xC2, 0xEB], [0xA6, 0xC1, 0xEE]),
    ([0x84, 0xFA, 0xB0], [0x8F, 0xD3, 0xF4]),
    ([0xFF, 0xEC, 0xD2], [0xFC, 0xB6, 0x9F]),
    ([0xCF, 0xD9, 0xDF], [0xE2, 0xEB, 0xF0]),
];

/// A PNG of 256 × 384 pixels: a gradient whose colours depend on `name`, the same every time.
pub fn plain_avatar(name: &str) -> Vec<u8> {
    let (top, bottom) = COLOURS[crc32fast::hash(name.as_bytes()) as usize % COLOURS.len()];
    let mut rows = Vec::with_capacity((HEIGHT * (WIDTH * 3 + 1)) as usize);
    for y in 0..HEIGHT {
        // No filter.
        rows.push(0);
        for x in 0..WIDTH {
            // Slightly slanted, so that it is no flag.
            let position = y * 4 + x;
            let all = (HEIGHT - 1) * 4 + WIDTH - 1;
            for (from, to) in top.iter().zip(bottom) {
                let mixed = u32::from(*from) * (all - position) + u32::from(to) * position;
                rows.push((mixed / all) as u8);
            }
        }
    }
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&rows).expect("a vector takes all");
    let packed = packed.finish().expect("a vector takes all");
    let mut file = vec![0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n'];
    let mut header = Vec::new();
    header.extend_from_slice(&WIDTH.to_be_bytes());
    header.extend_from_slice(&HEIGHT.to_be_bytes());
    // Eight bits, RGB, no choice of packing, filter or interlacing.
    header.extend_from_slice(&[8, 2, 0, 0, 0]);
    for (kind, data) in [(b"IHDR", header.as_slice()), (b"IDAT", &packed), (b"IEND", &[])] {
        super::png::write_chunk(&mut file, *kind, data);
    }
    file
}
