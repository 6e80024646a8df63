import Foundation

/// A file or standard input, read as it comes.
struct InputFile {
  /// What messages call it.
  let name: String
  /// Whether it is a pipe or a terminal, which hands on whatever is there.
  let isLive: Bool
  private let handle: FileHandle

  /// Opens a file; `-` is standard input.
  init(_ path: String) throws(Failure) {
    name = path == "-" ? "standard input" : path
    do {
      handle =
        path == "-"
        ? .standardInput : try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    } catch {
      throw Self.unreadable(name, error)
    }
    // A pipe cannot be sought in: that is how it is told from a file.
    isLive = (try? handle.offset()) == nil
  }

  /// The next bytes, so many of a file; none at the end.
  func read(upTo count: Int) throws(Failure) -> Data {
    if isLive { return handle.availableData }
    do {
      return try handle.read(upToCount: count) ?? Data()
    } catch {
      throw Self.unreadable(name, error)
    }
  }

  private static func unreadable(_ name: String, _ error: any Error) -> Failure {
    Failure(
      message: "\(name) cannot be read: \(error.localizedDescription); name a file that exists and "
        + "may be read, or - for standard input",
      status: .inputOutput)
  }
}
