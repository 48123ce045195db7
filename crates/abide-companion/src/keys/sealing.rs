//! A key sealed under another one. Knows no files, and not what a key is for.

use chacha20poly1305::{AeadInOut as _, KeyInit as _, Tag, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::KEY_BYTES;
use super::error::KeyError;

/// Bytes of a nonce, and of what sealing adds.
pub(super) const NONCE_BYTES: usize = 24;
pub(super) const TAG_BYTES: usize = 16;

/// XChaCha20-Poly1305 of a key.
pub(super) struct Sealed {
    pub(super) nonce: [u8; NONCE_BYTES],
    pub(super) key: [u8; KEY_BYTES],
    pub(super) tag: [u8; TAG_BYTES],
}

/// Seals `key` under `outer`. `purpose` is sealed with it, so that it opens as nothing else.
pub(super) fn seal(
    outer: &[u8; KEY_BYTES],
    purpose: &[u8],
    key: &[u8; KEY_BYTES],
) -> Result<Sealed, KeyError> {
    let mut nonce = [0; NONCE_BYTES];
    getrandom::fill(&mut nonce).map_err(KeyError::Random)?;
    let mut sealed = *key;
    let tag = XChaCha20Poly1305::new(outer.into())
        .encrypt_inout_detached(&XNonce::from(nonce), purpose, sealed.as_mut_slice().into())
        .expect("32 bytes are far below the cipher's limit");
    Ok(Sealed { nonce, key: sealed, tag: tag.into() })
}

/// The key that was sealed; `None` under another key, for another purpose, or if a bit of it was changed.
pub(super) fn open(
    outer: &[u8; KEY_BYTES],
    purpose: &[u8],
    sealed: &Sealed,
) -> Option<Zeroizing<[u8; KEY_BYTES]>> {
    let mut key = Zeroizing::new(sealed.key);
    let (nonce, tag) = (XNonce::from(sealed.nonce), Tag::from(sealed.tag));
    XChaCha20Poly1305::new(outer.into())
        .decrypt_inout_detached(&nonce, purpose, key.as_mut_slice().into(), &tag)
        .ok()?;
    Some(key)
}
