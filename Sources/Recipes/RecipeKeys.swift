import Grids
import Images

/// All the key tables of a recipe.
enum RecipeKeys {
  static let recipe = KeyTable(
    name: "a recipe", id: "recipe", summary: "What to make: a site, and the datasets on it.",
    keys: [
      .init(
        name: "site", summary: "What the whole site says about itself.", shape: .table("site")),
      .init(
        name: "datasets",
        summary: "The datasets, in the order in which the site shows them.",
        shape: .list(.either([.text, .table("dataset")])), isRequired: true),
      .init(
        name: "include",
        summary:
          "Folders with further recipes (*.yaml), whose datasets follow: what teams publish from "
          + "cubepress-server; paths are relative to the recipe.",
        shape: .list(.text)),
      .init(
        name: "stories",
        summary: "Books made of notebooks and Markdown, in the order in which the site shows them.",
        shape: .list(.either([.text, .table("story")]))),
      .init(
        name: "publish", summary: "Where the site goes, and what stays there for how long.",
        shape: .table("publish")),
      .init(
        name: "scenes", summary: "Scenes of the globe, which show the datasets together.",
        shape: .list(.table("scene"))),
      .init(
        name: "prices", summary: "What a bucket costs, for cubepress cost.",
        shape: .table("prices")),
    ])

  static let story = KeyTable(
    name: "a book of stories", id: "story", summary: "A book made of notebooks and Markdown.",
    keys: [
      .init(
        name: "id", summary: "The path segment of its pages; the name of its folder without.",
        shape: .identifier),
      .init(
        name: "source",
        summary:
          "Its folder, with book.yml, _toc.yml or myst.yml in it, or one notebook or Markdown "
          + "file; the path is relative to the recipe.",
        shape: .text, isRequired: true),
      .init(
        name: "binder",
        summary: "The address by which Binder opens a page, in which {path} stands for the file.",
        shape: .text),
      .init(
        name: "jupyterhub",
        summary: "The address by which a JupyterHub opens a page, in which {path} stands for the "
          + "file.",
        shape: .text),
    ])

  static let site = KeyTable(
    name: "a site", id: "site", summary: "What the whole site says about itself.",
    keys: [
      .init(name: "title", summary: "The name of the site.", shape: .text),
      .init(name: "description", summary: "What it is, in Markdown.", shape: .text),
      .init(
        name: "base-url",
        summary: "The absolute address under which it will be published; map services need it.",
        shape: .address),
      .init(name: "provider", summary: "Who publishes it.", shape: .table("provider")),
      .init(
        name: "language", summary: "The language of its texts as a BCP 47 tag, such as en.",
        shape: .text),
    ])

  static let provider = KeyTable(
    name: "a provider", id: "provider", summary: "Who publishes a site.",
    keys: [
      .init(
        name: "name", summary: "The name of the person or organisation.", shape: .text,
        isRequired: true),
      .init(name: "url", summary: "Its home page.", shape: .address),
      .init(name: "email", summary: "Where to write to.", shape: .text),
    ])

