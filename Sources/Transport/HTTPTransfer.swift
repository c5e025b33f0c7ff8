import CCurl
import CCurlShim
import Glibc

/// One request under way in an ``HTTPEngine``.
///
/// It is handed over to the engine's thread once and used by that thread alone from then on.
final class HTTPTransfer: @unchecked Sendable {
  typealias Completion = @Sendable (Result<HTTPReply, TransportError>) -> Void

  let request: HTTPRequest
  private let completion: Completion
  private var fields = HTTPFields()
  private var fieldBytes = 0
  private var answer: [UInt8] = []
  private var sent = 0
  private var file: Int32 = -1
  private var list: UnsafeMutablePointer<curl_slist>?
  private var complaint: String?
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

  private static let longestFields = 256 << 10

  init(_ request: HTTPRequest, _ completion: @escaping Completion) {
    self.request = request
    self.completion = completion
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    if file >= 0 { close(file) }
    curl_slist_free_all(list)
    errorText.deallocate()
  }

  /// Fills in the options of a handle.
  ///
  /// - Returns: whether it can be sent; if not, it has been completed with an error.
  func prepare(_ handle: UnsafeMutableRawPointer, _ configuration: HTTPConfiguration) -> Bool {
    if let fault = HTTPAddress.fault(in: request.url) {
      fail(.invalidAddress, fault)
      return false
    }
    if case .file(let path, _, _) = request.body {
      file = open(path, O_RDONLY | O_CLOEXEC)
      guard file >= 0 else {
        let words = strerror(errno).map { String(cString: $0) } ?? "unknown failure"
        fail(.unsendable, "the file \(path) cannot be read: \(words)")
        return false
      }
    }
    let context = Unmanaged.passUnretained(self).toOpaque()
    curl_shim_set_string(handle, CURLOPT_URL, request.url)
    curl_shim_set_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
    curl_shim_set_string(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
    curl_shim_set_string(handle, CURLOPT_USERAGENT, configuration.userAgent)
    let stall = (configuration.stallTimeout.wholeMilliseconds + 999) / 1000
    let numbers: [(CURLoption, Int)] = [
      (CURLOPT_NOSIGNAL, 1),
      (CURLOPT_PATH_AS_IS, 1),
      (CURLOPT_FOLLOWLOCATION, request.followsRedirects ? 1 : 0),
      (CURLOPT_MAXREDIRS, configuration.maximumRedirects),
      (CURLOPT_CONNECTTIMEOUT_MS, configuration.connectTimeout.wholeMilliseconds),
      (CURLOPT_LOW_SPEED_LIMIT, max(1, configuration.minimumRate)),
      (CURLOPT_LOW_SPEED_TIME, stall),
      (CURLOPT_UPLOAD_BUFFERSIZE, 512 << 10),
      (CURLOPT_TCP_KEEPALIVE, 1),
      (CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS)),
    ]
    for (option, value) in numbers { curl_shim_set_long(handle, option, value) }
    setMethod(of: handle, context)
    // Waiting for the server's leave before each body would cost a round trip.
    list = curl_slist_append(nil, "Expect:")
    for (name, value) in request.fields {
      // libcurl takes a field without a value for one to be removed.
      list = curl_slist_append(list, value.isEmpty ? "\(name);" : "\(name): \(value)")
    }
    curl_shim_set_list(handle, CURLOPT_HTTPHEADER, list)
    curl_shim_set_body_receiver(handle, receiveAnswer, context)
    curl_shim_set_header_receiver(handle, receiveAnswerField, context)
    curl_shim_set_error_buffer(handle, errorText)
    return true
  }

