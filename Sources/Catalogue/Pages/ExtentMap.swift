import Grids
import Pages

/// The small map of the world that shows where a dataset lies; units are tenths of a degree.
struct ExtentMap {
  let bounds: GeographicBounds

  var context: [String: PageValue] {
    let height = (bounds.north - bounds.south) * 10
    var boxes: [PageValue] = []
    // Past the antimeridian the box goes on at the left edge.
    for (west, east) in [
      (bounds.west, min(bounds.east, 180)), (-180, bounds.east - 360),
    ] where east > west {
      boxes.append([
        "boxX": units(west * 10), "boxY": units(-bounds.north * 10),
        "boxWidth": units((east - west) * 10), "boxHeight": units(height),
      ])
    }
    var context: [String: PageValue] = [
      "mapView": "-1800 -900 3600 1800",
      "mapLabel": .text("Map of the world with the area of the data: \(Words.area(bounds))"),
      "mapBoxes": .list(boxes),
    ]
    let width = (bounds.east - bounds.west) * 10
    if width < 200, height < 200 {
      context["mapRing"] = [
        "ringX": units((bounds.west + bounds.east) * 5),
        "ringY": units(-(bounds.north + bounds.south) * 5), "ringR": "130",
      ]
    }
    return context
  }

  private func units(_ number: Double) -> PageValue { .number(Int(number.rounded())) }
}
