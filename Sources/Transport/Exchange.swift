import CCurl
import CCurlShim

/// One request and what comes back for it, up to where it is told to stop.
///
/// libcurl calls back with pieces of the answer on the thread that runs ``perform(on:)``, so this
/// object needs no lock.
final class Exchange {
  /// Why receiving was stopped from this side.
  enum Stop: Equatable {
    /// More bytes than the limit.
    case tooLarge
    /// All that is needed is there; the rest of an unranged answer is not wanted.
    case enough
    /// The fields alone exceed what any server has reason to send.
    case endlessFields
  }

  let url: String
  let range: ByteRange?
  let wantsBody: Bool
  private(set) var fields = HTTPFields()
  private(set) var body: [UInt8] = []
  private(set) var stop: Stop?
  private(set) var result = CURLE_OK
  private(set) var curlText = ""
  private(set) var retryAfter: Int?

  private let limit: Int
  private let configuration: HTTPConfiguration
  private var fieldBytes = 0

  private static let longestFields = 256 << 10
  /// Of an answer that tells of failure, no more than this is of any use.
  private static let longestComplaint = 2 << 10

  init(
    url: String, range: ByteRange?, wantsBody: Bool, limit: Int, configuration: HTTPConfiguration
  ) {
    self.url = url
    self.range = range
    self.wantsBody = wantsBody
    self.limit = limit
    self.configuration = configuration
  }

  /// Whether the answer carries what was asked for.
  var isSuccess: Bool { (200..<300).contains(fields.status) }

  /// Sends the request and receives the answer; blocks until it is complete or has failed.
  func perform(on handle: UnsafeMutableRawPointer) {
    var errorText = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
    let context = Unmanaged.passUnretained(self).toOpaque()
    var list = curl_slist_append(nil, "Accept: */*")
    if range != nil || !wantsBody {
      // Ranges and sizes of a compressed form would not fit the object's own.
      list = curl_slist_append(list, "Accept-Encoding: identity")
    }
    defer { curl_slist_free_all(list) }
    setOptions(of: handle)
    curl_shim_set_list(handle, CURLOPT_HTTPHEADER, list)
    curl_shim_set_body_receiver(handle, receiveBody, context)
    curl_shim_set_header_receiver(handle, receiveField, context)
    errorText.withUnsafeMutableBufferPointer { buffer in
      curl_shim_set_error_buffer(handle, buffer.baseAddress)
      result = withExtendedLifetime(self) { curl_easy_perform(handle) }
      curl_shim_set_error_buffer(handle, nil)
    }
    let text = errorText.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    curlText =
      text.isEmpty
      ? String(cString: curl_easy_strerror(result)) : String(decoding: text, as: UTF8.self)
    var wait: curl_off_t = 0
    if curl_shim_get_offset(handle, CURLINFO_RETRY_AFTER, &wait) == CURLE_OK, wait > 0 {
      retryAfter = Int(wait)
    }
  }

  private func setOptions(of handle: UnsafeMutableRawPointer) {
    let isSecure = url.prefix(8).lowercased() == "https://"
    curl_shim_set_string(handle, CURLOPT_URL, url)
    curl_shim_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
    // Bytes asked for over TLS must not come over a connection that anyone can change.
    curl_shim_set_string(
      handle, CURLOPT_REDIR_PROTOCOLS_STR, isSecure ? "https" : "http,https")
    curl_shim_set_string(handle, CURLOPT_USERAGENT, configuration.userAgent)
    let numbers: [(CURLoption, Int)] = [
      (CURLOPT_NOSIGNAL, 1),
      (CURLOPT_FOLLOWLOCATION, 1),
      (CURLOPT_MAXREDIRS, configuration.maximumRedirects),
      (CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout.wholeMilliseconds),
      (CURLOPT_LOW_SPEED_LIMIT, max(1, configuration.minimumRate)),
      (CURLOPT_LOW_SPEED_TIME, (configuration.stallTimeout.wholeMilliseconds + 999) / 1000),
      (CURLOPT_BUFFERSIZE, 128 << 10),
      (CURLOPT_TCP_KEEPALIVE, 1),
      (CURLOPT_NOBODY, wantsBody ? 0 : 1),
    ]
    for (option, value) in numbers { curl_shim_set_long(handle, option, value) }
    switch range {
    case .from(let offset, let length):
      curl_shim_set_string(handle, CURLOPT_RANGE, "\(offset)-\(offset + length - 1)")
    case .suffix(let length): curl_shim_set_string(handle, CURLOPT_RANGE, "-\(length)")
    case nil:
      // The empty text means every encoding that libcurl can undo.
      if wantsBody { curl_shim_set_string(handle, CURLOPT_ACCEPT_ENCODING, "") }
    }
  }

  /// Takes a line of the fields; returns whether to go on.
  fileprivate func take(field line: UnsafeRawBufferPointer) -> Bool {
    fieldBytes += line.count
    if fieldBytes > Self.longestFields {
      stop = .endlessFields
      return false
    }
    fields.add(line: line)
    return true
  }

  /// Takes a piece of the body; returns whether to go on.
  fileprivate func take(body piece: UnsafeRawBufferPointer) -> Bool {
    guard isSuccess else {
      let room = max(0, Self.longestComplaint - body.count)
      body.append(contentsOf: piece.prefix(room))
      if piece.count > room { stop = .enough }
      return stop == nil
    }
    if body.isEmpty {
      let said = fields["content-encoding"] == nil ? fields.contentLength : nil
      if let said, said > ceiling, !cutsHere {
        stop = .tooLarge
        return false
      }
      body.reserveCapacity(min(said ?? piece.count, ceiling))
    }
    guard piece.count <= ceiling - body.count else {
      body.append(contentsOf: piece.prefix(ceiling - body.count))
      stop = cutsHere ? .enough : .tooLarge
      return false
    }
    body.append(contentsOf: piece)
    return true
  }

  /// Whether this is a whole object sent where a stretch near its start was asked for.
  private var cutsHere: Bool {
    guard fields.status == 200, case .from(let offset, let length) = range else { return false }
    return offset + length <= configuration.maximumUnrangedSize
  }

  /// How many bytes of the body may be taken.
  private var ceiling: Int {
    guard let range else { return limit }
    guard fields.status == 200 else { return min(limit, range.length) }
    if case .from(let offset, let length) = range, cutsHere { return offset + length }
    return configuration.maximumUnrangedSize
  }
}

private let receiveBody: curl_shim_receiver = { bytes, size, count, context in
  guard let context, let bytes else { return 0 }
  let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
  let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
  // Any other number than that of the bytes handed over makes libcurl stop.
  return exchange.take(body: piece) ? piece.count : piece.count &+ 1
}

private let receiveField: curl_shim_receiver = { bytes, size, count, context in
  guard let context, let bytes else { return 0 }
  let exchange = Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
  let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
  return exchange.take(field: line) ? line.count : line.count &+ 1
}
