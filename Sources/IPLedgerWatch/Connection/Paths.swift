import FoundationEssentials

/// Paths that stand in files.
enum Paths {
  /// The folder that a file is in.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// A path, where a relative one begins in a folder.
  static func resolve(_ path: String, in folder: String) -> String {
    path.hasPrefix("/") ? path : "\(folder)/\(path)"
  }
}

/// Why the system refused something, in its words.
enum Reason {
  static func of(_ error: any Error) -> String {
    guard let error = error as? CocoaError else { return "\(error)" }
    switch error.code {
    case .fileReadNoSuchFile: return "it is not there"
    case .fileReadNoPermission: return "permission denied"
    case .fileReadInapplicableStringEncoding, .fileReadCorruptFile: return "it is not UTF-8"
    default: return "it cannot be read"
    }
  }
}
