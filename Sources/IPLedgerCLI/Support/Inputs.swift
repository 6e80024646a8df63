import Foundation

/// Files that are about to be read.
enum Inputs {
  /// Checks that a file can be read, before anything is made for what is in it; `-` always can.
  ///
  /// - Throws: A ``Failure`` that names it.
  static func requireReadable(_ path: String) throws(Failure) {
    guard path != "-" else { return }
    guard !path.isEmpty else {
      throw .usage("the name of an input is empty: name a file, or - for standard input")
    }
    let file = URL(filePath: path).resolvingSymlinksInPath()
    let isDirectory = try? file.resourceValues(forKeys: [.isDirectoryKey]).isDirectory
    let why: String
    if !FileManager.default.fileExists(atPath: path) {
      why = "there is no such file"
    } else if isDirectory == true {
      why = "it is a directory"
    } else if !FileManager.default.isReadableFile(atPath: path) {
      why = "its permissions do not let this user read it"
    } else {
      return
    }
    throw Failure(
      message: "\(path) cannot be read: \(why); name a file that exists and may be read, or - for "
        + "standard input",
      status: .inputOutput)
  }
}
