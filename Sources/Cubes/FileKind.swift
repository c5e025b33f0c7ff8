import Glibc

/// The kinds of source that are one file.
enum FileKind: String, Sendable {
  case netCDF = "netcdf"
  case geoTIFF = "geotiff"

  /// The kind of a file of this machine, by its first bytes; `nil` for any other and for folders.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    // HDF5's signature may come after a user block of 512 bytes or a power of two times that.
    for offset in [0, 512, 1024, 2048, 4096, 8192] {
      var bytes = [UInt8](repeating: 0, count: 8)
      guard pread(descriptor, &bytes, 8, off_t(offset)) >= 4 else { return nil }
      if let kind = FileKind(beginning: bytes), offset == 0 || bytes == Self.hdf5 {
        self = kind
        return
      }
    }
    return nil
  }

  /// The kind of a file that begins with eight bytes.
  init?(beginning bytes: [UInt8]) {
    if bytes == Self.hdf5 || bytes.starts(with: "CDF".utf8) {
      self = .netCDF
    } else if Self.tiff.contains(where: { bytes.starts(with: $0) }) {
      self = .geoTIFF
    } else {
      return nil
    }
  }

  /// The kind of files whose names have an ending, in lower case.
  init?(ending: String) {
    switch ending {
    case "nc", "nc3", "nc4", "cdf", "netcdf", "h5", "hdf5": self = .netCDF
    case "tif", "tiff", "gtiff": self = .geoTIFF
    default: return nil
    }
  }

  private static let hdf5: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
  /// TIFF and BigTIFF in both byte orders.
  private static let tiff: [[UInt8]] = [
    [0x49, 0x49, 0x2A, 0], [0x4D, 0x4D, 0, 0x2A], [0x49, 0x49, 0x2B, 0], [0x4D, 0x4D, 0, 0x2B],
  ]

  /// Opens a file of this machine under its own path.
  func open(path: String) throws(CubeError) -> any ArraySource {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw CubeError("open the file", of: path, reason: String(cString: strerror(errno)))
    }
    let name = path.split(separator: "/").last ?? ""
    let nanoseconds = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
    return try open(
      path: path, location: path, identity: "\(name):\(status.st_size):\(nanoseconds)")
  }

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: where it is.
  ///   - location: what people call it.
  ///   - identity: a text that other bytes do not have.
  /// - Returns: its arrays.
  /// - Throws: `CubeError` where it is not of this kind, or damaged.
  func open(
    path: String, location: String, identity: String
  ) throws(CubeError) -> any ArraySource {
    switch self {
    case .netCDF: try NetCDFSource(path: path, location: location, identity: identity)
    case .geoTIFF: try GeoTIFFSource(path: path, location: location, identity: identity)
    }
  }

  /// The identity of a file and what is read of it: the same in another folder.
  func fingerprint(identity: String, _ array: SourceArray, _ region: [Range<Int>]) -> String {
    let ranges = region.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
    return "\(rawValue):\(identity):\(array.name):\(ranges)"
  }
}
