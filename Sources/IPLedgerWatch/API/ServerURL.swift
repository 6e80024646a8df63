/// The parts of a URL that names a server.
struct ServerURL: Hashable, Sendable {
  private let scheme: Substring
  /// A user and a password, as they are written.
  let userInfo: Substring?
  /// The name or address, an IPv6 one without its brackets.
  let host: String
  let port: Int?
  private let rest: Substring

  /// Takes a URL such as `https://10.0.0.1:6443/prefix` apart.
  init(_ text: String) {
    let begin = text.firstRange(of: "://")?.upperBound ?? text.startIndex
    scheme = text[..<begin]
    let end = text[begin...].firstIndex(of: "/") ?? text.endIndex
    var place = text[begin..<end]
    rest = text[end...]
    if let at = place.lastIndex(of: "@") {
      userInfo = place[..<at]
      place = place[place.index(after: at)...]
    } else {
      userInfo = nil
    }
    var number = Substring()
    if place.first == "[", let close = place.firstIndex(of: "]") {
      host = String(place[place.index(after: place.startIndex)..<close])
      number = place[close...].dropFirst(2)
    } else if let colon = place.lastIndex(of: ":") {
      host = String(place[..<colon])
      number = place[colon...].dropFirst()
    } else {
      host = String(place)
    }
    port = Int(number)
  }

  /// The name and the port, as they are written.
  var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port.map { "\(name):\($0)" } ?? name
  }

  /// The same URL with another name for the server.
  func replacingHost(with name: String) -> String {
    "\(scheme)\(name)\(port.map { ":\($0)" } ?? "")\(rest)"
  }
}

/// Percent-encoding (RFC 3986).
enum Percent {
  private static let unreserved = Set(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// Text in which nothing has a meaning in a query.
  static func encoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if unreserved.contains(byte) {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Text as it was before it was encoded.
  static func decoded(_ text: some StringProtocol) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      else {
        bytes.append(byte)
        continue
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
