import IPLedger

/// Where the bytes of an input come from.
public struct InputSource: Sendable, Equatable {
  /// What messages call it: the path, or `standard input`.
  public let name: String

  let origin: Origin

  /// A file, a named pipe or any other path that can be read, gzip'd or not.
  public static func file(_ path: String) -> InputSource {
    InputSource(name: path, origin: .file(path))
  }

  /// What is piped into the process, gzip'd or not.
  public static let standardInput = InputSource(name: "standard input", origin: .standardInput)

  /// Bytes that are in memory already, such as the body of a response; not gzip'd.
  public static func bytes(_ bytes: [UInt8], named name: String) -> InputSource {
    InputSource(name: name, origin: .bytes(bytes))
  }

  /// The file as a command in a message names it; nil for what is no file.
  var shellWord: String? {
    guard case .file(let path) = origin else { return nil }
    return path.shellWord
  }

  enum Origin: Sendable, Equatable {
    case file(String)
    case standardInput
    case bytes([UInt8])
  }
}
