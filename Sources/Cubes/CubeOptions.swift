public import Buckets

/// How a cube is to be read where its files leave a choice.
public struct CubeOptions: Sendable, Hashable {
  /// What to do with coarser copies that an xcube `.levels` source brings along.
  public enum LevelUse: String, Sendable, Hashable, CaseIterable {
    /// Ignore them: every level is made anew from level 0 as a mean.
    case rebuild
    /// Offer them as `Variable.levels`. They may be subsampled instead of averaged.
    case useExisting
  }

  /// A dimension along which several sources are joined beside the time: the sources hold different
  /// members, levels or bands, as a dimension or a scalar coordinate; `nil` means the time alone.
  public var joinDimension: String?
  /// What to do with coarser copies in the source.
  public var levels: LevelUse
  /// A CRS for all variables, used where the source names none or a wrong one: `EPSG:3031`, a PROJ
  /// string or WKT.
  public var crs: String?
  /// The coordinate that holds the time, where the source does not make it plain.
  public var timeVariable: String?
  /// How names of files tell the time of variables that have none themselves, as of most GeoTIFF files.
  public var timeFromName: NameTimePattern?
  /// How sources in buckets are reached.
  public var bucket: BucketAccess

  /// Makes options; the defaults suit sources that follow the CF conventions.
  public init(
    joinDimension: String? = nil, levels: LevelUse = .rebuild, crs: String? = nil,
    timeVariable: String? = nil, timeFromName: NameTimePattern? = nil,
    bucket: BucketAccess = BucketAccess()
  ) {
    self.joinDimension = joinDimension
    self.levels = levels
    self.crs = crs
    self.timeVariable = timeVariable
    self.timeFromName = timeFromName
    self.bucket = bucket
  }
}
