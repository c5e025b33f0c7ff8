import Testing

@testable import Recipes

@Suite("Default looks")
struct StyleDefaultTests {
  @Test(arguments: [
    ("sea_surface_temperature", "kelvin", "analysed_sst", "temperature"),
    ("", "K", "tos", "temperature"),
    ("", "degC", "t2m", "temperature"),
    ("mass_concentration_of_chlorophyll_in_sea_water", "mg m^-3", "chl", "chlorophyll"),
    ("", "mg m^-3", "conc_chl", "chlorophyll"),
    ("surface_temperature_anomaly", "K", "ta", "anomaly"),
    ("", "K", "sst_anom", "anomaly"),
    ("eastward_wind", "m s-1", "u", "velocity"),
    ("bedrock_altitude", "m", "bed", "elevation"),
    ("surface_altitude", "m", "orog", "elevation"),
    ("wind_from_direction", "degree", "wd", "direction"),
    ("sea_ice_area_fraction", "1", "siconc", "seaIce"),
    ("atmosphere_mass_content_of_carbon_dioxide", "1e-6", "xco2", "other"),
  ])
  func followFromWhatTheVariableIs(standard: String, units: String, name: String, nature: String) {
    let found = VariableNature(
      standardName: standard, units: units, longName: nil, name: name, isCategorical: false)
    #expect(found.rawValue == nature)
  }

  @Test func flagsAreClassesWhateverTheirName() {
    let nature = VariableNature(
      standardName: "sea_surface_temperature status_flag", units: "K", longName: nil, name: "sst",
      isCategorical: true)
    #expect(nature == .classes)
  }

  @Test(arguments: [
    (271.3127...304.87, 271...305),
    (0.0...1.0, 0.0...1.0),
    (-3.7...12.2, -4.0...12.5),
    (5.0...5.0, 4.5...5.5),
    (0.0...0.0, -1.0...1.0),
    (0.000_123...0.000_987, 0.000_12...0.001),
    (-2.3e30...7.1e30, -2.4e30...7.2e30),
  ])
  func rangesHaveRoundEnds(given: ClosedRange<Double>, round: ClosedRange<Double>) {
    #expect(RoundRange.around(given) == round)
  }

  @Test(arguments: [
    (0.13...22.4, 0.1...50.0), (1.0...1000.0, 1.0...1000.0), (0.021...0.022, 0.02...0.05),
  ])
  func logarithmicRangesEndAtOneTwoOrFive(
    given: ClosedRange<Double>, round: ClosedRange<Double>
  ) {
    #expect(RoundRange.aroundLogarithmically(given) == round)
  }

  @Test func neighbouringClassesLookDifferent() {
    let colours = (0..<60).map(CategoryColours.colour)
    #expect(Set(colours).count == 60)
  }
}
