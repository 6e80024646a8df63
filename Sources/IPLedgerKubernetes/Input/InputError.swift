/// Why an input could not be read any further; what was read before it stands.
public struct InputError: Error, Sendable, Equatable {
  /// What kind of trouble it is.
  public enum Code: Sendable, Equatable {
    /// The file is not there, may not be read, or reading it failed.
    case unreadable

    /// gzip is missing, or says that the compressed data are damaged or cut short.
    case decompression

    /// It is not JSON at all: YAML, a table of text, another compression, binary data.
    case notJSON

    /// It is JSON, but of another kind than pods, their watch events or audit events.
    case unexpectedObject

    /// It begins as JSON and then breaks a rule of JSON.
    case malformed

    /// It ends within a value.
    case truncated

    /// A field that every pod or event has is absent.
    case missingField

    /// A field has another type than Kubernetes gives it.
    case wrongType

    /// A value is larger, or nests deeper, than ``InputLimits`` allow.
    case limit

    /// The documents are not all of one format, or not of the one that was asked for.
    case otherFormat

    /// An API server's refusal stands where its answer should.
    case refusedByServer
  }

  /// What kind of trouble it is.
  public let code: Code

  /// The file's path, or `standard input`.
  public let source: String

  /// The line, from 1, on which the value begins that is wrong; nil where nothing could be read.
  public let line: Int?

  /// What stands there; excerpts are at most ``excerptCharacters`` long, control characters
  /// escaped.
  public let found: String

  /// What should have stood there.
  public let expected: String

  /// What to do instead, with the command that does it.
  public let remedy: String

  /// The most characters of the input that a message repeats.
  public static let excerptCharacters = 60

  init(_ fault: InputFault, source: InputSource, line: Int?) {
    self.code = fault.code
    self.source = source.name
    self.line = line
    self.found = fault.found
    self.expected = fault.expected
    self.remedy = source.shellWord.map { fault.remedy.replacing("FILE", with: $0) } ?? fault.remedy
  }
}

extension InputError: CustomStringConvertible {
  /// The place, what was found and expected, and in a second line what to do.
  public var description: String {
    let place = line.map { "\(source), line \($0)" } ?? source
    return "\(place): found \(found), expected \(expected)\n\(remedy)"
  }
}