  static let dataset = KeyTable(
    name: "a dataset", id: "dataset", summary: "What to make from one cube.",
    keys: [
      .init(
        name: "id",
        summary: "The path segment of everything made from it; the name of its file without.",
        shape: .identifier),
      .init(
        name: "source",
        summary: "The file, folder, glob or address to read, or a list of those that make up one "
          + "cube; paths are relative to the recipe.",
        shape: .either([.text, .list(.text)]), isRequired: true),
      .init(name: "title", summary: "What people call it.", shape: .text),
      .init(name: "description", summary: "What it is, in Markdown.", shape: .text),
      .init(
        name: "licence", summary: "The licence: a name, an SPDX id or an address.", shape: .text),
      .init(name: "attribution", summary: "Whom to name when using it.", shape: .text),
      .init(
        name: "doi", summary: "Its digital object identifier, such as 10.5285/abc.", shape: .text),
      .init(name: "keywords", summary: "Words to find it by.", shape: .list(.text)),
      .init(
        name: "links", summary: "Links to more about it.", shape: .list(.table("link"))),
      .init(
        name: "places",
        summary: "Named places shown in the viewer: GeoJSON files; paths are relative to the "
          + "recipe.",
        shape: .either([.text, .list(.text)])),
      .init(
        name: "composites",
        summary: "Pictures in which red, green and blue show a variable each.",
        shape: .list(.table("composite"))),
      .init(
        name: "join",
        summary: "A dimension beside the time along which files are joined, such as member.",
        shape: .text),
      .init(
        name: "crs",
        summary: "The coordinate reference system, where the file names none: EPSG:n, a PROJ "
          + "string or WKT.",
        shape: .text),
      .init(
        name: "time-variable", summary: "The variable that holds the times, where it is not found.",
        shape: .text),
      .init(
        name: "time-from-name",
        summary:
          "How names of files tell the time of what has none itself, such as dem_%Y-%m-%d.tif: "
          + "%Y, %m, %d or %j, %H, %M, %S, and * for what varies.",
        shape: .text),
      .init(
        name: "s3", summary: "How a source in a bucket (s3://…) is reached.",
        shape: .table("bucket")),
      .init(
        name: "levels",
        summary: "Whether coarser levels in the source are used or made anew (rebuild, the "
          + "default).",
        shape: .word(["rebuild", "use"])),
      .init(
        name: "variables",
        summary: "The variables to show, in this order; all that lie on a grid without.",
        shape: .list(.either([.text, .table("variable")]))),
      .init(
        name: "times",
        summary: "Which times to make: all (the default), first, last, a list of times, or a "
          + "range.",
        shape: .either([
          .word(["all", "first", "last"]), .list(.text), .table("times"),
        ])),
      .init(
        name: "extras",
        summary: "By name of another dimension, which of its values to make; all without.",
        shape: .named(.list(.either([.number, .text])))),
      .init(
        name: "tiles",
        summary: "none leaves the image tiles out, and with them the map services.",
        shape: .word(["none"])),
      .init(
        name: "tile-matrix-sets",
        summary: "The tile matrix sets; those that suit the grid without.",
        shape: .list(.word(TileMatrixSet.all.map(\.id)))),
      .init(
        name: "max-zoom",
        summary: "The finest zoom to make; that of the source's resolution without.",
        shape: .wholeNumber(atLeast: 0)),
      .init(
        name: "format", summary: "The format of the image tiles.",
        shape: .word(["png", "webp"])),
      .init(
        name: "effort",
        summary: "How hard to try to make tiles small: fast, standard (the default) or small.",
        shape: .word(Effort.allCases.map(\.rawValue))),
      .init(
        name: "cube",
        summary: "How the multiscale Zarr cube is made; none leaves it out.",
        shape: .either([.word(["none"]), .table("cube")])),
      .init(
        name: "series",
        summary: "How the time series are made; none leaves them out.",
        shape: .either([.word(["none"]), .table("series")])),
      .init(
        name: "terrain",
        summary: "Which variable holds heights that become terrain for globes and 3-D maps; none "
          + "without.",
        shape: .table("terrain")),
    ] + publication)

  static let terrain = KeyTable(
    name: "a terrain", id: "terrain",
    summary: "How heights become terrain: quantized-mesh tiles for globes, Terrain-RGB for maps.",
    keys: [
      .init(
        name: "variable", summary: "The name in the source of one of the dataset's variables.",
        shape: .text, isRequired: true),
      .init(
        name: "heights-above",
        summary: "From where heights are counted: ellipsoid (of WGS 84), or geoid (about mean sea "
          + "level; drawn as if above the ellipsoid). It is published, and changes no number.",
        shape: .word(["ellipsoid", "geoid"]), isRequired: true),
      .init(
        name: "units",
        summary: "The unit of the numbers, such as m, km or ft; that of the variable without.",
        shape: .text),
      .init(
        name: "error",
        summary:
          "How far the finest tiles may be off, in metres before exaggeration, twice as far at "
          + "each coarser zoom; a hundredth of the distance of their 257 places without.",
        shape: .positiveNumber),
      .init(
        name: "exaggeration",
        summary: "By how much heights of the globe are multiplied; 1 without.",
        shape: .positiveNumber),
      .init(
        name: "missing", summary: "The height in metres where there is no value; 0 without.",
        shape: .number),
      .init(
        name: "water",
        summary: "What is water in a mask for globes: below-zero (heights up to 0), missing (no "
          + "height), or what a variable says; no mask without.",
        shape: .either([.word(["below-zero", "missing"]), .table("water")])),
      .init(
        name: "max-zoom",
        summary: "The finest zoom to make; that of the source's resolution without.",
        shape: .wholeNumber(atLeast: 0)),
      .init(
        name: "rgb", summary: "Whether Terrain-RGB pictures are made too; true without.",
        shape: .truth),
    ])

  static let cube = KeyTable(
    name: "a cube", id: "cube", summary: "How the multiscale Zarr cube of a dataset is made.",
    keys: [
      .init(
        name: "zarr-format",
        summary: "The version of the format: 3 (the default), or 2 for older clients.",
        shape: .wholeNumber(atLeast: 2)),
      .init(
        name: "quantise",
        summary: "How the values of variables are made smaller that do not say so themselves, also "
          + "in the time series; lossless without.",
        shape: .either([.word(["lossless"]), .table("quantise")])),
    ])

