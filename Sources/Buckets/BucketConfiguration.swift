import CCrypto
import Foundation
import JSON
import Transport

/// How a bucket must be set up so that browsers and other clients can read a site in it.
public struct BucketConfiguration: Sendable {
  /// A setting of a bucket, named by the query with which S3 sets it.
  public enum Setting: String, Sendable, CaseIterable {
    /// Who may read.
    case policy
    /// From which pages browsers may read.
    case cors
    /// What becomes of uploads that were never finished.
    case lifecycle
    /// Which page stands for a folder.
    case website
  }

  private let bucket: String

  /// The fields of answers that scripts need: sizes, tags and ranges.
  public static let exposed = [
    "Content-Range", "Content-Length", "ETag", "Content-Encoding", "Accept-Ranges", "Last-Modified",
  ]

  /// Makes the settings of a bucket.
  public init(bucket: String) { self.bucket = bucket }

  /// The document of a setting, JSON or XML.
  ///
  /// Sources: Amazon S3 API Reference (PutBucketPolicy, PutBucketCors,
  /// PutBucketLifecycleConfiguration, PutBucketWebsite).
  public func document(_ setting: Setting) -> String {
    switch setting {
    case .policy: policy.serialized(pretty: true)
    case .cors:
      """
      <CORSConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><CORSRule>
      <AllowedOrigin>*</AllowedOrigin>
      <AllowedMethod>GET</AllowedMethod><AllowedMethod>HEAD</AllowedMethod>
      <AllowedHeader>*</AllowedHeader>
      \(Self.exposed.map { "<ExposeHeader>\($0)</ExposeHeader>" }.joined())
      <MaxAgeSeconds>86400</MaxAgeSeconds>
      </CORSRule></CORSConfiguration>

      """
    case .lifecycle:
      """
      <LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule>
      <ID>cubepress-unfinished</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status>
      <AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation>
      </AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>

      """
    case .website:
      """
      <WebsiteConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
      <IndexDocument><Suffix>index.html</Suffix></IndexDocument></WebsiteConfiguration>

      """
    }
  }

  /// Everybody may read objects, and list: without listing, S3 answers 403 instead of 404 for what is
  /// not there, and clients of Zarr and tiles take that for a failure.
  private var policy: JSONValue {
    [
      "Version": "2012-10-17",
      "Statement": [
        [
          "Sid": "ReadObjects", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
          "Resource": .string("arn:aws:s3:::\(bucket)/*"),
        ],
        [
          "Sid": "AnswerNotFound", "Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket",
          "Resource": .string("arn:aws:s3:::\(bucket)"),
        ],
      ],
    ]
  }
}

extension S3Client {
  /// Sets up the bucket in one respect.
  ///
  /// - Throws: ``BucketError``; of kind `unsupported` or `wrongAnswer` where the server has no such
  ///   setting.
  public func configure(_ setting: BucketConfiguration.Setting) throws(BucketError) {
    let bytes = Array(BucketConfiguration(bucket: address.bucket).document(setting).utf8)
    var call = S3Call("PUT", nil).sending(bytes)
    call.query = [(setting.rawValue, "")]
    // Older servers insist on this hash for settings.
    let sum = Data(bytes.withUnsafeBytes(md5)).base64EncodedString()
    call.fields = [("content-md5", sum)] + Self.checksum(call.bodyHash)
    _ = try perform(call)
  }

  /// Deletes an object; fine when it is not there.
  ///
  /// - Throws: ``BucketError``.
  public func delete(_ key: String) throws(BucketError) {
    _ = try perform(S3Call("DELETE", address.name(of: key)))
  }

  /// The address at which everybody reads an object without signing.
  public func publicAddress(of key: String) -> String {
    let address = address
    return address.url(path: address.path(of: address.name(of: key)), query: "")
  }
}

/// The MD5 of some bytes (RFC 1321), which many servers give as the tag of an object.
package func md5(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
  var size: UInt32 = 0
  return [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
    EVP_Digest(bytes.baseAddress, bytes.count, buffer.baseAddress, &size, EVP_md5(), nil)
    count = Int(size)
  }
}
