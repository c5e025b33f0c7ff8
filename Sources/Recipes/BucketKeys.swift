/// The key tables of buckets: how they are reached, what is published to them, what they cost.
extension RecipeKeys {
  /// How a bucket is reached: the same for what is read and what is written.
  private static let bucketKeys: [KeyTable.Key] = [
    .init(
      name: "endpoint",
      summary:
        "The server of the bucket, for others than AWS; as the tools of AWS find it without.",
      shape: .address),
    .init(
      name: "region", summary: "The region of the bucket; as the tools of AWS find it without.",
      shape: .text),
    .init(name: "profile", summary: "The profile in ~/.aws to use.", shape: .text),
    .init(
      name: "addressing",
      summary: "Where the bucket's name goes: path, or virtual (the host name).",
      shape: .word(["path", "virtual"])),
  ]

  static let bucket = KeyTable(
    name: "a bucket", id: "bucket", summary: "How the bucket of a source is reached.",
    keys: bucketKeys + [
      .init(
        name: "anonymous",
        summary: "Whether it is asked without credentials, also where there are some.",
        shape: .truth)
    ])

  static let publish = KeyTable(
    name: "a publication", id: "publish",
    summary: "Where the site goes, and what stays there for how long.",
    keys: [
      .init(
        name: "to",
        summary: "s3://bucket/prefix, or a folder; paths are relative to the recipe.",
        shape: .text, isRequired: true)
    ] + bucketKeys + [
      .init(
        name: "grace",
        summary: "How long objects stay that are in no release any more, such as 7d (the default) "
          + "or 12h.",
        shape: .text),
      .init(
        name: "keep", summary: "How many releases one can go back to; 10 without.",
        shape: .wholeNumber(atLeast: 1)),
    ])

  static let prices = KeyTable(
    name: "a list of prices", id: "prices",
    summary: "What a bucket costs; what is not stated costs nothing.",
    keys: [
      .init(name: "currency", summary: "The currency, such as USD (the default).", shape: .text),
      .init(name: "storage", summary: "Keeping a GB for a month.", shape: .number),
      .init(name: "writes", summary: "Storing a thousand objects.", shape: .number),
      .init(name: "reads", summary: "Answering a thousand GET requests.", shape: .number),
      .init(name: "transfer", summary: "Sending a GB to readers.", shape: .number),
      .init(
        name: "monthly-reads", summary: "How many objects readers will get in a month.",
        shape: .wholeNumber(atLeast: 0)),
    ])
}
