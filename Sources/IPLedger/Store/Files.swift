import LMDB

/// What the targets above ask of the system about files, where that takes code that is not safe.
package enum Files {
  /// A system call that failed.
  package struct Failure: Error, Hashable, Sendable {
    /// The system's own words, such as `Connection reset by peer`.
    package let words: String

    /// A failure in these words.
    package init(words: String) { self.words = words }
  }

  /// Reads what a descriptor gives, and waits while there is nothing.
  ///
  /// - Parameters:
  ///   - descriptor: A descriptor that is open.
  ///   - count: The most bytes to read, at least 1.
  /// - Returns: The bytes, as few as came at once; none at the end only.
  /// - Throws: What the system says.
  package static func read(
    _ descriptor: Int32, upTo count: Int
  ) throws(Failure) -> [UInt8] {
    do throws(SystemFailure) {
      return try Descriptor.read(descriptor, upTo: count)
    } catch {
      throw Failure(words: "\(error)")
    }
  }

  /// Waits until the name that a file was given is on the disk, so that a power cut does not take it.
  ///
  /// - Throws: ``StorageError``.
  package static func synchronizeName(of path: String) throws {
    try Disk.synchronize(Disk.directory(of: path))
  }
}
