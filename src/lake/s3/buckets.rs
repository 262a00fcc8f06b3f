//! Buckets: making, deleting, looking.

use s3s::dto::{
    BucketLocationConstraint, BucketVersioningStatus, CreateBucketInput, CreateBucketOutput, DeleteBucketInput, DeleteBucketOutput,
    GetBucketLocationInput, GetBucketLocationOutput, GetBucketVersioningInput, GetBucketVersioningOutput, HeadBucketInput,
    HeadBucketOutput, PutBucketVersioningInput, PutBucketVersioningOutput,
};
use s3s::{S3Error, S3ErrorCode, S3Request, S3Response, S3Result, s3_error};

use crate::lake::storage::{Store, Versioning};
use crate::lake::{LakeError, REGION};
use crate::model::BucketName;

use super::convert::{blocking, bucket, error};

pub(super) async fn create(store: &Store, request: S3Request<CreateBucketInput>) -> S3Result<S3Response<CreateBucketOutput>> {
    let input = request.input;
    let bucket = bucket(&input.bucket)?;
    let constraint = input.create_bucket_configuration.and_then(|configuration| configuration.location_constraint);
    if let Some(constraint) =
        constraint.as_ref().map(BucketLocationConstraint::as_str).filter(|constraint| !["", REGION].contains(constraint))
    {
        return Err(s3_error!(
            IllegalLocationConstraintException,
            "The {constraint} location constraint is incompatible for the region specific endpoint this request was sent to."
        ));
    }
    let store = store.clone();
    blocking(move || store.create_bucket(&bucket)).await?;
    Ok(S3Response::new(CreateBucketOutput { location: Some(format!("/{}", input.bucket)) }))
}

pub(super) async fn delete(store: &Store, request: S3Request<DeleteBucketInput>) -> S3Result<S3Response<DeleteBucketOutput>> {
    let (store, bucket) = (store.clone(), bucket(&request.input.bucket)?);
    blocking(move || store.delete_bucket(&bucket)).await?;
    Ok(S3Response::new(DeleteBucketOutput::default()))
}

pub(super) async fn head(store: &Store, request: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
    check(store, &request.input.bucket).await?;
    Ok(S3Response::new(HeadBucketOutput { bucket_region: Some(REGION.to_owned()), ..HeadBucketOutput::default() }))
}

pub(super) async fn location(store: &Store, request: S3Request<GetBucketLocationInput>) -> S3Result<S3Response<GetBucketLocationOutput>> {
    check(store, &request.input.bucket).await?;
    // Nothing is said of us-east-1: that is how S3 has always done it.
    Ok(S3Response::new(GetBucketLocationOutput::default()))
}

pub(super) async fn versioning(
    store: &Store,
    request: S3Request<GetBucketVersioningInput>,
) -> S3Result<S3Response<GetBucketVersioningOutput>> {
    let (store, bucket) = (store.clone(), bucket(&request.input.bucket)?);
    let settings = blocking(move || store.bucket_settings(&bucket)).await?;
    let status = match settings.versioning {
        Versioning::Off => None,
        Versioning::Enabled => Some(BucketVersioningStatus::from_static(BucketVersioningStatus::ENABLED)),
        Versioning::Suspended => Some(BucketVersioningStatus::from_static(BucketVersioningStatus::SUSPENDED)),
    };
    Ok(S3Response::new(GetBucketVersioningOutput { status, ..GetBucketVersioningOutput::default() }))
}

pub(super) async fn set_versioning(
    store: &Store,
    request: S3Request<PutBucketVersioningInput>,
) -> S3Result<S3Response<PutBucketVersioningOutput>> {
    let input = request.input;
    let versioning = match input.versioning_configuration.status.as_ref().map(BucketVersioningStatus::as_str) {
        Some(BucketVersioningStatus::ENABLED) => Versioning::Enabled,
        Some(BucketVersioningStatus::SUSPENDED) => Versioning::Suspended,
        _ => {
            let message = "The Versioning element must be specified";
            return Err(S3Error::with_message(S3ErrorCode::IllegalVersioningConfigurationException, message));
        }
    };
    let (store, bucket) = (store.clone(), bucket(&input.bucket)?);
    blocking(move || store.update_bucket(&bucket, move |settings| settings.versioning = versioning)).await?;
    Ok(S3Response::new(PutBucketVersioningOutput::default()))
}

/// The bucket, if it is there.
pub(super) async fn check(store: &Store, name: &str) -> S3Result<BucketName> {
    let (store, bucket) = (store.clone(), bucket(name)?);
    let (there, bucket) = blocking(move || Ok((store.bucket_exists(&bucket)?, bucket))).await?;
    if there { Ok(bucket) } else { Err(error(&LakeError::NoSuchBucket(bucket.to_string()))) }
}
