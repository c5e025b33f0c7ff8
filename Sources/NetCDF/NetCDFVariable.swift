public import Codecs
public import JSON

/// A dimension of a NetCDF file.
public struct NetCDFDimension: Sendable, Hashable {
  /// The name, with the groups before it (`group/name`).
  public let name: String
  /// How many positions there are now.
  public let length: Int
  /// Whether it may grow.
  public let isUnlimited: Bool

  package init(name: String, length: Int, isUnlimited: Bool) {
    self.name = name
    self.length = length
    self.isUnlimited = isUnlimited
  }
}

/// A variable of a NetCDF file, described.
public struct NetCDFVariable: Sendable {
  /// The name, with the groups before it (`group/name`).
  public let name: String
  /// The names of the dimensions, slowest first.
  ///
  /// A text variable of characters is without its last one, which is the length of the texts.
  public let dimensions: [String]
  /// The lengths of those dimensions.
  public let shape: [Int]
  /// The type of the numbers; `nil` for texts and for what cannot be read.
  public let elementType: ElementType?
  /// Whether the values are texts: `NC_STRING`, or arrays of `NC_CHAR`.
  public let isString: Bool
  /// The attributes; those of user-defined types are left out.
  public let attributes: JSONObject
  /// The shape of the chunks that are compressed one by one; `nil` where data is in one piece.
  public let chunkShape: [Int]?
  /// What cells hold that were never written, where no `_FillValue` says so.
  ///
  /// It is NetCDF's default for the type; `nil` where the attribute is there, the writer turned
  /// filling off, or the type has one byte, all of whose values are in use.
  public let defaultFill: JSONValue?
  /// Why the values cannot be read, as a clause, where that is known beforehand.
  public let unreadableReason: String?

  /// The length of the texts of a character array.
  package let textLength: Int?

  package init(
    name: String, dimensions: [String], shape: [Int], elementType: ElementType?, isString: Bool,
    attributes: JSONObject, chunkShape: [Int]?, defaultFill: JSONValue?,
    unreadableReason: String?, textLength: Int?
  ) {
    self.name = name
    self.dimensions = dimensions
    self.shape = shape
    self.elementType = elementType
    self.isString = isString
    self.attributes = attributes
    self.chunkShape = chunkShape
    self.defaultFill = defaultFill
    self.unreadableReason = unreadableReason
    self.textLength = textLength
  }
}
