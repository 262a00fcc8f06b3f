//! Encryption as S3 states it. The lake keeps plain files on the user's own disk and encrypts none of them: what a request or a bucket declares is recorded
//! and given back, as clients compare it. Keys that would have to be used rather than stated are refused.

use http::{HeaderMap, Method, StatusCode};
use s3s::dto::{
    DeleteBucketEncryptionInput, DeleteBucketEncryptionOutput, GetBucketEncryptionInput, GetBucketEncryptionOutput,
    PutBucketEncryptionInput, PutBucketEncryptionOutput, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule,
};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result, s3_error};

use crate::lake::storage::{Encryption, Store};
use crate::lake::{ACCOUNT, REGION};

use super::convert::{blocking, bucket};

/// The header that names a method.
const METHOD: &str = "x-amz-server-side-encryption";

/// The header that names a key of the key service.
const KEY: &str = "x-amz-server-side-encryption-aws-kms-key-id";

/// What stands for the key that AWS manages for S3 (`aws/s3`), where a key is wanted and none is named.
const MANAGED_KEY: &str = "0a73e3c1-6a3f-4f0e-9b0c-5f6d7c8e9a10";

/// Whether a request asks for an encryption that can be stated.
///
/// # Errors
/// What S3 says to keys of the client's own over plain HTTP, to methods that it does not know and to keys that cannot be.
pub(super) fn check(method: &Method, headers: &HeaderMap) -> S3Result<()> {
    let own = |name: &http::HeaderName| {
        name.as_str().starts_with("x-amz-server-side-encryption-customer")
            || name.as_str().starts_with("x-amz-copy-source-server-side-encryption-customer")
    };
    if headers.keys().any(own) {
        return Err(s3_error!(
            InvalidRequest,
            "Requests specifying Server Side Encryption with Customer provided keys must be made over a secure connection."
        ));
    }
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(name) = [METHOD, KEY].into_iter().find(|name| headers.contains_key(*name))
        && (*method == Method::GET || *method == Method::HEAD)
    {
        return Err(s3_error!(InvalidArgument, "{name} header is not supported for this operation."));
    }
    let algorithm = text(METHOD);
    if algorithm.is_some_and(|algorithm| !is_known(algorithm)) {
        return Err(s3_error!(InvalidArgument, "The encryption method specified is not supported"));
    }
    match text(KEY) {
        Some(_) if !algorithm.is_some_and(uses_key) => Err(s3_error!(
            InvalidArgument,
            "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms"
        )),
        Some(key) => check_key(key),
        None => Ok(()),
    }
}

fn is_known(algorithm: &str) -> bool {
    algorithm == ServerSideEncryption::AES256 || uses_key(algorithm)
}

fn uses_key(algorithm: &str) -> bool {
    [ServerSideEncryption::AWS_KMS, ServerSideEncryption::AWS_KMS_DSSE].contains(&algorithm)
}

/// Whether this can name a key: its id, an alias, or the ARN of either. There is no key service to ask whether there is such a key.
fn check_key(key: &str) -> S3Result<()> {
    let named = match key.strip_prefix("arn:aws:kms:") {
        // What follows is the region and the account.
        Some(rest) => {
            rest.splitn(3, ':').nth(2).and_then(|named| named.strip_prefix("key/").or(named.starts_with("alias/").then_some(named)))
        }
        None => Some(key),
    };
    let is_id = |id: &str| {
        let multi_region = id.strip_prefix("mrk-").is_some_and(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
        multi_region || (id.len() == 36 && uuid::Uuid::try_parse(id).is_ok())
    };
    let is_alias = |alias: &str| {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte);
        alias.strip_prefix("alias/").is_some_and(|name| !name.is_empty() && name.len() <= 250 && name.bytes().all(legal))
    };
    if named.is_some_and(|named| is_id(named) || is_alias(named)) {
        return Ok(());
    }
    let mut refused = S3Error::with_message(S3ErrorCode::Custom("KMS.NotFoundException".into()), format!("Invalid keyId '{key}'"));
    refused.set_status_code(StatusCode::BAD_REQUEST);
    Err(refused)
}

