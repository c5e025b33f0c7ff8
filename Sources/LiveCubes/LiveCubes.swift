public import Cubes
import Grids
public import Images
import Jobs
import Multiscales
import Stores
import Synchronization
public import Vectors

/// Answers questions about cubes that have no prebuilt products: tiles, legends, series, statistics.
///
/// The answers come from the kernels of the batch builder, so a tile has the pixels that the built one
/// would have. What was read and made is kept within limits; what several ask for at once is made once;
/// what nobody waits for any more is given up.
///
/// Blocking work runs on threads of its own. It knows nothing of users and HTTP: who may ask is decided
/// before.
public final class LiveCubes: Sendable {
  private struct TileKey: Hashable {
    let cube: Int
    let order: TileOrder
    let version: String
  }

  private struct OpenKey: Hashable {
    let source: LiveSource
    let stamp: String
  }

  private struct Opened {
    let cube: LiveCube
    let stamp: String
    var trustedUntil: ContinuousClock.Instant
    var lastUse: Int
  }

  private struct State {
    var opened: [LiveSource: Opened] = [:]
    var uses = 0
    var openings = 0
  }

  /// How much an answer may need.
  public let limits: LiveLimits
  private let access: SourceAccess
  private let threads: WorkThreads
  private let pool: WorkerPool
  private let shelf: FieldShelf
  private let state = Mutex(State())
  private let opening = SharedWork<OpenKey, LiveCube>()
  private let rendering = SharedWork<TileKey, LiveTile>()
  private let tiles: ByteCache<TileKey, LiveTile>

  /// Prepares answers.
  ///
  /// - Parameters:
  ///   - limits: how much they may need.
  ///   - access: how sources on servers are reached.
  public init(limits: LiveLimits = LiveLimits(), access: SourceAccess = SourceAccess()) {
    self.limits = limits
    self.access = access
    threads = WorkThreads(count: limits.workers, waiting: limits.waiting)
    pool = WorkerPool(workers: limits.workers)
    shelf = FieldShelf(limits: limits, threads: threads, pool: pool)
    tiles = ByteCache(limit: limits.tileBytes)
  }

  /// The bytes that are kept of fields and of tiles, for those who watch the server.
  public var keptBytes: (fields: Int, tiles: Int) { (shelf.bytes, tiles.bytes) }

  // MARK: Cubes

  /// A cube as it is now: one that has changed since it was opened is opened anew.
  ///
  /// - Throws: `LiveError` where it cannot be opened.
  public func cube(_ source: LiveSource) async throws -> LiveCube {
    if let cube = trusted(source) { return cube }
    let signal = StopSignal(after: limits.time)
    let stamp = try await threads.run(signal) { source.stamp() }
    if !source.isRemote, let cube = confirmed(source, stamp: stamp) { return cube }
    return try await opening.value(for: OpenKey(source: source, stamp: stamp)) { [self] in
      let cube = try await threads.run(signal) { [self] in
        do {
          return try Cube.open(source.locations, options: source.options, access: access)
        } catch {
          // The error names paths of this machine.
          throw LiveError(
            .source, "The source of '\(source.dataset)' cannot be read as a cube",
            remedy: "see the log of the server, or inspect the file with cubepress")
        }
      }
      return remember(source, cube, stamp: stamp)
    }
  }

  /// Lets go of opened cubes, so that they are opened anew.
  public func forget(where isWanted: (LiveSource) -> Bool) {
    state.withLock { state in
      state.opened = state.opened.filter { !isWanted($0.key) }
    }
  }

  private func trusted(_ source: LiveSource) -> LiveCube? {
    state.withLock { state in
      guard let opened = state.opened[source], opened.trustedUntil > .now else { return nil }
      state.uses += 1
      state.opened[source]?.lastUse = state.uses
      return opened.cube
    }
  }

  private func confirmed(_ source: LiveSource, stamp: String) -> LiveCube? {
    state.withLock { state in
      guard let opened = state.opened[source], opened.stamp == stamp else { return nil }
      state.uses += 1
      state.opened[source]?.lastUse = state.uses
      state.opened[source]?.trustedUntil = .now + limits.localTrust
      return opened.cube
    }
  }

  private func remember(_ source: LiveSource, _ cube: Cube, stamp: String) -> LiveCube {
    state.withLock { state in
      state.openings += 1
      state.uses += 1
      let live = LiveCube(source, cube: cube, number: state.openings)
      state.opened[source] = Opened(
        cube: live, stamp: stamp,
        trustedUntil: .now + (source.isRemote ? limits.remoteTrust : limits.localTrust),
        lastUse: state.uses)
      if state.opened.count > limits.cubes,
        let oldest = state.opened.min(by: { $0.value.lastUse < $1.value.lastUse })
      {
        state.opened[oldest.key] = nil
      }
      return live
    }
  }

  // MARK: Pictures

  /// A tile that is kept, and whose source was looked at a short time ago.
  public func keptTile(_ order: TileOrder, of cube: LiveCube) -> LiveTile? {
    guard let variable = try? cube.variable(order.variable),
      let version = shelf.knownVersion(of: order.field, variable, in: cube)
    else { return nil }
    return tiles[TileKey(cube: cube.number, order: order, version: version)]
  }

