/// Reads the body of a form with files (`multipart/form-data`, RFC 7578 and 2046) as it arrives.
///
/// It keeps no more of it than the lines before one part's content, or what may be the beginning of a boundary.
public struct MultipartParser: Sendable {
  /// What was found.
  public enum Event: Sendable, Hashable {
    /// A part begins.
    case began(PartHead)
    /// The next bytes of its content; never none.
    case bytes([UInt8])
    /// Its content has ended.
    case ended
  }

  private enum State {
    /// Before the first boundary; what stands there is for nobody.
    case before
    /// Behind a boundary, before it is known whether it is the last one.
    case boundary
    /// In the lines before a part's content.
    case head
    /// In a part's content.
    case content
    /// Behind the last boundary.
    case after
  }

  /// The most that may be said of a part before its content, in bytes.
  public static let longestHead = 4096
  /// The most parts that a form may have.
  public static let mostParts = 100

  /// What stands between two contents: a line break, two dashes and the boundary.
  private let delimiter: [UInt8]
  private var state = State.before
  /// What arrived and is not done with.
  private var waiting: [UInt8]
  /// The lines before the content that is to come.
  private var head: [UInt8] = []
  private var partCount = 0
  /// How many bytes of the body come before those that wait.
  private var offset: Int64

  /// How many bytes follow at least on the content of the last part.
  public var shortestEnd: Int { delimiter.count + 2 }

  /// - Parameter contentType: the field `Content-Type` of the form.
  /// - Throws: ``MultipartError`` where it is of another type, or names no boundary.
  public init(contentType: String) throws(MultipartError) {
    let field = HeaderField(contentType)
    guard field.value == "multipart/form-data" else {
      throw MultipartError("it is no multipart/form-data")
    }
    let boundary = Array((field.parameters["boundary"] ?? "").utf8)
    guard (1...70).contains(boundary.count), boundary.allSatisfy({ (0x20...0x7E).contains($0) })
    else { throw MultipartError("Content-Type names no boundary of 1 to 70 plain characters") }
    delimiter = Array("\r\n--".utf8) + boundary
    // Before the first boundary there may be no line break.
    waiting = Array("\r\n".utf8)
    offset = -2
  }

  /// Reads the next bytes of the body.
  ///
  /// - Returns: what is known by then, in order.
  /// - Throws: ``MultipartError`` where it is no form; it must not be asked again then.
  public mutating func take(_ bytes: [UInt8]) throws(MultipartError) -> [Event] {
    waiting += bytes
    var events: [Event] = []
    var position = 0
    var goesOn = true
    while goesOn {
      switch state {
      case .before, .content: goesOn = readContent(&position, &events)
      case .boundary: goesOn = try readEndOfBoundary(&position)
      case .head: goesOn = try readHead(&position, &events)
      case .after:
        position = waiting.count
        goesOn = false
      }
    }
    waiting.removeFirst(position)
    offset += Int64(position)
    return events
  }

  /// To be called at the end of the body.
  ///
  /// - Throws: ``MultipartError`` where more should have come.
  public func finish() throws(MultipartError) {
    guard case .after = state else { throw .cutOff }
  }

  /// Reads up to the next boundary.
  ///
  /// - Returns: whether there is one.
  private mutating func readContent(_ position: inout Int, _ events: inout [Event]) -> Bool {
    let isContent = if case .content = state { true } else { false }
    let found = boundary(from: position)
    // The beginning of a boundary may be the last that has come.
    let end = found ?? max(position, waiting.count - delimiter.count + 1)
    if isContent, end > position { events.append(.bytes(Array(waiting[position..<end]))) }
    position = end
    guard found != nil else { return false }
    if isContent { events.append(.ended) }
    position += delimiter.count
    state = .boundary
    return true
  }

  /// Where the next boundary begins.
  private func boundary(from start: Int) -> Int? {
    var position = start
    // A boundary has one carriage return, at its beginning: nothing is looked at twice.
    while let next = waiting[position...].firstIndex(of: delimiter[0]) {
      guard waiting.count - next >= delimiter.count else { return nil }
      if waiting[next..<(next + delimiter.count)].elementsEqual(delimiter) { return next }
      position = next + 1
    }
    return nil
  }

  private mutating func readEndOfBoundary(_ position: inout Int) throws(MultipartError) -> Bool {
    // Blanks that somebody on the way may have added.
    while position < waiting.count, [0x20, 0x09].contains(waiting[position]) { position += 1 }
    guard waiting.count - position >= 2 else { return false }
    switch (waiting[position], waiting[position + 1]) {
    case (0x0D, 0x0A):
      partCount += 1
      guard partCount <= Self.mostParts else {
        throw MultipartError(
          "it has more than \(Self.mostParts) parts", remedy: "send the fields that are asked for")
      }
      head = []
      state = .head
    case (0x2D, 0x2D): state = .after
    default: throw MultipartError("something follows on a boundary in its line")
    }
    position += 2
    return true
  }

  private mutating func readHead(
    _ position: inout Int, _ events: inout [Event]
  ) throws(MultipartError) -> Bool {
    while position < waiting.count {
      head.append(waiting[position])
      position += 1
      // An empty line ends it, also where it is the first one.
      if head.suffix(4).elementsEqual("\r\n\r\n".utf8) || head.elementsEqual("\r\n".utf8) {
        events.append(
          .began(try PartHead(lines: head, offset: offset + Int64(position))))
        state = .content
        return true
      }
      guard head.count < Self.longestHead else {
        throw MultipartError(
          "more than \(Self.longestHead) bytes stand before a field's content",
          remedy: "give the file a shorter name")
      }
    }
    return false
  }
}
