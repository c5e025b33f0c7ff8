// swift-tools-version: 6.2
import PackageDescription

// The modules, lowest rank first. An arrow may only go to a lower rank and only where it is listed
// here; SwiftPM does not check that, `.ci/check-arrows` does.

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
]

/// A C library of the system, found by pkg-config.
func library(_ name: String, pkgConfig: String? = nil, debian: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([debian])])
}

/// One of our own modules.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of one module; `fixtures` says that small input files lie in its folder `Fixtures`.
func tests(_ name: String, _ dependencies: [Target.Dependency], fixtures: Bool = false) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: dependencies + ["TestKit"],
    exclude: fixtures ? ["Fixtures"] : [], swiftSettings: strict)
}

let package = Package(
  name: "cubepress",
  products: [
    .executable(name: "cubepress", targets: ["cubepress"]),
    // Apart, because what it depends on takes minutes to build.
    .executable(name: "cubepress-server", targets: ["cubepress-server"]),
    // For Tests/Benchmarks, a package of its own.
    .library(name: "Codecs", targets: ["Codecs"]),
    .library(name: "Images", targets: ["Images"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.0"),
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0",
      traits: ["FullFoundation"]),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.7.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
  ],
  targets: [
    library("CNetCDF", pkgConfig: "netcdf", debian: "libnetcdf-dev"),
    library("CBlosc", pkgConfig: "blosc", debian: "libblosc-dev"),
    library("CZstd", pkgConfig: "libzstd", debian: "libzstd-dev"),
    library("CDeflate", pkgConfig: "libdeflate", debian: "libdeflate-dev"),
    library("CBzip2", debian: "libbz2-dev"),
    library("CLZ4", pkgConfig: "liblz4", debian: "liblz4-dev"),
    library("CPNG", pkgConfig: "libpng", debian: "libpng-dev"),
    library("CWebP", pkgConfig: "libwebp", debian: "libwebp-dev"),
    library("CRSVG", pkgConfig: "librsvg-2.0", debian: "librsvg2-dev"),
    library("CCurl", pkgConfig: "libcurl", debian: "libcurl4-openssl-dev"),
    library("CPROJ", pkgConfig: "proj", debian: "libproj-dev"),
    library("CCmark", pkgConfig: "libcmark-gfm", debian: "libcmark-gfm-extensions-dev"),
    library("CCrypto", pkgConfig: "libcrypto", debian: "libssl-dev"),
    library("CTIFF", pkgConfig: "libtiff-4", debian: "libtiff-dev"),
    library("CArgon2", pkgConfig: "libargon2", debian: "libargon2-dev"),
    .target(name: "CPNGShim", dependencies: ["CPNG"]),
    .target(name: "CCurlShim", dependencies: ["CCurl"]),
    .target(name: "CTIFFShim", dependencies: ["CTIFF"]),
    .target(name: "CFileShim"),
    .target(name: "CProcessShim"),
    .target(name: "CHDF5Links", linkerSettings: [.linkedLibrary("dl")]),
    .target(name: "CDeflateBlocks"),
    .target(name: "CKernels"),
    .target(name: "CHalving"),
    .target(name: "CResampling"),
    .target(name: "CTerrain"),

    // rank 0
    module("JSON"),
    module("Codecs", ["CBlosc", "CZstd", "CDeflate", "CDeflateBlocks", "CBzip2", "CLZ4"]),
    module("Images", ["CPNGShim", "CWebP", "CRSVG", "CDeflate", "CDeflateBlocks", "CKernels"]),
    module("Grids", ["JSON", "CPROJ"]),
    module("Transport", ["CCurl", "CCurlShim"]),
    module("Pages", [.product(name: "Mustache", package: "swift-mustache")]),
    module("Markdown", ["CCmark"]),
    module("Sanitising"),
    module("Highlighting"),
    module("Expressions"),
    module("Multipart"),
    // rank 1
    module("Notebooks", ["JSON"]),
    module("Vectors", ["JSON"]),
    module("Stores", ["Codecs", "Transport", "CCrypto", "CDeflate", "CFileShim"]),
    // rank 2
    module("Jobs", ["JSON", "Stores"]),
    module("FileServing", ["Codecs", "Stores", "Transport"]),
    module("Zarr", ["Codecs", "JSON", "Stores", "Transport"]),
    module("NetCDF", ["Codecs", "JSON", "CProcessShim"]),
    module("GeoTIFF", ["Codecs", "CTIFFShim"]),
    module("Buckets", ["JSON", "Stores", "Transport", "CCrypto"]),
    // rank 3
    module("Publishing", ["Buckets", "Codecs", "JSON", "Jobs", "Stores"]),
    module("NetCDFReader", ["NetCDF", "Codecs", "JSON", "CNetCDF", "CHDF5Links"]),
    module(
      "Cubes", ["Buckets", "Codecs", "JSON", "Stores", "Zarr", "NetCDF", "GeoTIFF", "Grids"]),
    // rank 4
    module(
      "Recipes",
      [
        "Buckets", "JSON", "Cubes", "Grids", "Images", .product(name: "Yams", package: "Yams"),
      ]),
    module("Multiscales", ["JSON", "Cubes", "Grids", "Jobs", "CHalving"]),
    // rank 5
    module(
      "Pyramids",
      ["JSON", "Stores", "Cubes", "Grids", "Images", "Jobs", "Multiscales", "CResampling"]),
    module("PublishedArrays", ["Codecs", "JSON", "Cubes", "Grids", "Multiscales", "Zarr"]),
    // rank 6
    module(
      "ZarrCubes", ["JSON", "Stores", "Jobs", "Zarr", "Cubes", "Multiscales", "PublishedArrays"]),
    module(
      "Series",
      ["Codecs", "JSON", "Stores", "Jobs", "Zarr", "Cubes", "Multiscales", "PublishedArrays"]),
    module("Services", ["JSON", "Recipes", "Cubes", "Pyramids", "Grids", "Images"]),
    module(
      "ViewerLayers",
      ["JSON", "Stores", "Jobs", "Cubes", "Grids", "Images", "Multiscales", "Recipes"]),
    module(
      "Catalogue", ["JSON", "Recipes", "Cubes", "Pyramids", "Grids", "Images", "Pages"]),
    module(
      "Terrain",
      [
        "Codecs", "JSON", "Stores", "Cubes", "Grids", "Images", "Jobs", "Multiscales", "Pyramids",
        "CTerrain",
      ]),
    module(
      "PaperCubes",
      ["JSON", "Stores", "Cubes", "Grids", "Images", "Jobs", "Multiscales"]),
    module(
      "Stories",
      [
        "JSON", "Recipes", "Pyramids", "Grids", "Images", "Pages", "Markdown", "Sanitising",
        "Highlighting", "Notebooks",
      ]),
    // rank 7
    module(
      "CubepressCommands",
      [
        "JSON", "Codecs", "Images", "Grids", "Jobs", "Stores", "Cubes", "Recipes", "Multiscales",
        "FileServing", "PaperCubes", "PublishedArrays", "Series", "Terrain", "Zarr", "ZarrCubes",
        "Pyramids", "Publishing", "Buckets", "Services", "Catalogue", "Stories", "Pages",
        "Transport", "Vectors", "ViewerLayers",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "FlyingFox", package: "FlyingFox"),
        .product(name: "FlyingSocks", package: "FlyingFox"),
      ]),
    .executableTarget(
      name: "cubepress", dependencies: ["CubepressCommands", "NetCDFReader"],
      swiftSettings: strict),

    // The server for private cubes
    module(
      "LiveCubes",
      [
        "JSON", "Cubes", "Expressions", "Grids", "Images", "Jobs", "Multiscales", "Pyramids",
        "Recipes", "Stores", "Vectors",
      ]),
    module("Teams", ["JSON", "CArgon2", "CCrypto", .product(name: "GRDB", package: "GRDB.swift")]),
    module(
      "Workspaces",
      [
        "JSON", "Stores", "Teams", "Vectors", "CProcessShim",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    module(
      "TeamServer",
      [
        "JSON", "FileServing", "Stores", "Teams", "Pages", "Transport", "LiveCubes", "Cubes",
        "Expressions", "Grids",
        "Images", "Multipart", "Pyramids", "Recipes", "Services", "Vectors", "Workspaces",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "JWTKit", package: "jwt-kit"),
      ]),
    .executableTarget(
      name: "cubepress-server",
      dependencies: [
        "LiveCubes", "TeamServer", "Teams", "Pages", "Workspaces",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    .target(
      name: "TestKit", dependencies: ["JSON", "Stores", "Transport"], path: "Tests/TestKit",
      swiftSettings: strict),
    .target(
      name: "SampleSites",
      dependencies: ["JSON", "Cubes", "Grids", "Images", "Pyramids", "Recipes"],
      path: "Tests/SampleSites", swiftSettings: strict),
    tests("JSON", ["JSON"]),
    tests("Codecs", ["Codecs"]),
    tests("Images", ["Images"]),
    tests("Grids", ["Grids", "JSON"], fixtures: true),
    tests("Jobs", ["Jobs", "JSON", "Stores"]),
    tests("Transport", ["Transport"]),
    tests("Pages", ["Pages"]),
    tests("Markdown", ["Markdown"]),
    tests("Sanitising", ["Sanitising"]),
    tests("Highlighting", ["Highlighting"]),
    tests("Notebooks", ["Notebooks", "JSON"]),
    tests(
      "Stories",
      [
        "Stories", "SampleSites", "Catalogue", "Images", "Notebooks", "Pages", "Pyramids",
        "Recipes", "Sanitising", "JSON",
      ],
      fixtures: true),
    tests("Stores", ["Stores", "Codecs", "Transport"], fixtures: true),
    tests("Vectors", ["Vectors", "JSON"]),
    tests("Zarr", ["Zarr", "Stores", "Codecs", "JSON", "Transport"], fixtures: true),
    tests("NetCDF", ["NetCDF", "Codecs", "JSON"], fixtures: true),
    tests("GeoTIFF", ["GeoTIFF", "Codecs"]),
    tests("Buckets", ["Buckets", "JSON", "Stores", "Transport"]),
    tests("Publishing", ["Publishing", "Buckets", "Jobs", "JSON", "Stores"]),
    tests("Cubes", ["Cubes", "Grids", "JSON", "Codecs", "Stores"], fixtures: true),
    tests("Recipes", ["Buckets", "Recipes", "Images", "Grids", "Cubes", "JSON"]),
    tests("Multiscales", ["Multiscales", "Cubes", "Jobs", "JSON", "Stores"]),
    tests(
      "Pyramids",
      ["Pyramids", "Multiscales", "Cubes", "Grids", "Images", "Jobs", "JSON", "Stores"]),
    tests(
      "PublishedArrays",
      ["PublishedArrays", "Multiscales", "Codecs", "Cubes", "JSON", "Zarr", "Stores"]),
    tests("Series", ["Series"]),
    tests(
      "ViewerLayers",
      ["ViewerLayers", "Cubes", "Images", "JSON", "Jobs", "Multiscales", "Recipes", "Stores"]),
    tests(
      "PaperCubes",
      ["PaperCubes", "Cubes", "Images", "JSON", "Jobs", "Multiscales", "Stores"]),
    tests(
      "Terrain",
      ["Terrain", "Codecs", "Cubes", "Grids", "JSON", "Jobs", "Multiscales", "Stores", "CTerrain"],
      fixtures: true),
    tests("Services", ["Services", "SampleSites", "Grids", "Pyramids", "Recipes", "JSON"]),
    tests(
      "Catalogue",
      ["Catalogue", "SampleSites", "Pyramids", "Recipes", "Pages", "JSON", "Cubes", "Grids"]),
    tests("Expressions", ["Expressions", "JSON"]),
    tests("Multipart", ["Multipart"]),
    tests("FileServing", ["FileServing", "Codecs", "Stores", "Transport"]),
    tests(
      "LiveCubes",
      [
        "LiveCubes", "Cubes", "Grids", "Images", "Jobs", "JSON", "Multiscales", "Pyramids",
        "Stores", "Vectors",
      ]),
    tests("Teams", ["Teams", .product(name: "GRDB", package: "GRDB.swift")]),
    tests(
      "Workspaces",
      ["Workspaces", "Teams", "JSON", .product(name: "GRDB", package: "GRDB.swift")]),
    tests(
      "TeamServer",
      [
        "TeamServer", "FileServing", "Teams", "JSON", "Cubes", "Grids", "Images", "LiveCubes",
        "Workspaces",
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ]),
    tests(
      "CubepressCommands",
      [
        "CubepressCommands", "FileServing", "Codecs", "Publishing", "Recipes", "Pyramids", "Jobs",
        "Stores",
        "JSON", "Cubes",
        "Transport", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
