import Grids
import JSON

extension Cube {
  /// Opens one source or several that are joined along time, and along the dimension that the options
  /// name.
  ///
  /// Where several sources hold the same time, the one given first counts.
  ///
  /// - Parameters:
  ///   - sources: Paths, globs and addresses (`http://`, `https://`, `s3://`, with globs in buckets).
  ///     NetCDF files, GeoTIFF files and Zarr stores are told apart by name or content.
  ///   - options: How to read what the sources leave open.
  ///   - access: How sources on servers are reached.
  /// - Returns: The cube, with its metadata read and its values not.
  /// - Throws: `CubeError` where nothing can be opened, sources do not fit together, or no variable
  ///   could be placed on a map.
  public static func open(
    _ sources: [String], options: CubeOptions = CubeOptions(),
    access: SourceAccess = SourceAccess()
  ) throws(CubeError) -> Cube {
    var opener = SourceOpener(options: options, access: access)
    let opened = try opener.open(sources)
    guard let first = opened.first else {
      throw CubeError("open the cube", of: "nothing", reason: "no source is given")
    }
    var notes = opener.notes
    var contents: [SourceContents] = []
    for source in opened {
      let time = try options.timeFromName?.time(ofFile: source.level0.location)
      contents.append(
        SourceReading.contents(
          of: source.level0, options: options, timeOfName: time, notes: &notes))
    }
    let location =
      opened.count == 1
      ? first.level0.location : "\(first.level0.location) and \(opened.count - 1) more"
    var joining = SourceJoining(contents, options: options, location: location)
    var variables = try joining.variables()
    notes.add(joining.notes)
    for case let remote as RemoteFileSource in opened.map(\.level0) { remote.keepOutline() }
    guard !variables.isEmpty else { throw nothingPlaced(joining.skipped, location) }
    if options.levels == .useExisting, opened.count == 1 {
      let coarser = try levels(first.coarser, options: options)
      variables = variables.map { $0.with(levels: coarser[$0.name] ?? []) }
    }
    return Cube(
      location: location, sources: opened.map(\.level0.location),
      attributes: first.level0.attributes, variables: variables, skipped: joining.skipped,
      notes: notes.notes)
  }

  private static func nothingPlaced(_ skipped: [SkippedVariable], _ location: String) -> CubeError {
    let reasons = skipped.prefix(5).map { "\($0.name): \($0.reason)" }.joined(separator: "; ")
    return CubeError(
      "find a gridded variable", of: location,
      reason: skipped.isEmpty ? "there are no variables" : reasons,
      remedy: skipped.isEmpty
        ? nil : "see what the source says about its axes and grid mapping, or set options")
  }

  /// The variables of the coarser copies by name.
  private static func levels(
    _ sources: [any ArraySource], options: CubeOptions
  ) throws(CubeError) -> [String: [ExistingLevel]] {
    var levels: [String: [ExistingLevel]] = [:]
    for (index, source) in sources.enumerated() {
      var unused = NoteCollector()
      let contents = SourceReading.contents(of: source, options: options, notes: &unused)
      var joining = SourceJoining([contents], options: options, location: source.location)
      for variable in try joining.variables() {
        levels[variable.name, default: []].append(
          ExistingLevel(level: index + 1, variable: variable))
      }
    }
    return levels
  }
}

extension Variable {
  func with(levels: [ExistingLevel]) -> Variable {
    Variable(
      name: name, attributes: attributes, storedType: storedType, dimensionNames: dimensionNames,
      shape: shape, grid: grid, time: time, extras: extras, scalars: scalars, flags: flags,
      validRange: validRange, levels: levels, reader: reader)
  }
}
