// swift-tools-version: 6.2
import PackageDescription

// Measures that need the modules themselves. A package of its own, so that building the program does
// not build them.
let package = Package(
  name: "kernels",
  dependencies: [.package(name: "cubepress", path: "../../..")],
  targets: [
    .executableTarget(
      name: "encode", dependencies: [.product(name: "Images", package: "cubepress")]),
    .executableTarget(
      name: "compress", dependencies: [.product(name: "Codecs", package: "cubepress")]),
  ],
  swiftLanguageModes: [.v6]
)
