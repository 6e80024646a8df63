import Foundation
import IPLedger

/// A file in which a watch is kept, line by line, with the receive times: `ipledger ingest` reads it.
struct StreamFile {
  private let path: String
  private let handle: FileHandle
  private var buffer: [UInt8] = []

  /// Opens a file to write behind what is in it, and makes it where it is not there, for its owner alone.
  ///
  /// A line that a process could not end, because it was killed, is taken away: it will come again.
  ///
  /// - Throws: ``WatchError`` where that cannot be.
  init(path: String) throws(WatchError) {
    self.path = path
    do {
      if !FileManager.default.fileExists(atPath: path) {
        let isMade = FileManager.default.createFile(
          atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
        guard isMade else { throw CocoaError(.fileWriteNoPermission) }
      }
      handle = try FileHandle(forUpdating: URL(filePath: path))
      try Self.cutUnendedLine(handle)
      try handle.seekToEnd()
    } catch {
      throw Self.problem(path, "cannot be written")
    }
  }

  private static func cutUnendedLine(_ handle: FileHandle) throws {
    let size = try handle.seekToEnd()
    var end = size
    while end > 0 {
      let start = end > 65_536 ? end - 65_536 : 0
      try handle.seek(toOffset: start)
      let part = try handle.read(upToCount: Int(end - start)) ?? Data()
      if let last = part.lastIndex(of: UInt8(ascii: "\n")) {
        end = start + UInt64(part.distance(from: part.startIndex, to: last)) + 1
        break
      }
      end = start
    }
    if end < size { try handle.truncate(atOffset: end) }
  }

  /// Adds a line.
  mutating func write(_ line: [UInt8], receivedAt: Instant?) throws(WatchError) {
    guard let receivedAt, line.first == UInt8(ascii: "{") else {
      buffer += line
      buffer.append(UInt8(ascii: "\n"))
      return
    }
    buffer += #"{"receivedAt":"\#(receivedAt)","#.utf8
    buffer += line.dropFirst()
    buffer.append(UInt8(ascii: "\n"))
  }

  /// Hands what was added to the system.
  mutating func flush() throws(WatchError) {
    do {
      try handle.write(contentsOf: Data(buffer))
      buffer = []
    } catch {
      throw Self.problem(path, "cannot be written: is the disk full?")
    }
  }

  /// Ends writing.
  mutating func close() throws(WatchError) {
    try flush()
    try? handle.close()
  }

  private static func problem(_ path: String, _ what: String) -> WatchError {
    WatchError(
      .configuration, "the file \(path) of --record \(what)", remedy: "choose another one")
  }
}