  private func setMethod(of handle: UnsafeMutableRawPointer, _ context: UnsafeMutableRawPointer) {
    curl_shim_set_string(handle, CURLOPT_CUSTOMREQUEST, request.method)
    if case .none = request.body {
      curl_shim_set_long(handle, CURLOPT_NOBODY, request.method == "HEAD" ? 1 : 0)
      return
    }
    curl_shim_set_long(handle, CURLOPT_UPLOAD, 1)
    curl_shim_set_offset(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(request.body.count))
    curl_shim_set_body_sender(handle, sendBody, seekBody, context)
    if request.sendingRate > 0 {
      curl_shim_set_offset(
        handle, CURLOPT_MAX_SEND_SPEED_LARGE, curl_off_t(request.sendingRate))
    }
  }

  /// Tells whoever asked how it ended.
  func finish(_ result: CURLcode) {
    if let complaint { return fail(.wrongAnswer, complaint) }
    let said = String(cString: errorText)
    let text = said.isEmpty ? String(cString: curl_easy_strerror(result)) : said
    switch result {
    case CURLE_OK:
      completion(.success(HTTPReply(status: fields.status, body: answer, fields: fields)))
    case CURLE_ABORTED_BY_CALLBACK:
      fail(.unsendable, "the file became shorter while it was sent")
    case CURLE_OPERATION_TIMEDOUT: fail(.stalled, text)
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE:
      fail(.untrusted, "the server's certificate is not trusted: \(text)")
    case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: fail(.invalidAddress, text)
    default: fail(.connection, text)
    }
  }

  private func fail(_ kind: TransportError.Kind, _ reason: String) {
    completion(.failure(TransportError(kind, url: request.url, reason: reason)))
  }

  fileprivate func take(field line: UnsafeRawBufferPointer) -> Bool {
    fieldBytes += line.count
    guard fieldBytes <= Self.longestFields else {
      complaint = "the header fields of the answer do not end"
      return false
    }
    // A server that answers while it is still being sent to says so with an interim status first.
    if line.starts(with: "HTTP/".utf8) { answer = [] }
    fields.add(line: line)
    return true
  }

  fileprivate func take(answer piece: UnsafeRawBufferPointer) -> Bool {
    guard answer.count + piece.count <= request.limit else {
      complaint = "the answer is longer than \(request.limit) bytes"
      return false
    }
    answer.append(contentsOf: piece)
    return true
  }

  /// Puts the next bytes of the body where libcurl wants them.
  fileprivate func send(to room: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(room.count, request.body.count - sent)
    guard count > 0, let start = room.baseAddress else { return 0 }
    switch request.body {
    case .none: return 0
    case .bytes(let bytes): room.copyBytes(from: bytes[sent..<sent + count])
    case .file(_, let offset, _):
      var got = pread(file, start, count, offset + sent)
      while got < 0, errno == EINTR { got = pread(file, start, count, offset + sent) }
      guard got > 0 else { return Int(CURL_READFUNC_ABORT) }
      sent += got
      return got
    }
    sent += count
    return count
  }

  fileprivate func seek(to offset: Int) -> Bool {
    guard (0...request.body.count).contains(offset) else { return false }
    sent = offset
    return true
  }
}

private func transfer(_ context: UnsafeMutableRawPointer) -> HTTPTransfer {
  Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
}

private let receiveAnswer: curl_shim_receiver = { bytes, size, count, context in
  guard let context, let bytes else { return 0 }
  let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
  // Any other number than that of the bytes handed over makes libcurl stop.
  return transfer(context).take(answer: piece) ? piece.count : piece.count &+ 1
}

private let receiveAnswerField: curl_shim_receiver = { bytes, size, count, context in
  guard let context, let bytes else { return 0 }
  let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
  return transfer(context).take(field: line) ? line.count : line.count &+ 1
}

private let sendBody: curl_shim_sender = { bytes, size, count, context in
  guard let context, let bytes else { return 0 }
  return transfer(context).send(
    to: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
}

private let seekBody: curl_shim_seeker = { context, offset, origin in
  guard let context, origin == SEEK_SET, transfer(context).seek(to: Int(offset)) else {
    return CURL_SEEKFUNC_CANTSEEK
  }
  return CURL_SEEKFUNC_OK
}
