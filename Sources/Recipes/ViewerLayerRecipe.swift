/// How a variable becomes a layer of the 4D viewer.
public struct ViewerLayerRecipe: Sendable, Hashable {
  /// What the viewer draws.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// Colours on a surface.
    case heatmap
    /// A surface.
    case heightmap
    /// Colours in a volume.
    case heatmap3d
  }

  /// What the viewer draws; `nil` makes no layer.
  public var kind: Kind?
  /// The values of the grey levels 0 and 255; without, those that the source declares or has.
  public var range: ClosedRange<Double>?

  /// Makes the recipe of a layer.
  public init(kind: Kind?, range: ClosedRange<Double>? = nil) {
    self.kind = kind
    self.range = range
  }
}
