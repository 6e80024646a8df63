import Foundation
import Synchronization

/// Reads an input on a thread of its own, a bounded number of bytes ahead of whoever takes them: so a pipe
/// is read on while what came before is worked on, and then much of it is there at once.
final class ReadAhead: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    /// Why nothing more will come: the end, or a failure.
    var end: Result<Void, Failure>?
    var isReaderWaiting = false
    var isTakerWaiting = false
  }

  /// How many bytes are read at once.
  private static let chunkBytes = 1 << 20

  private let capacity: Int
  private let state = Mutex(State())
  private let room = DispatchSemaphore(value: 0)
  private let news = DispatchSemaphore(value: 0)

  /// Starts to read.
  ///
  /// - Parameters:
  ///   - file: The input.
  ///   - capacity: How many bytes may wait before no more are read.
  init(_ file: InputFile, capacity: Int) {
    self.capacity = capacity
    let thread = Thread { [self] in
      var isWanted = true
      while isWanted {
        do throws(Failure) {
          let chunk = try file.read(upTo: Self.chunkBytes)
          isWanted = !chunk.isEmpty
          if isWanted { put(chunk) } else { end(.success(())) }
        } catch {
          isWanted = false
          end(.failure(error))
        }
      }
    }
    thread.name = "ipledger.rows"
    thread.start()
  }

  private func put(_ chunk: Data) {
    let (isTakerWaiting, hasToWait) = state.withLock { state in
      state.bytes += chunk
      state.isReaderWaiting = state.bytes.count >= capacity
      defer { state.isTakerWaiting = false }
      return (state.isTakerWaiting, state.isReaderWaiting)
    }
    if isTakerWaiting { news.signal() }
    if hasToWait { room.wait() }
  }

  private func end(_ end: Result<Void, Failure>) {
    let isTakerWaiting = state.withLock { state in
      state.end = end
      defer { state.isTakerWaiting = false }
      return state.isTakerWaiting
    }
    if isTakerWaiting { news.signal() }
  }

  /// All bytes that have come since the last call, as soon as there are any; none at the end only.
  ///
  /// - Throws: ``Failure`` where the input cannot be read on, once all that was read is taken.
  func take() throws(Failure) -> [UInt8] {
    while true {
      let (bytes, end, isReaderWaiting) = state.withLock { state in
        let bytes = state.bytes
        state.bytes = []
        let isReaderWaiting = state.isReaderWaiting
        state.isReaderWaiting = false
        state.isTakerWaiting = bytes.isEmpty && state.end == nil
        return (bytes, state.end, isReaderWaiting)
      }
      if isReaderWaiting { room.signal() }
      if !bytes.isEmpty { return bytes }
      if let end {
        try end.get()
        return []
      }
      news.wait()
    }
  }
}
