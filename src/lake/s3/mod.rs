//! S3 over the lake's storage: the `s3s` crate does routing, signatures and XML, this room does the operations.

mod body;
mod buckets;
mod convert;
mod cors;
mod encryption;
mod form;
mod front;
mod intake;
mod listing;
mod objects;
mod policy;
mod post;
mod settings;
mod tagging;
mod uploads;

use std::sync::Arc;

use async_trait::async_trait;
use http::{HeaderMap, Method};
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::SimpleAuth;
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{S3, S3Request, S3Response, S3Result, dto, s3_error};

use crate::lake::auth::Credentials;
use crate::lake::storage::Store;
use crate::lake::{ACCOUNT, REGION};

pub(super) use front::Front;

/// The biggest request body that is held in memory: lists of keys, parts and tags.
const BIGGEST_XML: usize = 4 * 1024 * 1024;

/// S3 over this storage, for whoever has these credentials.
fn service(store: Store, credentials: &Credentials) -> S3Service {
    let mut config = S3Config::default();
    config.xml_max_body_size = BIGGEST_XML;
    let config = Arc::new(StaticConfigProvider::new(Arc::new(config)));
    let mut within = S3ServiceBuilder::new(Operations { store: store.clone(), let_in: true });
    within.set_config(config.clone());
    let mut builder = S3ServiceBuilder::new(Operations { store, let_in: false });
    builder.set_auth(SimpleAuth::from_single(credentials.access_key_id.clone(), credentials.secret_access_key.clone()));
    builder.set_access(OwnerOnly);
    builder.set_route(intake::Intake { within: within.build() });
    builder.set_config(config);
    builder.build()
}

/// The lake's user may do everything, and nobody else anything.
struct OwnerOnly;

#[async_trait]
impl S3Access for OwnerOnly {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        let_in(context.credentials(), context.method(), context.headers())
    }
}

/// Whether a request was signed, expects no other owner, and asks for nothing that cannot be.
fn let_in(credentials: Option<&s3s::auth::Credentials>, method: &Method, headers: &HeaderMap) -> S3Result<()> {
    let expects_another = |name| headers.get(name).is_some_and(|owner| owner != ACCOUNT);
    if credentials.is_none() || expects_another("x-amz-expected-bucket-owner") || expects_another("x-amz-source-expected-bucket-owner") {
        return Err(s3_error!(AccessDenied, "Access Denied"));
    }
    encryption::check(method, headers)
}

struct Operations {
    store: Store,
    /// Whether requests come here whose signature and scope have been checked.
    let_in: bool,
}

/// Whether a request was signed for just this service. One of version 2 has no scope, however it came here.
fn check_scope(service: Option<&str>, region: Option<&str>) -> S3Result<()> {
    if service == Some("s3") && region == Some(REGION) {
        Ok(())
    } else {
        Err(s3_error!(AuthorizationHeaderMalformed, "The authorization is not for the service 's3' in the region '{REGION}'"))
    }
}

/// The methods of the trait, each by the function that carries it out.
macro_rules! operations {
    ($($name:ident($input:ident) -> $output:ident: $work:path;)*) => {
        #[async_trait]
        impl S3 for Operations {
            $(async fn $name(&self, request: S3Request<dto::$input>) -> S3Result<S3Response<dto::$output>> {
                if !self.let_in {
                    check_scope(request.service.as_deref(), request.region.as_ref().map(s3s::region::Region::as_str))?;
                }
                $work(&self.store, request).await
            })*
        }
    };
}

