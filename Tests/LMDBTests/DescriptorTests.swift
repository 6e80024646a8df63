import Foundation
import Testing

@testable import LMDB

@Suite(.serialized) struct DescriptorTests {
  @Test func `a pipe gives what is there, and nothing at its end`() throws {
    let pipe = Pipe()
    let descriptor = pipe.fileHandleForReading.fileDescriptor
    try pipe.fileHandleForWriting.write(contentsOf: Data("hello".utf8))
    #expect(try Descriptor.read(descriptor, upTo: 4) == "hell".bytes)
    #expect(try Descriptor.read(descriptor, upTo: 4) == "o".bytes)
    try pipe.fileHandleForWriting.close()
    #expect(try Descriptor.read(descriptor, upTo: 4) == [])
  }

  @Test func `a descriptor that does not wait is waited for`() throws {
    let pipe = Pipe()
    let descriptor = pipe.fileHandleForReading.fileDescriptor
    #expect(fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0)
    let writer = pipe.fileHandleForWriting
    Thread.detachNewThread {
      usleep(20_000)
      try? writer.write(contentsOf: Data("late".utf8))
    }
    #expect(try Descriptor.read(descriptor, upTo: 9) == "late".bytes)
  }

  @Test func `what cannot be read is told in the system's words`() throws {
    let closed = #expect(throws: SystemFailure.self) { try Descriptor.read(-1, upTo: 1) }
    #expect(closed?.number == EBADF)
    let directory = try TemporaryDirectory()
    let handle = try #require(FileHandle(forReadingAtPath: directory.path))
    let failure = #expect(throws: SystemFailure.self) {
      try Descriptor.read(handle.fileDescriptor, upTo: 1)
    }
    #expect(failure.map { "\($0)" } == "Is a directory")
  }
}
