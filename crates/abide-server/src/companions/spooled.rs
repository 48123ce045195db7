//! Bodies that need not fit into memory. Must not know what is in them.

use std::io::Write as _;

use abide_companion::spool::{Spool, SpoolWriter};
use axum::body::Body;
use http_body_util::BodyExt as _;

use crate::{ApiError, ErrorKind};

/// Takes a body in, and counts its bytes; `bytes_max` at most.
pub async fn spooled(mut body: Body, bytes_max: u64) -> Result<(Spool, u64), ApiError> {
    let failed = |error: std::io::Error| {
        tracing::error!(%error, "a body could not be kept");
        ApiError::new(ErrorKind::Internal, "the body could not be kept; the server's log says why")
    };
    let mut writer = SpoolWriter::new().map_err(failed)?;
    let mut bytes = 0_u64;
    while let Some(frame) = body.frame().await {
        let frame =
            frame.map_err(|_| ApiError::new(ErrorKind::Invalid, "the body broke off before its end"))?;
        let Ok(data) = frame.into_data() else { continue };
        bytes += data.len() as u64;
        if bytes > bytes_max {
            let message = format!("the body is larger than the {bytes_max} bytes that are allowed");
            return Err(ApiError::new(ErrorKind::TooLarge, message));
        }
        writer.write_all(&data).map_err(failed)?;
    }
    Ok((writer.finish().map_err(failed)?, bytes))
}
