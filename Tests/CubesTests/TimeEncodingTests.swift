import Cubes
import Testing

/// Times as numbers of a unit, against dates counted by hand.
@Suite struct TimeEncodingTests {
  private func axis(_ calendar: Calendar, _ times: [CFTime]) -> TimeAxis {
    TimeAxis(name: "time", calendar: calendar, units: "days since 1850-01-01", times: times)
  }

  @Test func theUnitIsTheCoarsestThatIsExact() {
    let days = axis(.standard, [CFTime(year: 1970), CFTime(year: 1971, month: 3, day: 2)])
    #expect(days.encoded([0, 1])?.units == "days since 1970-01-01")
    #expect(days.encoded([0, 1])?.numbers == [0, 425])
    #expect(days.encoded([1])?.numbers == [425])
    let noon = axis(.standard, [CFTime(year: 1969, month: 12, day: 31, hour: 12)])
    #expect(noon.encoded([0])?.units == "hours since 1970-01-01")
    #expect(noon.encoded([0])?.numbers == [-12])
    let fine = axis(.standard, [CFTime(year: 1970, nanosecond: 1_500_000)])
    #expect(fine.encoded([0])?.units == "microseconds since 1970-01-01")
    #expect(fine.encoded([0])?.numbers == [1500])
  }

  @Test func everyCalendarCountsItsOwnDays() {
    let date = CFTime(year: 1972, month: 3)
    #expect(axis(.standard, [date]).encoded([0])?.numbers == [365 + 365 + 31 + 29])
    #expect(axis(.noleap, [date]).encoded([0])?.numbers == [365 + 365 + 31 + 28])
    #expect(axis(.day360, [date]).encoded([0])?.numbers == [780])
  }

  @Test func aDateThatDoesNotExistHasNoNumber() {
    #expect(axis(.standard, [CFTime(year: 1970, month: 2, day: 30)]).encoded([0]) == nil)
  }

  @Test func boundsShareTheUnit() {
    let axis = TimeAxis(
      name: "time", calendar: .standard, units: "", times: [CFTime(year: 1970, month: 1, day: 2)],
      bounds: [
        TimeAxis.Bounds(
          start: CFTime(year: 1970, month: 1, day: 1, hour: 6),
          end: CFTime(year: 1970, month: 1, day: 3))
      ])
    #expect(axis.encoded([0])?.units == "hours since 1970-01-01")
    #expect(axis.encoded([0])?.numbers == [24])
    #expect(axis.encoded([0])?.bounds == [6, 48])
  }
}
