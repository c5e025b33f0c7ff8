import Grids
import Pyramids

/// A link to a cube of a dataset in plain words; `Site/cube/state.js` reads it.
struct CubeLink {
  let dataset: BuiltDataset
  let variable: BuiltVariable

  /// The address from a page from which `root` leads to the root of the site.
  func href(root: String) -> String {
    root + "cube/index.html#dataset=\(dataset.id)&variable=\(variable.key)"
  }
}

/// A link into the viewer in plain words; `Site/viewer/address.js` reads it.
struct ViewerLink {
  let dataset: BuiltDataset
  var variable: String?

  /// The address from a page from which `root` leads to the root of the site.
  ///
  /// What lies around a pole is shown on the globe, since Mercator's map ends before it.
  func href(root: String) -> String {
    var words = ["dataset=\(dataset.id)"]
    if let variable { words.append("variable=\(variable)") }
    let bounds = dataset.bounds
    if bounds.north < 0, bounds.south <= -89 {
      words += ["globe=1", "lat=-90", "zoom=1.4"]
    } else if bounds.south > 0, bounds.north >= 89 {
      words += ["globe=1", "lat=90", "zoom=1.4"]
    }
    return root + "viewer/index.html#" + words.joined(separator: "&")
  }
}
