import Foundation
import Testing

@testable import IPLedgerKubernetes

@Suite(.serialized) struct `Bytes come from files and pipes, gzip'd or not` {
  private static let text = (0..<300).map { Sample.added("web-\($0)") }.joined(separator: "\n")

  @Test func `a file is read with its size known`() throws {
    try withTemporaryFile(Self.text.utf8) { path in
      let reading = Reading(.file(path))
      #expect(reading == Reading(Self.text))
      let limits = InputLimits(chunkBytes: 10, valueBytes: 999)
      var reader = try InputReader(.file(path), limits: limits)
      #expect(reader.totalBytes == Self.text.utf8.count)
      #expect(reader.bytesRead == 0)
      _ = try reader.next()
      #expect((1..<1000).contains(reader.bytesRead))
    }
  }

  @Test func `gzip is known by its content, and progress counts compressed bytes`() throws {
    let bytes = try gzipped(Self.text)
    try withTemporaryFile(bytes) { path in
      #expect(Reading(.file(path)) == Reading(Self.text))
      var reader = try InputReader(.file(path))
      #expect(reader.totalBytes == bytes.count)
      while try reader.next() != nil {}
      #expect(reader.bytesRead == bytes.count)
    }
  }

  @Test func `several gzip'd parts in one file are one stream`() throws {
    let bytes = try gzipped(Sample.added() + "\n") + gzipped(Sample.added("b"))
    try withTemporaryFile(bytes) { path in
      #expect(Reading(.file(path)).documents.count == 2)
    }
  }

  @Test func `gzip'd data that are cut short or damaged are an error`() throws {
    let bytes = try gzipped(Self.text)
    let inputs = [Array(bytes.dropLast(9)), Array(bytes.prefix(2)), bytes.prefix(99) + [1, 2]]
    for broken in inputs {
      try withTemporaryFile(broken) { path in
        let error = try #require(Reading(.file(path)).error)
        #expect(error.code == .decompression)
        #expect(error.found.contains("gzip -dc"))
        #expect(error.remedy.hasSuffix("gzip -t \(path)"))
      }
    }
  }

  @Test func `a command in a message names the file as a shell reads it`() {
    #expect(InputSource.file("/a/b-1.gz").shellWord == "/a/b-1.gz")
    #expect(InputSource.file("it's here").shellWord == #"'it'\''s here'"#)
    #expect(InputSource.standardInput.shellWord == nil)
  }

  @Test func `gzip's own words are repeated`() throws {
    try withTemporaryFile(try gzipped(Self.text).dropLast(9)) { path in
      let error = try #require(Reading(.file(path)).error)
      #expect(error.found.contains("unexpected end of file"))
    }
  }

  @Test func `without gzip the error says what to install`() throws {
    try withTemporaryFile(try gzipped(Self.text)) { path in
      var fault: InputFault?
      do throws(InputFault) {
        var stream = try ByteStream(.file(path), chunkBytes: 9, gzip: "gzip-that-is-not-there")
        _ = try stream.next()
      } catch {
        fault = error
      }
      #expect(fault?.code == .decompression)
      #expect(fault?.found == "gzip'd data and no program `gzip-that-is-not-there`")
      #expect(fault?.remedy.contains("apt-get install gzip") == true)
    }
  }

  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/fd"), "pipes need a path here"),
    arguments: [false, true])
  func `a pipe, gzip'd or not`(isCompressed: Bool) throws {
    let pipe = Pipe()
    let bytes = isCompressed ? try gzipped(Self.text) : Array(Self.text.utf8.prefix(60_000))
    try pipe.fileHandleForWriting.write(contentsOf: Data(bytes))
    let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    var reader = try InputReader(.file(path))
    try pipe.fileHandleForWriting.close()
    #expect(reader.totalBytes == nil)
    var count = 0
    var failure: InputError?
    do throws(InputError) {
      while try reader.next() != nil { count += 1 }
    } catch {
      failure = error
    }
    #expect(isCompressed ? count == 300 && failure == nil : count > 200)
    #expect(isCompressed || failure?.code == .truncated)
  }

  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/fd"), "pipes need a path here"))
  func `an event on a pipe is seen before the next one comes`() throws {
    let pipe = Pipe()
    let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    try pipe.fileHandleForWriting.write(contentsOf: Data(Sample.added("a").utf8))
    var reader = try InputReader(.file(path))
    // The writer is still there, so a reader that waited for more would wait for ever.
    #expect(try reader.next()?.content.pod?.metadata.name == "a")
    try pipe.fileHandleForWriting.write(contentsOf: Data(("\n" + Sample.added("b")).utf8))
    #expect(try reader.next()?.content.pod?.metadata.name == "b")
    try pipe.fileHandleForWriting.close()
    #expect(try reader.next() == nil)
  }

  @Test(arguments: [("/nowhere/at/all", "No such file or directory"), ("/tmp", "Is a directory")])
  func `what cannot be read is named with the system's words`(path: String, why: String) throws {
    let error = try #require(Reading(.file(path)).error)
    #expect(error.code == .unreadable)
    #expect(error.source == path)
    #expect(error.found == why)
  }
}