operations! {
    list_buckets(ListBucketsInput) -> ListBucketsOutput: listing::buckets;
    create_bucket(CreateBucketInput) -> CreateBucketOutput: buckets::create;
    delete_bucket(DeleteBucketInput) -> DeleteBucketOutput: buckets::delete;
    head_bucket(HeadBucketInput) -> HeadBucketOutput: buckets::head;
    get_bucket_location(GetBucketLocationInput) -> GetBucketLocationOutput: buckets::location;
    get_bucket_versioning(GetBucketVersioningInput) -> GetBucketVersioningOutput: buckets::versioning;
    put_bucket_versioning(PutBucketVersioningInput) -> PutBucketVersioningOutput: buckets::set_versioning;
    list_objects(ListObjectsInput) -> ListObjectsOutput: listing::v1;
    list_objects_v2(ListObjectsV2Input) -> ListObjectsV2Output: listing::v2;
    list_object_versions(ListObjectVersionsInput) -> ListObjectVersionsOutput: listing::versions;
    put_object(PutObjectInput) -> PutObjectOutput: objects::put;
    get_object(GetObjectInput) -> GetObjectOutput: objects::get;
    head_object(HeadObjectInput) -> HeadObjectOutput: objects::head;
    copy_object(CopyObjectInput) -> CopyObjectOutput: objects::copy;
    delete_object(DeleteObjectInput) -> DeleteObjectOutput: objects::delete;
    delete_objects(DeleteObjectsInput) -> DeleteObjectsOutput: objects::delete_all;
    get_object_attributes(GetObjectAttributesInput) -> GetObjectAttributesOutput: objects::attributes;
    get_object_tagging(GetObjectTaggingInput) -> GetObjectTaggingOutput: tagging::get;
    put_object_tagging(PutObjectTaggingInput) -> PutObjectTaggingOutput: tagging::put;
    delete_object_tagging(DeleteObjectTaggingInput) -> DeleteObjectTaggingOutput: tagging::delete;
    get_bucket_tagging(GetBucketTaggingInput) -> GetBucketTaggingOutput: tagging::get_bucket;
    put_bucket_tagging(PutBucketTaggingInput) -> PutBucketTaggingOutput: tagging::put_bucket;
    delete_bucket_tagging(DeleteBucketTaggingInput) -> DeleteBucketTaggingOutput: tagging::delete_bucket;
    get_bucket_acl(GetBucketAclInput) -> GetBucketAclOutput: settings::get_bucket_acl;
    put_bucket_acl(PutBucketAclInput) -> PutBucketAclOutput: settings::put_bucket_acl;
    get_object_acl(GetObjectAclInput) -> GetObjectAclOutput: settings::get_object_acl;
    put_object_acl(PutObjectAclInput) -> PutObjectAclOutput: settings::put_object_acl;
    get_bucket_encryption(GetBucketEncryptionInput) -> GetBucketEncryptionOutput: encryption::get;
    put_bucket_encryption(PutBucketEncryptionInput) -> PutBucketEncryptionOutput: encryption::put;
    delete_bucket_encryption(DeleteBucketEncryptionInput) -> DeleteBucketEncryptionOutput: encryption::delete;
    get_bucket_ownership_controls(GetBucketOwnershipControlsInput) -> GetBucketOwnershipControlsOutput: settings::ownership;
    get_public_access_block(GetPublicAccessBlockInput) -> GetPublicAccessBlockOutput: settings::public_access;
    get_bucket_request_payment(GetBucketRequestPaymentInput) -> GetBucketRequestPaymentOutput: settings::payment;
    select_object_content(SelectObjectContentInput) -> SelectObjectContentOutput: settings::select;
    get_bucket_policy(GetBucketPolicyInput) -> GetBucketPolicyOutput: settings::policy;
    get_bucket_cors(GetBucketCorsInput) -> GetBucketCorsOutput: cors::get;
    put_bucket_cors(PutBucketCorsInput) -> PutBucketCorsOutput: cors::put;
    delete_bucket_cors(DeleteBucketCorsInput) -> DeleteBucketCorsOutput: cors::delete;
    get_bucket_lifecycle_configuration(GetBucketLifecycleConfigurationInput) -> GetBucketLifecycleConfigurationOutput: settings::lifecycle;
    get_bucket_website(GetBucketWebsiteInput) -> GetBucketWebsiteOutput: settings::website;
    get_bucket_replication(GetBucketReplicationInput) -> GetBucketReplicationOutput: settings::replication;
    get_object_lock_configuration(GetObjectLockConfigurationInput) -> GetObjectLockConfigurationOutput: settings::object_lock;
    create_multipart_upload(CreateMultipartUploadInput) -> CreateMultipartUploadOutput: uploads::create;
    upload_part(UploadPartInput) -> UploadPartOutput: uploads::upload_part;
    upload_part_copy(UploadPartCopyInput) -> UploadPartCopyOutput: uploads::upload_part_copy;
    complete_multipart_upload(CompleteMultipartUploadInput) -> CompleteMultipartUploadOutput: uploads::complete;
    abort_multipart_upload(AbortMultipartUploadInput) -> AbortMultipartUploadOutput: uploads::abort;
    list_parts(ListPartsInput) -> ListPartsOutput: uploads::list_parts;
    list_multipart_uploads(ListMultipartUploadsInput) -> ListMultipartUploadsOutput: uploads::list;
}
