import Glibc

/// Makes a folder and those above it; fine when they are there.
func makeFolders(_ path: String) throws(SystemFailure) {
  if path.isEmpty || mkdir(path, 0o777) == 0 { return }
  switch errno {
  case EEXIST:
    var status = stat()
    guard stat(path, &status) == 0 else { throw .last }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw SystemFailure(code: ENOTDIR) }
  case ENOENT:
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { throw .last }
    try makeFolders(String(path[..<slash]))
    // Another thread may have made it meanwhile.
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw .last }
  default: throw .last
  }
}

/// Removes a file, or a folder with everything in it; fine when there is none.
///
/// Links are removed, not followed.
func removeFolderTree(_ path: String) throws(SystemFailure) {
  if unlink(path) == 0 || errno == ENOENT || errno == ENOTDIR { return }
  // Linux says EISDIR for a folder, POSIX wants EPERM.
  guard errno == EISDIR || errno == EPERM else { throw .last }
  while true {
    do {
      for name in try namesInFolder(path) { try removeFolderTree(path + "/" + name) }
    } catch {
      if error.code == ENOENT { return }
      throw error
    }
    if rmdir(path) == 0 || errno == ENOENT { return }
    // Somebody wrote into the folder since it was read.
    guard errno == ENOTEMPTY else { throw .last }
  }
}

/// Size and SHA-256 of a file, read in pieces.
package func digestOfFile(_ path: String) throws(SystemFailure) -> (size: Int, sha256: [UInt8]) {
  let file = try FileDescriptor(opening: path, O_RDONLY | O_NONBLOCK)
  let digest = RunningDigest()
  var size = 0
  while true {
    let piece = try file.read(count: 1 << 18, at: size)
    if piece.isEmpty { return (size, digest.finish()) }
    digest.update(piece)
    size += piece.count
  }
}