/// What is stated of an object: the method, the key's ARN, and whether a key of the bucket is used.
pub(super) fn stated(encryption: Option<&Encryption>) -> (ServerSideEncryption, Option<String>, Option<bool>) {
    let Some(encryption) = encryption else { return (ServerSideEncryption::from_static(ServerSideEncryption::AES256), None, None) };
    let key = uses_key(&encryption.algorithm).then(|| match encryption.kms_key.as_deref() {
        Some(arn) if arn.starts_with("arn:") => arn.to_owned(),
        Some(alias) if alias.starts_with("alias/") => format!("arn:aws:kms:{REGION}:{ACCOUNT}:{alias}"),
        id => format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{}", id.unwrap_or(MANAGED_KEY)),
    });
    (ServerSideEncryption::from(encryption.algorithm.clone()), key, encryption.bucket_key.then_some(true))
}

/// Puts what is stated of an object's encryption into an answer that has these fields.
macro_rules! put_encryption {
    ($output:expr, $encryption:expr) => {{
        let (method, key, bucket_key) = $crate::lake::s3::encryption::stated($encryption.as_ref());
        $output.server_side_encryption = Some(method);
        $output.ssekms_key_id = key;
        $output.bucket_key_enabled = bucket_key;
    }};
}
pub(super) use put_encryption;

pub(super) async fn get(store: &Store, request: S3Request<GetBucketEncryptionInput>) -> S3Result<S3Response<GetBucketEncryptionOutput>> {
    let (store, bucket) = (store.clone(), bucket(&request.input.bucket)?);
    let encryption = blocking(move || store.bucket_settings(&bucket)).await?.encryption;
    // Every bucket has had this one since January 2023.
    let encryption =
        encryption.unwrap_or_else(|| Encryption { algorithm: ServerSideEncryption::AES256.to_owned(), ..Encryption::default() });
    let rule = ServerSideEncryptionRule {
        bucket_key_enabled: Some(encryption.bucket_key),
        apply_server_side_encryption_by_default: Some(ServerSideEncryptionByDefault {
            kms_master_key_id: encryption.kms_key,
            sse_algorithm: ServerSideEncryption::from(encryption.algorithm),
        }),
    };
    let server_side_encryption_configuration = Some(ServerSideEncryptionConfiguration { rules: vec![rule] });
    Ok(S3Response::new(GetBucketEncryptionOutput { server_side_encryption_configuration }))
}

pub(super) async fn put(store: &Store, request: S3Request<PutBucketEncryptionInput>) -> S3Result<S3Response<PutBucketEncryptionOutput>> {
    let (store, bucket) = (store.clone(), bucket(&request.input.bucket)?);
    let encryption = default_of(request.input.server_side_encryption_configuration)?;
    blocking(move || store.update_bucket(&bucket, |settings| settings.encryption = Some(encryption))).await?;
    Ok(S3Response::new(PutBucketEncryptionOutput::default()))
}

pub(super) async fn delete(
    store: &Store,
    request: S3Request<DeleteBucketEncryptionInput>,
) -> S3Result<S3Response<DeleteBucketEncryptionOutput>> {
    let (store, bucket) = (store.clone(), bucket(&request.input.bucket)?);
    blocking(move || store.update_bucket(&bucket, |settings| settings.encryption = None)).await?;
    Ok(S3Response::with_status(DeleteBucketEncryptionOutput::default(), StatusCode::NO_CONTENT))
}

