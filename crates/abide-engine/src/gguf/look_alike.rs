//! What a file that is not GGUF seems to be, so that the error can say it. Guesses from the first bytes.

/// How many of the first bytes are looked at.
const LOOKED_AT: usize = 512;

/// What the file seems to be, and what to do, in words that follow "is not a GGUF file but".
pub(super) fn describe(bytes: &[u8]) -> &'static str {
    let head = &bytes[..bytes.len().min(LOOKED_AT)];
    let text = head.trim_ascii_start();
    let begins = |prefix: &str| {
        text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
    };
    match head {
        [] => "an empty file; download it again",
        _ if head.iter().all(|&byte| byte == 0) => {
            "zeros, the shell of a download that was not finished; download it again"
        }
        _ if begins("<!doctype") || begins("<html") || begins("<?xml") => {
            "a web page, probably an error or a login page that was saved instead of the model; download it again"
        }
        _ if begins("version https://git-lfs") => {
            "a Git LFS pointer, which only names the model; fetch the model itself (`git lfs pull`)"
        }
        [b'P', b'K', 3 | 5, 4 | 6, ..] => {
            "a zip archive (perhaps a PyTorch checkpoint or a Python wheel); unpack it or convert it to GGUF"
        }
        [0x1f, 0x8b, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..] | [0xfd, b'7', b'z', b'X', b'Z', ..] => {
            "a compressed file; unpack it"
        }
        [0x80, 2..=5, ..] => "a Python pickle (perhaps a PyTorch checkpoint); convert it to GGUF",
        [b'l' | b'f', b'm', b'g', b'g', ..] | [b't', b'j', b'g', b'g', ..] | [b'a', b'l', b'g', b'g', ..] => {
            "a GGML file, as used before GGUF; download the model as GGUF"
        }
        _ if is_safetensors(bytes) => "a safetensors file; convert it to GGUF, or download the model as GGUF",
        [0x7f, b'E', b'L', b'F', ..] | [b'M', b'Z', ..] => "a program; name a .gguf file",
        _ if begins("{") || begins("[") => "JSON (perhaps an error message of a server); name a .gguf file",
        _ => "something else; name a .gguf file, or download it again if it should be one",
    }
}

/// A safetensors file begins with the length of a JSON object, and the object.
fn is_safetensors(bytes: &[u8]) -> bool {
    let Some((length, rest)) = bytes.split_first_chunk::<8>() else {
        return false;
    };
    let length = u64::from_le_bytes(*length);
    rest.first() == Some(&b'{') && (2..100_000_000).contains(&length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_mistakes_are_recognised() {
        let safetensors = [&40_u64.to_le_bytes()[..], br#"{"a":{"dtype":"F32","shape":[1]"#].concat();
        let cases: [(&[u8], &str); 10] = [
            (b"", "empty"),
            (&[0; 100], "zeros"),
            (b"\n<!DOCTYPE html><html>", "web page"),
            (b"<HTML><body>", "web page"),
            (b"version https://git-lfs.github.com/spec/v1\noid", "LFS"),
            (b"PK\x03\x04rest", "zip"),
            (b"tjgg\x03\0\0\0", "GGML"),
            (&safetensors, "safetensors"),
            (br#"{"error":"Repository not found"}"#, "JSON"),
            (b"some words", "something else"),
        ];
        for (bytes, expected) in cases {
            let found = describe(bytes);
            assert!(found.contains(expected), "{found:?} for {expected}");
        }
    }
}
