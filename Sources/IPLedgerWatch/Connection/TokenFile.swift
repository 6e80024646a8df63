import FoundationEssentials

/// A file with a bearer token, which is replaced from time to time.
enum TokenFile {
  /// The token that stands there now.
  static func read(_ path: String, _ access: ClusterAccess) throws(WatchError) -> Secret {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw WatchError(
        .credential, "the token \(path) of \(access.name) cannot be read: \(Reason.of(error))",
        remedy: "check the file and who may read it")
    }
    let token = String(
      text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    guard !token.isEmpty else {
      throw WatchError(
        .credential, "the token \(path) of \(access.name) is empty", remedy: "check the file")
    }
    return Secret(token)
  }
}
