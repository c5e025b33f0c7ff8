import Testing
@testable import LiveCubes
