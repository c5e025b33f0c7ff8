import Codecs
import Grids
import JSON

/// A gridded variable as one source holds it, before sources are joined.
struct SourceVariable {
  let array: SourceArray
  let type: ElementType
  let uses: [DimensionUse]
  let packing: Packing
  let grid: Grid
  /// The times; also of a scalar coordinate, when no use is `.time`.
  let times: TimeReading?
  let extras: [LabelAxis]
  let scalars: [LabelAxis]
}

/// What one source holds.
struct SourceContents {
  let source: any ArraySource
  let variables: [SourceVariable]
  let skipped: [SkippedVariable]
}
