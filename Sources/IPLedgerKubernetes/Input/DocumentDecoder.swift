import Foundation

/// Decodes from a ``JSONTape`` where that goes, else with Foundation's decoder, with its errors put as
/// ``InputFault``s.
struct DocumentDecoder {
  private let decoder = JSONDecoder()

  func topLevelObject(_ value: [UInt8]) throws(InputFault) -> TopLevelObject {
    try topLevelObject(JSONTape(value), value)
  }

  func topLevelObject(_ tape: JSONTape) throws(InputFault) -> TopLevelObject {
    try topLevelObject(tape, tape.bytes)
  }

  private func topLevelObject(
    _ tape: JSONTape?, _ value: [UInt8]
  ) throws(InputFault) -> TopLevelObject {
    try decoding(tape, value) {
      try TopLevelObject($0)
    } orElse: {
      try TopLevelObject($0)
    }
  }

  func auditEvent(_ value: [UInt8]) throws(InputFault) -> AuditEvent {
    try decoding(JSONTape(value), value) {
      try AuditEvent($0)
    } orElse: {
      try AuditEvent($0)
    }
  }

  func listItem(_ value: [UInt8], isPodList: Bool) throws(InputFault) -> InputDocument.Content {
    try decoding(JSONTape(value), value) {
      try ListItem($0, isPodList: isPodList)
    } orElse: {
      try ListItem($0, isPodList: isPodList)
    }.content
  }

  func listEnvelope(_ value: [UInt8]) throws(InputFault) -> ListEnvelope {
    try decoding(JSONTape(value), value) {
      try ListEnvelope($0)
    } orElse: {
      try ListEnvelope($0)
    }
  }

  private func decoding<Result>(
    _ tape: JSONTape?, _ value: [UInt8], _ fromTape: (TapeFields) throws -> Result,
    orElse read: @escaping (CodedFields) throws -> Result
  ) throws(InputFault) -> Result {
    if let tape, let result = try? fromTape(TapeFields(tape)) { return result }
    let value = Data(value)
    do {
      return try decoder.decode(Decoded<Result>.self, from: value, configuration: read).result
    } catch let fault as InputFault {
      throw fault
    } catch let error as DecodingError {
      throw Self.fault(error, in: value)
    } catch {
      throw Self.corrupted(value)
    }
  }

  private static func fault(_ error: DecodingError, in value: Data) -> InputFault {
    switch error {
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return wrongType(context)
    case .keyNotFound(let key, let context):
      return .missing(path(context.codingPath + [key]), in: "an object")
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      return wrongType(context)
    case .dataCorrupted:
      return corrupted(value)
    @unknown default:
      return corrupted(value)
    }
  }

  private static func corrupted(_ value: Data) -> InputFault {
    if let why = SystemMessage.whyNotJSON(value) {
      return .malformed("\(Excerpt.line(value)) (\(why))", expected: "JSON")
    }
    return InputFault(
      code: .wrongType, found: "\(Excerpt.line(value)) with a number that is no 64-bit integer",
      expected: "whole numbers, as the API gives them",
      remedy: "Take the objects as the server writes them: \(Remedy.watch)")
  }

  private static func wrongType(_ context: DecodingError.Context) -> InputFault {
    InputFault(
      code: .wrongType,
      found: "\(path(context.codingPath)) of another type (\(context.debugDescription))",
      expected: "what the API gives there",
      remedy: "Take the objects as the server writes them: \(Remedy.watch)")
  }

  /// Writes a path as in `object.metadata.ownerReferences[0].uid`.
  private static func path(_ keys: [any CodingKey]) -> String {
    keys.reduce(into: "") { path, key in
      if let index = key.intValue {
        path += "[\(index)]"
      } else {
        path += (path.isEmpty ? "" : ".") + key.stringValue
      }
    }
  }
}

/// What is read of an object that Foundation's decoder holds.
private struct Decoded<Result>: DecodableWithConfiguration {
  let result: Result

  init(
    from decoder: any Decoder, configuration read: (CodedFields) throws -> Result
  ) throws {
    result = try read(CodedFields(decoder))
  }
}
