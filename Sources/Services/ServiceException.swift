/// A failure of a service of OGC (OWS Common 1.1, 06-121r3, section 8; the codes of WMTS are in 07-057r7).
public struct ServiceException: Error, Sendable, Equatable {
  /// What kind of failure it is.
  public enum Code: String, Sendable {
    /// There is no such operation.
    case operationNotSupported = "OperationNotSupported"
    /// The request lacks a parameter.
    case missingParameterValue = "MissingParameterValue"
    /// A parameter has a value that it cannot have.
    case invalidParameterValue = "InvalidParameterValue"
    /// None of the versions that the client takes is there.
    case versionNegotiationFailed = "VersionNegotiationFailed"
    /// The tile lies outside of its matrix.
    case tileOutOfRange = "TileOutOfRange"
    /// Anything else.
    case noApplicableCode = "NoApplicableCode"
  }

  /// What kind of failure it is.
  public let code: Code
  /// The parameter that it is about.
  public let locator: String?
  /// What is wrong, in words.
  public let text: String

  /// Describes a failure.
  public init(_ code: Code, locator: String? = nil, _ text: String) {
    self.code = code
    self.locator = locator
    self.text = text
  }

  /// The document `ExceptionReport`.
  public var xml: String {
    var writer = XMLWriter()
    writer.element(
      "ows:ExceptionReport",
      [("xmlns:ows", "http://www.opengis.net/ows/1.1"), ("version", "1.0.0"), ("xml:lang", "en")]
    ) { writer in
      var attributes: [(StaticString, String)] = [("exceptionCode", code.rawValue)]
      if let locator { attributes.append(("locator", locator)) }
      writer.element("ows:Exception", attributes) { writer in
        writer.element("ows:ExceptionText", text: text)
      }
    }
    return writer.text
  }
}
