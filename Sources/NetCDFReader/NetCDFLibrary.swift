import CHDF5Links
import CNetCDF

/// The netCDF-C library.
///
/// netCDF-C is not thread-safe, not even on different files: only the main thread of a reader
/// process has a value of this type.
struct NetCDFLibrary: ~Copyable {}

/// A call that netCDF-C refused.
struct NetCDFStatus: Error {
  let code: Int32

  /// What the library says about it, as a clause.
  var text: String {
    switch code {
    case NC_ENOTNC: "it is not a NetCDF file that this program knows, or its header is damaged"
    case NC_EHDFERR: "HDF5 reports an error: the file is damaged or cut short"
    case NC_EFILTER: "the data is compressed in a way that this build of netCDF lacks or is damaged"
    default: String(cString: nc_strerror(code))
    }
  }
}

extension NetCDFLibrary {
  func check(_ status: Int32) throws(NetCDFStatus) {
    guard status == NC_NOERR else { throw NetCDFStatus(code: status) }
  }

  func open(_ path: String) throws(NetCDFStatus) -> Int32 {
    var id: Int32 = -1
    try check(nc_open(path, NC_NOWRITE, &id))
    return id
  }

  /// The object of a file whose data are in another file; `nil` where there is none.
  ///
  /// - Throws: `NC_EHDFERR` where HDF5 cannot look through the file.
  func objectOutside(_ path: String) throws(NetCDFStatus) -> String? {
    var name = [CChar](repeating: 0, count: 256)
    switch hdf5_takes_from_elsewhere(path, &name, name.count) {
    case 0: return nil
    case 1: return Self.text(name)
    default: throw NetCDFStatus(code: NC_EHDFERR)
    }
  }

  func close(_ file: Int32) {
    // Nothing was written, so there is nothing to lose.
    _ = nc_close(file)
  }

  /// The groups directly below a group.
  func groups(of group: Int32) throws(NetCDFStatus) -> [(name: String, id: Int32)] {
    var count: Int32 = 0
    try check(nc_inq_grps(group, &count, nil))
    var ids = [Int32](repeating: 0, count: Int(count))
    try check(nc_inq_grps(group, &count, &ids))
    var groups: [(name: String, id: Int32)] = []
    for id in ids {
      groups.append((try name { nc_inq_grpname(id, $0) }, id))
    }
    return groups
  }

  /// The dimensions that a group defines itself.
  func dimensions(
    of group: Int32
  ) throws(NetCDFStatus) -> [(id: Int32, name: String, length: Int, isUnlimited: Bool)] {
    var count: Int32 = 0
    try check(nc_inq_dimids(group, &count, nil, 0))
    var ids = [Int32](repeating: 0, count: Int(count))
    try check(nc_inq_dimids(group, &count, &ids, 0))
    var unlimitedCount: Int32 = 0
    try check(nc_inq_unlimdims(group, &unlimitedCount, nil))
    var unlimited = [Int32](repeating: 0, count: Int(unlimitedCount))
    try check(nc_inq_unlimdims(group, &unlimitedCount, &unlimited))
    var dimensions: [(id: Int32, name: String, length: Int, isUnlimited: Bool)] = []
    for id in ids {
      var length = 0
      let name = try name { nc_inq_dim(group, id, $0, &length) }
      dimensions.append((id, name, length, unlimited.contains(id)))
    }
    return dimensions
  }

  /// The numbers of the variables of a group.
  func variableIDs(of group: Int32) throws(NetCDFStatus) -> [Int32] {
    var count: Int32 = 0
    try check(nc_inq_varids(group, &count, nil))
    var ids = [Int32](repeating: 0, count: Int(count))
    try check(nc_inq_varids(group, &count, &ids))
    return ids
  }

  /// Name, type, dimension numbers and count of attributes of a variable.
  func variable(
    _ group: Int32, _ id: Int32
  ) throws(NetCDFStatus) -> (name: String, type: nc_type, dimensions: [Int32], attributes: Int32) {
    var type: nc_type = 0
    var count: Int32 = 0
    var attributes: Int32 = 0
    try check(nc_inq_varndims(group, id, &count))
    var dimensions = [Int32](repeating: 0, count: Int(count))
    let name = try name { nc_inq_var(group, id, $0, &type, &count, &dimensions, &attributes) }
    return (name, type, dimensions, attributes)
  }

  /// The chunk shape of a variable; `nil` where it is stored in one piece.
  func chunkShape(_ group: Int32, _ id: Int32, rank: Int) throws(NetCDFStatus) -> [Int]? {
    guard rank > 0 else { return nil }
    var storage: Int32 = 0
    var shape = [Int](repeating: 0, count: rank)
    try check(nc_inq_var_chunking(group, id, &storage, &shape))
    return storage == NC_CHUNKED ? shape : nil
  }

  /// The bytes of the fill value that unwritten cells hold; `nil` where the writer turned it off.
  func fill(_ group: Int32, _ id: Int32) throws(NetCDFStatus) -> [UInt8]? {
    var off: Int32 = 0
    var bytes = [UInt8](repeating: 0, count: 16)
    try check(bytes.withUnsafeMutableBytes { nc_inq_var_fill(group, id, &off, $0.baseAddress) })
    return off == 0 ? bytes : nil
  }

  /// The numbers of the HDF5 filters of a variable that this build of the library lacks.
  func missingFilters(_ group: Int32, _ id: Int32) -> [UInt32] {
    var count = 0
    guard nc_inq_var_filter_ids(group, id, &count, nil) == NC_NOERR, count > 0 else { return [] }
    var filters = [UInt32](repeating: 0, count: count)
    guard nc_inq_var_filter_ids(group, id, &count, &filters) == NC_NOERR else { return [] }
    return filters.filter { nc_inq_filter_avail(group, $0) != NC_NOERR }
  }

  /// Gives the chunks of a variable room to stay decoded between reads.
  func setChunkCache(_ group: Int32, _ id: Int32, bytes: Int, slots: Int) {
    // A smaller cache than wished for is slower, nothing else.
    _ = nc_set_var_chunk_cache(group, id, bytes, slots, 0.75)
  }

  /// Reads a region as stored; the memory must have room for it.
  func read(
    _ group: Int32, _ id: Int32, start: [Int], count: [Int], into memory: UnsafeMutableRawPointer
  ) throws(NetCDFStatus) {
    try check(nc_get_vara(group, id, start, count, memory))
  }

  /// Reads texts; a missing one is empty.
  func readStrings(
    _ group: Int32, _ id: Int32, start: [Int], count: [Int]
  ) throws(NetCDFStatus) -> [String] {
    let total = count.reduce(1, *)
    guard total > 0 else { return [] }
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: total)
    try check(nc_get_vara_string(group, id, start, count, &pointers))
    let texts = pointers.map { $0.map { String(cString: $0) } ?? "" }
    _ = nc_free_string(total, &pointers)
    return texts
  }

  /// Reads a name into the room that netCDF-C asks for.
  private func name(
    _ read: (UnsafeMutablePointer<CChar>) -> Int32
  ) throws(NetCDFStatus) -> String {
    var status = NC_NOERR
    let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NC_MAX_NAME) + 1) {
      buffer -> String in
      buffer.initialize(repeating: 0)
      guard let base = buffer.baseAddress else { return "" }
      status = read(base)
      buffer[Int(NC_MAX_NAME)] = 0
      return status == NC_NOERR ? String(cString: base) : ""
    }
    try check(status)
    return text
  }
}