/// The one rule that a bucket may have.
fn default_of(configuration: ServerSideEncryptionConfiguration) -> S3Result<Encryption> {
    let mut rules = configuration.rules.into_iter();
    let (Some(rule), None) = (rules.next(), rules.next()) else {
        return Err(s3_error!(MalformedXML, "The XML you provided was not well-formed or did not validate against our published schema"));
    };
    let bucket_key = rule.bucket_key_enabled.unwrap_or(false);
    let Some(default) = rule.apply_server_side_encryption_by_default else {
        return Ok(Encryption { algorithm: ServerSideEncryption::AES256.to_owned(), bucket_key, ..Encryption::default() });
    };
    let algorithm = default.sse_algorithm.as_str().to_owned();
    if !is_known(&algorithm) {
        return Err(s3_error!(MalformedXML, "The XML you provided was not well-formed or did not validate against our published schema"));
    }
    let kms_key = default.kms_master_key_id.filter(|key| !key.is_empty());
    if kms_key.is_some() && !uses_key(&algorithm) {
        return Err(s3_error!(
            InvalidArgument,
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse"
        ));
    }
    kms_key.as_deref().map(check_key).transpose()?;
    Ok(Encryption { algorithm, kms_key, bucket_key })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

    fn ask(method: &Method, headers: &[(&'static str, &str)]) -> Result<(), String> {
        let headers = headers.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap())).collect();
        check(method, &headers).map_err(|error| error.code().as_str().to_owned())
    }

    #[test]
    fn what_can_be_stated_is_let_in() {
        let arn = format!("arn:aws:kms:us-east-1:000000000000:key/{ID}");
        for key in [ID, "mrk-1234abcd12ab34cd56ef1234567890ab", "alias/my/key_1", &arn, "arn:aws:kms:us-east-1:000000000000:alias/x"] {
            assert_eq!(ask(&Method::PUT, &[(METHOD, "aws:kms"), (KEY, key)]), Ok(()), "{key}");
        }
        assert_eq!(ask(&Method::PUT, &[]), Ok(()));
        assert_eq!(ask(&Method::GET, &[]), Ok(()));
        for method in ["AES256", "aws:kms", "aws:kms:dsse"] {
            assert_eq!(ask(&Method::PUT, &[(METHOD, method)]), Ok(()));
            assert_eq!(ask(&Method::GET, &[(METHOD, method)]), Err("InvalidArgument".to_owned()));
        }
        for key in ["key", "", "alias/", "alias/a b", "arn:aws:kms:us-east-1:000000000000:x/y", "arn:aws:kms:a", "../../credentials"] {
            assert_eq!(ask(&Method::PUT, &[(METHOD, "aws:kms"), (KEY, key)]), Err("KMS.NotFoundException".to_owned()), "{key}");
        }
        assert_eq!(ask(&Method::PUT, &[(METHOD, "AES256"), (KEY, ID)]), Err("InvalidArgument".to_owned()));
        assert_eq!(ask(&Method::PUT, &[(KEY, ID)]), Err("InvalidArgument".to_owned()));
        assert_eq!(ask(&Method::PUT, &[(METHOD, "rot13")]), Err("InvalidArgument".to_owned()));
        for name in ["x-amz-server-side-encryption-customer-algorithm", "x-amz-copy-source-server-side-encryption-customer-key"] {
            assert_eq!(ask(&Method::GET, &[(name, "AES256")]), Err("InvalidRequest".to_owned()));
        }
    }

    #[test]
    fn keys_are_stated_by_their_arns() {
        let key = |key: Option<&str>| {
            let encryption = Encryption { algorithm: "aws:kms".to_owned(), kms_key: key.map(str::to_owned), bucket_key: true };
            stated(Some(&encryption)).1.unwrap()
        };
        assert_eq!(key(Some(ID)), format!("arn:aws:kms:us-east-1:000000000000:key/{ID}"));
        assert_eq!(key(Some("alias/a")), "arn:aws:kms:us-east-1:000000000000:alias/a");
        assert_eq!(key(Some("arn:aws:kms:eu-west-1:1:key/k")), "arn:aws:kms:eu-west-1:1:key/k");
        assert_eq!(key(None), format!("arn:aws:kms:us-east-1:000000000000:key/{MANAGED_KEY}"));
        let (method, key, bucket_key) = stated(None);
        assert_eq!((method.as_str(), key, bucket_key), ("AES256", None, None));
    }
}
