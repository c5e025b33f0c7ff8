/// A folder with the small site `site`, whose files try what a server of files has to be careful with, and
/// a file `outside` of it.
///
/// - Throws: where it cannot be written.
public func servedFolder() throws -> TemporaryFolder {
  let folder = try TemporaryFolder()
  try folder.write("<p>home</p>", to: "site/index.html")
  try folder.write("<p>page</p>", to: "site/data/index.html")
  try folder.write("0123456789", to: "site/t/2017-01-16T10:09:21Z/a b.png")
  try folder.write([0x1f, 0x8b, 1, 2], to: "site/0.terrain")
  try folder.write("", to: "site/empty")
  try folder.write("secret", to: "site/.cubepress/journal")
  try folder.write("secret", to: "outside")
  return folder
}
