//! What a lake says about settings that S3 has and one user's own disk has no use for: the defaults of a new bucket, and no others.

use s3s::dto::{
    AccessControlPolicy, BucketCannedACL, GetBucketAclInput, GetBucketAclOutput, GetBucketLifecycleConfigurationInput,
    GetBucketLifecycleConfigurationOutput, GetBucketOwnershipControlsInput, GetBucketOwnershipControlsOutput, GetBucketPolicyInput,
    GetBucketPolicyOutput, GetBucketReplicationInput, GetBucketReplicationOutput, GetBucketRequestPaymentInput,
    GetBucketRequestPaymentOutput, GetBucketWebsiteInput, GetBucketWebsiteOutput, GetObjectAclInput, GetObjectAclOutput,
    GetObjectLockConfigurationInput, GetObjectLockConfigurationOutput, GetPublicAccessBlockInput, GetPublicAccessBlockOutput, Grant,
    Grantee, ObjectCannedACL, ObjectOwnership, OwnershipControls, OwnershipControlsRule, Payer, Permission, PublicAccessBlockConfiguration,
    PutBucketAclInput, PutBucketAclOutput, PutObjectAclInput, PutObjectAclOutput, SelectObjectContentInput, SelectObjectContentOutput,
    Type,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use crate::lake::storage::Store;

use super::buckets::check;
use super::convert::{blocking, bucket, owner};

fn grants() -> Vec<Grant> {
    let owner = owner();
    let grantee = Grantee {
        id: owner.id,
        display_name: owner.display_name,
        email_address: None,
        type_: Type::from_static(Type::CANONICAL_USER),
        uri: None,
    };
    vec![Grant { grantee: Some(grantee), permission: Some(Permission::from_static(Permission::FULL_CONTROL)) }]
}

/// Only the owner's own full control can be set: it is what there is.
pub(super) fn check_acl(canned: Option<&str>, policy: Option<&AccessControlPolicy>, any_grant: bool) -> S3Result<()> {
    let private = canned.is_none_or(|canned| canned == "private" || canned == "bucket-owner-full-control");
    let own = policy.and_then(|policy| policy.grants.as_ref()).is_none_or(|grants| *grants == self::grants());
    if private && own && !any_grant { Ok(()) } else { Err(s3_error!(AccessControlListNotSupported, "The bucket does not allow ACLs")) }
}

pub(super) async fn get_bucket_acl(store: &Store, request: S3Request<GetBucketAclInput>) -> S3Result<S3Response<GetBucketAclOutput>> {
    check(store, &request.input.bucket).await?;
    Ok(S3Response::new(GetBucketAclOutput { grants: Some(grants()), owner: Some(owner()) }))
}

pub(super) async fn put_bucket_acl(store: &Store, request: S3Request<PutBucketAclInput>) -> S3Result<S3Response<PutBucketAclOutput>> {
    let input = request.input;
    check(store, &input.bucket).await?;
    let granted = [input.grant_full_control, input.grant_read, input.grant_read_acp, input.grant_write, input.grant_write_acp];
    check_acl(input.acl.as_ref().map(BucketCannedACL::as_str), input.access_control_policy.as_ref(), granted.iter().any(Option::is_some))?;
    Ok(S3Response::new(PutBucketAclOutput::default()))
}

pub(super) async fn get_object_acl(store: &Store, request: S3Request<GetObjectAclInput>) -> S3Result<S3Response<GetObjectAclOutput>> {
    let (store, bucket) = (store.clone(), bucket(&request.input.bucket)?);
    blocking(move || store.head(&bucket, &request.input.key)).await?;
    Ok(S3Response::new(GetObjectAclOutput { grants: Some(grants()), owner: Some(owner()), ..GetObjectAclOutput::default() }))
}

pub(super) async fn put_object_acl(store: &Store, request: S3Request<PutObjectAclInput>) -> S3Result<S3Response<PutObjectAclOutput>> {
    let input = request.input;
    let (store, bucket) = (store.clone(), bucket(&input.bucket)?);
    let key = input.key;
    blocking(move || store.head(&bucket, &key)).await?;
    let granted = [input.grant_full_control, input.grant_read, input.grant_read_acp, input.grant_write, input.grant_write_acp];
    check_acl(input.acl.as_ref().map(ObjectCannedACL::as_str), input.access_control_policy.as_ref(), granted.iter().any(Option::is_some))?;
    Ok(S3Response::new(PutObjectAclOutput::default()))
}

pub(super) async fn ownership(
    store: &Store,
    request: S3Request<GetBucketOwnershipControlsInput>,
) -> S3Result<S3Response<GetBucketOwnershipControlsOutput>> {
    check(store, &request.input.bucket).await?;
    let rule = OwnershipControlsRule { object_ownership: ObjectOwnership::from_static(ObjectOwnership::BUCKET_OWNER_ENFORCED) };
    Ok(S3Response::new(GetBucketOwnershipControlsOutput { ownership_controls: Some(OwnershipControls { rules: vec![rule] }) }))
}

pub(super) async fn public_access(
    store: &Store,
    request: S3Request<GetPublicAccessBlockInput>,
) -> S3Result<S3Response<GetPublicAccessBlockOutput>> {
    check(store, &request.input.bucket).await?;
    let public_access_block_configuration = Some(PublicAccessBlockConfiguration {
        block_public_acls: Some(true),
        block_public_policy: Some(true),
        ignore_public_acls: Some(true),
        restrict_public_buckets: Some(true),
    });
    Ok(S3Response::new(GetPublicAccessBlockOutput { public_access_block_configuration }))
}

pub(super) async fn payment(
    store: &Store,
    request: S3Request<GetBucketRequestPaymentInput>,
) -> S3Result<S3Response<GetBucketRequestPaymentOutput>> {
    check(store, &request.input.bucket).await?;
    Ok(S3Response::new(GetBucketRequestPaymentOutput { payer: Some(Payer::from_static(Payer::BUCKET_OWNER)) }))
}

/// Settings that a bucket does not have until somebody sets them, which nobody can here; and S3 Select, which AWS has closed to new accounts.
macro_rules! absent {
    ($($name:ident($input:ident) -> $output:ident: $code:ident, $message:literal;)*) => {
        $(pub(super) async fn $name(store: &Store, request: S3Request<$input>) -> S3Result<S3Response<$output>> {
            check(store, &request.input.bucket).await?;
            Err(s3_error!($code, $message))
        })*
    };
}

absent! {
    select(SelectObjectContentInput) -> SelectObjectContentOutput:
        MethodNotAllowed, "The specified method is not allowed against this resource.";
    policy(GetBucketPolicyInput) -> GetBucketPolicyOutput: NoSuchBucketPolicy, "The bucket policy does not exist";
    lifecycle(GetBucketLifecycleConfigurationInput) -> GetBucketLifecycleConfigurationOutput:
        NoSuchLifecycleConfiguration, "The lifecycle configuration does not exist";
    website(GetBucketWebsiteInput) -> GetBucketWebsiteOutput:
        NoSuchWebsiteConfiguration, "The specified bucket does not have a website configuration";
    replication(GetBucketReplicationInput) -> GetBucketReplicationOutput:
        ReplicationConfigurationNotFoundError, "The replication configuration was not found";
    object_lock(GetObjectLockConfigurationInput) -> GetObjectLockConfigurationOutput:
        ObjectLockConfigurationNotFoundError, "Object Lock configuration does not exist for this bucket";
}
