import Foundation
package import IPLedger

/// A file or standard input that is open, read as it comes.
package struct OpenInput {
  /// Whether it is a pipe, a socket or a terminal, which hands on whatever is there.
  package let isLive: Bool

  let handle: FileHandle

  /// What is piped into the process.
  package static var standardInput: OpenInput { OpenInput(.standardInput) }

  /// Opens a file.
  ///
  /// - Throws: Why it cannot be opened, in the system's words.
  package init(path: String) throws(Files.Failure) {
    do {
      self.init(try FileHandle(forReadingFrom: URL(fileURLWithPath: path)))
    } catch {
      throw Files.Failure(words: SystemMessage.of(error))
    }
  }

  init(_ handle: FileHandle) {
    self.handle = handle
    // A pipe cannot be sought in: that is how it is told from a file.
    isLive = (try? handle.offset()) == nil
  }

  /// The next bytes, as few as came at once; none at the end only.
  ///
  /// - Throws: Why it cannot be read, in the system's words.
  package func read(upTo count: Int) throws(Files.Failure) -> [UInt8] {
    try Files.read(handle.fileDescriptor, upTo: count)
  }

  /// Where in a file it stands, and where the file ends; nil where it cannot be sought in.
  var place: (start: UInt64, end: UInt64)? {
    guard let start = try? handle.offset(), let end = try? handle.seekToEnd(),
      (try? handle.seek(toOffset: start)) != nil
    else { return nil }
    return (start, end)
  }

  /// Goes to a place in a file.
  func seek(to offset: UInt64) throws(Files.Failure) {
    do {
      try handle.seek(toOffset: offset)
    } catch {
      throw Files.Failure(words: SystemMessage.of(error))
    }
  }

  /// So many bytes; fewer at the end only.
  ///
  /// - Throws: As ``read(upTo:)``.
  func read(_ count: Int) throws(Files.Failure) -> [UInt8] {
    var bytes = try read(upTo: count)
    while !bytes.isEmpty, bytes.count < count {
      let more = try read(upTo: count - bytes.count)
      if more.isEmpty { break }
      bytes += more
    }
    return bytes
  }
}
