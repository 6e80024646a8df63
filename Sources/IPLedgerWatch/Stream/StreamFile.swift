import Foundation
import IPLedger
import IPLedgerKubernetes
import SystemPackage

/// A file in which a watch is kept, line by line, with the receive times: `ipledger ingest` reads it.
struct StreamFile {
  private let path: String
  private let handle: FileHandle
  private var buffer: [UInt8] = []

  /// The names in an opening have some hundred bytes at the most.
  private static let longestOpening = 16_384

  /// Opens a file to write behind what is in it, and makes it where it is not there, for its owner alone.
  ///
  /// A line that a process could not end, because it was killed, is taken away: it will come again. What is in
  /// it has to be of the same watch; any other file is left as it is. No other process can have it so as long as
  /// this one does, nor can another watch of this one.
  ///
  /// - Parameters:
  ///   - path: Where it is.
  ///   - opening: What the watch says of itself.
  /// - Throws: ``WatchError`` where that cannot be.
  init(path: String, opening: WatchOpening) throws(WatchError) {
    self.path = path
    do {
      // One that another watch has made in the meantime is that one's, too.
      let descriptor = try FileDescriptor.open(
        FilePath(path), .readWrite, options: [.create, .closeOnExec],
        permissions: .ownerReadWrite)
      handle = FileHandle(fileDescriptor: descriptor.rawValue, closeOnDealloc: true)
    } catch {
      throw Self.problem(path, "cannot be written")
    }
    try lock()
    try requireSameWatch(opening)
    do {
      try Self.cutUnendedLine(handle)
      try handle.seekToEnd()
    } catch {
      throw Self.problem(path, "cannot be written")
    }
  }

  /// Keeps the file from other watches, where it is one, and files can be locked.
  private func lock() throws(WatchError) {
    let place = URL(filePath: path).resolvingSymlinksInPath().path
    let attributes = try? FileManager.default.attributesOfItem(atPath: place)
    // Several may write to a device.
    guard attributes?[.type] as? FileAttributeType == .typeRegular,
      flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK
    else { return }
    throw WatchError(
      .file, "the file \(path) of --record is being written by another watch",
      remedy: "end that one, or choose another file")
  }

  /// Makes sure that the file is empty, or begins as this watch would have begun it.
  private func requireSameWatch(_ opening: WatchOpening) throws(WatchError) {
    // A device has no content of its own.
    guard let size = try? handle.seekToEnd(), size > 0 else { return }
    try? handle.seek(toOffset: 0)
    let head = Array((try? handle.read(upToCount: Self.longestOpening)) ?? Data())
    guard let end = head.firstIndex(of: UInt8(ascii: "\n")) else {
      // It may be the beginning of an opening that nobody could end.
      guard PodLine.opening(opening).starts(with: head) else { throw foreign }
      return
    }
    guard
      let document = try? WatchLine.read(Array(head[..<end]), number: 1, of: path),
      case .watchEvent(_, .opening(let found), _) = document.content
    else { throw foreign }
    guard found.cluster == opening.cluster, found.scope == opening.scope else {
      throw Self.problem(path, "keeps a watch of another cluster, or of other pods of it")
    }
  }

  private var foreign: WatchError {
    Self.problem(path, "is there already, and is none that --record has made")
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
      .file, "the file \(path) of --record \(what)", remedy: "choose another one")
  }
}
