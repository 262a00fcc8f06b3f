//! The key of a lake, in its folder.

use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::lake::LakeError;

/// The key of a lake, kept in its folder in the form of the shared AWS configuration.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The access key id.
    pub access_key_id: String,
    /// The secret, which goes into no log.
    pub secret_access_key: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

impl Credentials {
    /// The key of the lake in `root`.
    ///
    /// # Errors
    /// [`LakeError::Io`] when there is none, [`LakeError::Damaged`] for a file of another form.
    pub fn read(root: &Path) -> Result<Self, LakeError> {
        let path = root.join("credentials");
        let text = std::fs::read_to_string(&path).map_err(|error| LakeError::io(&path, error))?;
        let value = |name: &str| {
            text.lines()
                .filter_map(|line| line.split_once('='))
                .find(|(key, _)| key.trim() == name)
                .map(|(_, value)| value.trim().to_owned())
        };
        match (value("aws_access_key_id"), value("aws_secret_access_key")) {
            (Some(access_key_id), Some(secret_access_key)) if !access_key_id.is_empty() && !secret_access_key.is_empty() => {
                Ok(Self { access_key_id, secret_access_key })
            }
            _ => Err(LakeError::Damaged { path, reason: "it holds no aws_access_key_id and aws_secret_access_key".to_owned() }),
        }
    }

    /// The key of the lake in `root`, which is made, readable for its user alone, when there is none.
    pub fn read_or_create(root: &Path) -> Result<Self, LakeError> {
        match Self::read(root) {
            Err(LakeError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {}
            read => return read,
        }
        let id = hex::encode_upper(random().get(..6).unwrap_or_default());
        let secret = URL_SAFE_NO_PAD.encode(random().get(..30).unwrap_or_default());
        let made = Self { access_key_id: format!("FAIRLAKE{id}"), secret_access_key: secret };
        let failed = |error| LakeError::io(root.join("credentials"), error);
        // Such files are made readable for their owner alone.
        let mut file = tempfile::NamedTempFile::new_in(root).map_err(failed)?;
        write!(file, "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n", made.access_key_id, made.secret_access_key)
            .map_err(failed)?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist_noclobber(root.join("credentials")).map_err(|error| failed(error.error))?;
        Ok(made)
    }
}

/// 256 bits that nobody can guess: what UUIDs take from the operating system, without the bits that are the same in all of them.
fn random() -> [u8; 32] {
    let mut digest = Sha256::new();
    for _ in 0..3 {
        digest.update(uuid::Uuid::new_v4().as_bytes());
    }
    digest.finalize().into()
}
