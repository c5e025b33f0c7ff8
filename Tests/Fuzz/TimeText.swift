import Cubes

private let calendars: [Calendar] = [
  .standard, .prolepticGregorian, .julian, .noleap, .allLeap, .day360,
]

/// Any text as a CF time unit, after eight bytes that are a coordinate's value.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 8 else { return 0 }
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  let bits = bytes.loadUnaligned(as: UInt64.self)
  let text = String(decoding: bytes[8...], as: UTF8.self)
  _ = Calendar(name: text)
  for calendar in calendars {
    guard let units = try? TimeUnits(text, calendar: calendar) else { continue }
    let times = [
      units.time(at: Double(bitPattern: bits)), units.time(at: Int(truncatingIfNeeded: bits)),
      units.time(at: Int(truncatingIfNeeded: bits) % 100_000),
    ]
    for time in times {
      guard let time, let value = units.value(of: time) else { continue }
      // Calendars with a gap have no date there to come back to; the others are exact.
      precondition(value.isFinite && !time.iso.isEmpty)
    }
  }
  return 0
}
