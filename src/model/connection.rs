//! Which lake is meant: the local one, an account of the shared AWS configuration, the environment, or an endpoint of one's own.

use serde::{Deserialize, Serialize};

/// A lake that can be connected to. Fairlake stores no secret: all but the local lake name where the keys come from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Connection {
    /// The embedded lake on this computer.
    #[default]
    Local,
    /// A profile of the shared AWS configuration; the AWS_* environment is ignored.
    Profile(String),
    /// Whatever the AWS_* environment says.
    Environment,
    /// An endpoint of one's own, with the keys of a profile.
    Endpoint {
        /// The endpoint, such as `http://127.0.0.1:9000`.
        url: String,
        /// The profile whose keys are used.
        profile: String,
    },
}

/// What a connection stands for, kept in sight on screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionInfo {
    /// The connection itself.
    pub connection: Connection,
    /// The account id that STS answers.
    pub account: String,
    /// The identity's ARN.
    pub arn: String,
    /// The region.
    pub region: String,
    /// The endpoint, for a local lake and endpoints of one's own.
    pub endpoint: Option<String>,
    /// The folder of a local lake.
    pub folder: Option<String>,
}
