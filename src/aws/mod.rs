//! The AWS clients of one connection: S3, Glue, Athena and STS, with the keys, region and endpoint that the connection stands for.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls::Provider as TlsProvider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use futures::FutureExt;

pub mod athena;
pub mod crawlers;
pub mod error;
pub mod glue;
pub mod profiles;
pub mod s3;
pub mod upload;

pub use error::{Error, Kind};
pub use upload::Upload;

/// The region of a connection that names none.
pub const DEFAULT_REGION: &str = "us-east-1";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Where a connection's keys and endpoint come from, once the local lake is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// A lake whose endpoint and keys are known.
    Keys(Keys),
    /// A profile of the shared configuration. The AWS_* environment is ignored, but for the places of the configuration files.
    Profile(String),
    /// Whatever the AWS_* environment says, as the AWS CLI reads it.
    Environment,
    /// An endpoint of one's own with the keys of a profile.
    Endpoint {
        /// The endpoint's URL.
        url: String,
        /// The profile whose keys are used.
        profile: String,
    },
}

/// An endpoint with its keys.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    /// The endpoint of all services, such as `http://127.0.0.1:41234`.
    pub endpoint: String,
    /// The region.
    pub region: String,
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key; never printed.
    pub secret_access_key: String,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").field("endpoint", &self.endpoint).field("region", &self.region).finish_non_exhaustive()
    }
}

/// Who the keys belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The account id.
    pub account: String,
    /// The identity's ARN.
    pub arn: String,
}

/// The clients of one connection. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Clients {
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) glue: aws_sdk_glue::Client,
    pub(crate) athena: aws_sdk_athena::Client,
    sts: aws_sdk_sts::Client,
    region: String,
    endpoint: Option<String>,
    unfinished: Arc<Mutex<Vec<upload::Unfinished>>>,
}

impl Clients {
    /// Makes the clients. Nothing is sent yet; a profile's files are read.
    ///
    /// # Errors
    /// [`Kind::NoProfile`] when the profile does not exist, [`Kind::Configuration`] when the files cannot be read or the environment would
    /// lead the profile's sign-in elsewhere.
    pub async fn connect(access: &Access, region: Option<&str>) -> Result<Self, Error> {
        match access {
            Access::Keys(keys) => {
                let credentials = Credentials::new(&keys.access_key_id, &keys.secret_access_key, None, None, "lake");
                let credentials = SharedCredentialsProvider::new(credentials);
                let retry = attempts(2, Duration::from_millis(50));
                let config = config(region.unwrap_or(&keys.region), credentials, Some(&keys.endpoint), retry);
                Ok(Self::new(&config, Some(keys.endpoint.clone())))
            }
            Access::Profile(name) => Self::of_profile(name, None, region).await,
            Access::Endpoint { url, profile } => Self::of_profile(profile, Some(url), region).await,
            Access::Environment => Ok(Self::of_environment(region).await),
        }
    }

    async fn of_profile(name: &str, url: Option<&str>, region: Option<&str>) -> Result<Self, Error> {
        let facts = profiles::facts(name).await?;
        if facts.signs_in
            && let Some(variable) = profiles::endpoint_in_environment()
        {
            // The SDK's sign-in clients would follow the variable and send the session's token there.
            return Err(Error::configuration(format!(
                "{variable} is set in the environment and would redirect the sign-in of profile '{name}'"
            )));
        }
        let region = region.or(facts.region.as_deref()).unwrap_or(DEFAULT_REGION);
        let endpoint = url.or(facts.endpoint.as_deref());
        let provider = ProviderConfig::without_region().with_region(Some(Region::new(region.to_owned()))).with_http_client(http_client());
        let credentials = ProfileFileCredentialsProvider::builder().configure(&provider).profile_name(name).build();
        let config = config(region, SharedCredentialsProvider::new(credentials), endpoint, attempts(4, Duration::from_millis(200)));
        Ok(Self::new(&config, endpoint.map(str::to_owned)))
    }

    async fn of_environment(region: Option<&str>) -> Self {
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http_client())
            .retry_config(attempts(4, Duration::from_millis(200)))
            .timeout_config(timeouts());
        if let Some(region) = region {
            loader = loader.region(Region::new(region.to_owned()));
        }
        let mut config = loader.load().await;
        if config.region().is_none() {
            config = config.into_builder().region(Region::new(DEFAULT_REGION)).build();
        }
        let endpoint = std::env::var("AWS_ENDPOINT_URL_S3").ok().or_else(|| config.endpoint_url().map(str::to_owned));
        Self::new(&config, endpoint)
    }

    fn new(config: &SdkConfig, endpoint: Option<String>) -> Self {
        let s3 = aws_sdk_s3::config::Builder::from(config)
            // Only AWS itself resolves `bucket.endpoint`; every other server is asked by path.
            .force_path_style(endpoint.is_some())
            // A part of an upload may take minutes on a slow line; the SDK's guard ends a stream that does not move.
            .timeout_config(TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).build())
            .build();
        Self {
            s3: aws_sdk_s3::Client::from_conf(s3),
            glue: aws_sdk_glue::Client::new(config),
            athena: aws_sdk_athena::Client::new(config),
            sts: aws_sdk_sts::Client::new(config),
            region: config.region().map_or_else(|| DEFAULT_REGION.to_owned(), ToString::to_string),
            endpoint,
            unfinished: Arc::default(),
        }
    }

    /// The region of all requests.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The endpoint, when it is not AWS's own.
    #[must_use]
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// Asks STS who the keys belong to.
    pub async fn identity(&self) -> Result<Identity, Error> {
        let answer = self.sts.get_caller_identity().send().boxed().await.map_err(|e| Error::new("GetCallerIdentity", &e))?;
        Ok(Identity { account: answer.account.unwrap_or_default(), arn: answer.arn.unwrap_or_default() })
    }
}

fn http_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().tls_provider(TlsProvider::Rustls(CryptoMode::Ring)).build_https()
}

fn attempts(most: u32, first_wait: Duration) -> RetryConfig {
    RetryConfig::standard().with_max_attempts(most).with_initial_backoff(first_wait).with_max_backoff(Duration::from_secs(5))
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).operation_attempt_timeout(Duration::from_mins(1)).build()
}

/// A configuration built part by part, so that nothing of the environment gets into it.
fn config(region: &str, credentials: SharedCredentialsProvider, endpoint: Option<&str>, retry: RetryConfig) -> SdkConfig {
    let mut builder = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .credentials_provider(credentials)
        .identity_cache(IdentityCache::lazy().build())
        .http_client(http_client())
        .retry_config(retry)
        .timeout_config(timeouts());
    builder.set_endpoint_url(endpoint.map(str::to_owned));
    builder.build()
}