  /// A tile.
  ///
  /// - Throws: `LiveError` where it cannot be made; `CancellationError` where the task is cancelled.
  public func tile(_ order: TileOrder, of cube: LiveCube) async throws -> LiveTile {
    let variable = try cube.variable(order.variable)
    let signal = StopSignal(after: limits.time)
    let renderer = TileRenderer(shelf: shelf)
    if let tile = keptTile(order, of: cube) { return tile }
    let version = try await threads.run(signal) { [self] in
      try shelf.version(of: order.field, variable, in: cube)
    }
    let key = TileKey(cube: cube.number, order: order, version: version)
    if let tile = tiles[key] { return tile }
    return try await rendering.value(for: key) { [self] in
      let needed = try await answering {
        try await threads.run(signal) {
          try renderer.ingredients(order, variable, of: cube, signal)
        }
      }
      var levels: [Levels?] = []
      for part in needed.parts {
        guard let window = part.window else {
          levels.append(nil)
          continue
        }
        levels.append(
          try await answering {
            try await shelf.levels(
              window, of: order.field, variable, in: cube, version: needed.version)
          })
      }
      let found = levels
      let image = try await threads.run(signal) { try renderer.draw(order, needed, found) }
      let tile = LiveTile(
        image: image, tag: sha256Hex(image ?? []).prefix(32).description)
      tiles.keep(
        tile, bytes: (image?.count ?? 0) + 500,
        for: TileKey(cube: cube.number, order: order, version: needed.version))
      return tile
    }
  }

  /// The style in which a variable is drawn.
  ///
  /// - Throws: `LiveError` where the request is wrong or values cannot be read.
  public func style(
    _ request: StyleRequest, of name: String, in cube: LiveCube
  ) async throws -> Style {
    let variable = try cube.variable(name)
    let signal = StopSignal(after: limits.time)
    return try await answering {
      try await threads.run(signal) {
        try request.style(
          usually: try cube.defaultStyle(
            of: variable, within: request.wholeRange, check: { try signal.check() }))
      }
    }
  }

  // MARK: Values

  /// The values under a shape at some steps.
  ///
  /// - Parameters:
  ///   - shape: under what.
  ///   - name: the variable.
  ///   - question: at which steps.
  ///   - cube: of which cube.
  ///   - wantsMedian: the middle value needs all of them to be kept.
  /// - Returns: the steps in the order of the question.
  /// - Throws: `LiveError` where there are too many, or the source cannot be read.
  public func series(
    under shape: Shape, of name: String, _ question: FieldQuestion, in cube: LiveCube,
    wantsMedian: Bool = false
  ) async throws -> LiveSeries {
    let values = try self.values(name, in: cube)
    return try await answering {
      try await threads.run(values.signal) {
        try values.series(shape, question, wantsMedian: wantsMedian)
      }
    }
  }

  /// What the values under a shape have in common, over all steps of the question.
  ///
  /// - Throws: `LiveError` where there are too many, or the source cannot be read.
  public func statistics(
    under shape: Shape, of name: String, _ question: FieldQuestion, in cube: LiveCube,
    bins: Int = 100
  ) async throws -> LiveStatistics {
    let values = try self.values(name, in: cube)
    return try await answering {
      try await threads.run(values.signal) {
        try values.statistics(shape, question, bins: bins)
      }
    }
  }

  /// The mean of the first two cells and steps along each dimension: a look at whether values can be had.
  ///
  /// - Returns: NaN where all of them are missing.
  /// - Throws: `LiveError` where there is no such variable, or the source cannot be read.
  public func cornerMean(of name: String, in cube: LiveCube) async throws -> Double {
    let variable = try cube.variable(name)
    let (rows, columns) = (min(2, variable.grid.rows), min(2, variable.grid.columns))
    let counts = variable.extras.map(\.count)
    let fields = variable.allFields.filter { field in
      (field.time ?? 0) < 2 && field.extras.allSatisfy { $0 < 2 }
    }.prefix(1 << min(16, counts.count + 1))
    let signal = StopSignal(after: limits.time)
    return try await answering {
      try await threads.run(signal) {
        var values: [Double] = []
        for field in fields {
          try signal.check()
          values += try variable.readDoubles(
            time: field.time, extras: field.extras, rows: 0..<rows, columns: 0..<columns
          ).filter { !$0.isNaN }
        }
        return values.reduce(0, +) / Double(values.count)
      }
    }
  }

  private func values(_ name: String, in cube: LiveCube) throws(LiveError) -> ValuesUnder {
    ValuesUnder(
      variable: try cube.variable(name), limits: limits, pool: pool,
      signal: StopSignal(after: limits.time))
  }

  /// Turns errors of the source into ones that name no path of this machine.
  private func answering<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch let error as LiveError {
      throw error
    } catch let error as CancellationError {
      throw error
    } catch let error as CubeError {
      throw LiveError(
        .source, "The source cannot be read: \(error.reason)", remedy: "check the file")
    } catch {
      throw LiveError(
        .source, "This cannot be computed", remedy: "check the source: \(type(of: error))")
    }
  }
}