  static let series = KeyTable(
    name: "time series", id: "series", summary: "How the time series of a dataset are made.",
    keys: [
      .init(
        name: "growing",
        summary: "Whether new times come often: the latest ones are kept apart, so that a new one "
          + "costs little.",
        shape: .truth)
    ])

  static let water = KeyTable(
    name: "a water mask", id: "water", summary: "A variable that says where water is.",
    keys: [
      .init(
        name: "variable",
        summary: "The name in the source of a variable with the same rows and columns.",
        shape: .text, isRequired: true),
      .init(
        name: "values", summary: "The values that mean water.", shape: .list(.number),
        isRequired: true),
    ])

  static let quantise = KeyTable(
    name: "a quantisation", id: "quantise",
    summary: "How values become small whole numbers; how far off they are is measured and "
      + "published. A value outside the range is an error.",
    keys: [
      .init(
        name: "type", summary: "The whole numbers: int16 or uint8.",
        shape: .word(QuantisationRecipe.Number.allCases.map(\.rawValue)), isRequired: true),
      .init(
        name: "range", summary: "The range of all values: [low, high].",
        shape: .list(.number, count: 2)),
      .init(
        name: "maximum-error", summary: "How far off a value may be.", shape: .positiveNumber),
      .init(
        name: "offset", summary: "With maximum-error: the value that the number 0 stands for.",
        shape: .number),
    ])

  static let link = KeyTable(
    name: "a link", id: "link", summary: "A link to something said or kept elsewhere.",
    keys: [
      .init(name: "title", summary: "What it leads to.", shape: .text, isRequired: true),
      .init(name: "url", summary: "The address.", shape: .address, isRequired: true),
    ])

  static let times = KeyTable(
    name: "a range of times", id: "times", summary: "Which times to make.",
    keys: [
      .init(name: "from", summary: "The first time, in ISO 8601.", shape: .text),
      .init(name: "to", summary: "The last time, in ISO 8601.", shape: .text),
      .init(
        name: "every", summary: "Only every n-th of them.", shape: .wholeNumber(atLeast: 1)),
    ])

  static let variable = KeyTable(
    name: "a variable", id: "variable", summary: "How to show one variable.",
    keys: [
      .init(
        name: "name", summary: "The name in the source.", shape: .text, isRequired: true),
      .init(name: "title", summary: "What people call it.", shape: .text),
      .init(name: "description", summary: "What it is, in Markdown.", shape: .text),
      .init(
        name: "group", summary: "The heading under which lists show it together with others.",
        shape: .text),
      .init(
        name: "quantise",
        summary: "How its values are made smaller in cube and time series; as the cube says "
          + "without.",
        shape: .either([.word(["lossless"]), .table("quantise")])),
      .init(
        name: "4d-layer",
        summary: "How it becomes a layer of the 4D viewer: heatmap, heightmap, heatmap3d or none; "
          + "as the source's attribute 4d_viewer_layer_type says without.",
        shape: .either([.word(viewerLayerKinds + ["none"]), .table("4d-layer")])),
      .init(
        name: "paper-cube",
        summary:
          "Whether a cube of it is drawn to print, cut out and fold: by times, or else by the "
          + "longest of its other dimensions.",
        shape: .truth),
      .init(
        name: "styles",
        summary: "The ways to draw it, the default one first; one that suits it without.",
        shape: .list(.table("style"))),
    ])

  private static let viewerLayerKinds = ViewerLayerRecipe.Kind.allCases.map(\.rawValue)

  static let viewerLayer = KeyTable(
    name: "a layer of the 4D viewer", id: "4d-layer",
    summary: "How a variable becomes a layer of the 4D viewer.",
    keys: [
      .init(
        name: "type", summary: "What the viewer draws.", shape: .word(viewerLayerKinds),
        isRequired: true),
      .init(
        name: "range",
        summary: "The values of black and white: [low, high]; those that the source declares or "
          + "has without.",
        shape: .list(.number, count: 2)),
    ])

  static let all: [KeyTable] =
    [
      recipe, story, publish, bucket, prices, site, provider, dataset, cube, series, terrain, water,
      quantise, link, times, variable, viewerLayer, style, composite, band, colourStop, symmetric,
      percentiles, category, person, grant, version, paper, project,
    ] + sceneTables

  static func table(_ id: String) -> KeyTable? { all.first { $0.id == id } }
}
