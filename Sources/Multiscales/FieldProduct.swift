public import Cubes
public import JSON
public import Jobs

/// Something that a build makes of a variable field by field: image tiles, map-ordered chunks, the
/// pieces of time series.
///
/// A ``FieldPass`` drives all products of a dataset at once. For every field of a variable it asks
/// each product for the ``unit(of:)`` under which the journal remembers the field and for its
/// ``fingerprint(of:source:)``; where the journal holds an equal fingerprint the field is up to date
/// for that product. Then it reads the fields that at least one product lacks, each chunk of the
/// source once, and hands the ``Levels`` of a field to exactly those products that lack it. What
/// ``build(_:levels:)`` returns becomes the record of the unit, written after the call: a build that
/// is killed goes on with the fields that have no record.
///
/// To add a product:
/// - Write a type that knows the variable, where its files go and how they are encoded; `TileBuilder`
///   is an example. One instance is for one variable.
/// - Let the unit begin with the product's name (`tiles/…`, `cube/…`), so that units differ.
/// - Put everything into the fingerprint that the files follow from: a version number of the product's
///   own code, the settings, and the text of the source that the pass hands in.
/// - Let `build` put complete files in place and name them in its result. It is called from several
///   threads, in any order, for several fields at once; the order must not show in the files.
/// - Do not keep the levels: their memory is bounded because they go when the call returns.
/// - Where a file holds many fields, keep its pieces between calls (in scratch files that survive a
///   kill, or widen ``fieldsToMake(stale:of:)``) and write the file after the pass.
/// - Add the product to `FieldWork.products` of its variable, and give its records to the release.
///
/// Level 0 has single precision. A product that must keep wider numbers as they are says
/// ``wantsDoubles`` and finds them in ``Levels/doubles``.
public protocol FieldProduct: Sendable {
  /// Whether `Levels.doubles` is needed; no, unless a product says so.
  var wantsDoubles: Bool { get }

  /// The name of the unit of work that a field is: a path that no other product uses.
  func unit(of field: FieldSelection) -> String

  /// Says from what and how the files of a field are made; where it is equal they need not be made
  /// again. The text `source` changes when the values of the field may have changed.
  func fingerprint(of field: FieldSelection, source: String) -> String

  /// Which fields to make, given those that are not up to date; at least these.
  ///
  /// - Throws: what the product meets when it looks at what it has.
  func fieldsToMake(
    stale: Set<FieldSelection>, of fields: [FieldSelection]
  ) throws -> Set<FieldSelection>

  /// Makes the files of a field and puts them in place.
  ///
  /// - Throws: where they cannot be made or written; the build of the dataset ends then.
  func build(_ field: FieldSelection, levels: Levels) throws -> FieldResult
}

extension FieldProduct {
  /// No doubles.
  public var wantsDoubles: Bool { false }

  /// Only the fields that are not up to date.
  public func fieldsToMake(
    stale: Set<FieldSelection>, of fields: [FieldSelection]
  ) throws -> Set<FieldSelection> { stale }
}

/// What a product made of a field.
public struct FieldResult: Sendable {
  /// The files.
  public let objects: [BuiltObject]
  /// What later steps want to know of the field, in the product's own words.
  public let summary: JSONValue

  /// States what was made.
  public init(objects: [BuiltObject], summary: JSONValue) {
    self.objects = objects
    self.summary = summary
  }
}

/// What is to be made of the fields of one variable.
public struct FieldWork: Sendable {
  /// The variable.
  public let variable: Variable
  /// Its fields, each once.
  public let fields: [FieldSelection]
  /// The products, each of which takes all of the fields.
  public let products: [any FieldProduct]

  /// States work.
  public init(variable: Variable, fields: [FieldSelection], products: [any FieldProduct]) {
    self.variable = variable
    self.fields = fields
    self.products = products
  }
}

/// What one product has of the fields of a variable after a pass.
public struct ProductRecords: Sendable {
  /// The records, in the order of the fields.
  public let records: [FinishedUnit]
  /// How many of the fields were made now; the others were up to date.
  public let made: Int
}
