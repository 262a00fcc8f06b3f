//! The profiles of the shared AWS configuration: their names, and what a connection needs to know of one.

use std::borrow::Cow;

use aws_config::profile::{ProfileSet, load};

use super::Error;

/// What a connection needs to know of a profile beside its keys.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// Its region.
    pub(super) region: Option<String>,
    /// Its `endpoint_url`.
    pub(super) endpoint: Option<String>,
    /// Whether its keys come from a service (SSO, a role) rather than from the files.
    pub(super) signs_in: bool,
}

/// The names of all profiles in the shared configuration and credentials files, in order. None when there are no files.
///
/// # Errors
/// [`super::Kind::Configuration`] when a file cannot be read or is malformed.
pub async fn list_profiles() -> Result<Vec<String>, Error> {
    let set = read(None).await?;
    let mut names: Vec<String> = set.profiles().filter(|name| set.get_profile(name).is_some()).map(str::to_owned).collect();
    names.sort_unstable();
    Ok(names)
}

/// Reads one profile.
pub(super) async fn facts(name: &str) -> Result<Facts, Error> {
    let set = read(Some(name)).await?;
    let profile = set.get_profile(name).ok_or_else(|| Error::no_profile(name))?;
    let mut facts = Facts {
        region: profile.get("region").map(str::to_owned),
        endpoint: profile.get("endpoint_url").map(str::to_owned),
        signs_in: false,
    };
    facts.signs_in = ["role_arn", "sso_session", "sso_start_url", "login_session"].iter().any(|key| profile.get(key).is_some());
    Ok(facts)
}

/// The first variable of the environment that would redirect a sign-in, if any.
pub(super) fn endpoint_in_environment() -> Option<&'static str> {
    ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_SIGNIN"]
        .into_iter()
        .find(|variable| std::env::var_os(variable).is_some())
}

#[expect(clippy::default_trait_access, reason = "the file system, environment and places have types of a crate that is no dependency here")]
async fn read(name: Option<&str>) -> Result<ProfileSet, Error> {
    load(&Default::default(), &Default::default(), &Default::default(), name.map(|name| Cow::Owned(name.to_owned())))
        .await
        .map_err(|error| Error::configuration(super::error::chain(&error)))
}
