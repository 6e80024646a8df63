/// JSON objects that are no pods: each has something else to do about it.
extension InputFault {
  /// An object of another kind where a pod, an event or a list of pods should be.
  static func unexpected(kind: String?, apiVersion: String?, in format: InputFormat?)
    -> InputFault
  {
    switch kind {
    case "Table":
      fault(
        "a Table, the server's view for people", expected: "whole objects",
        "Ask for JSON, without `as=Table`. \(Remedy.watchOrList)")
    case "PartialObjectMetadata", "PartialObjectMetadataList":
      fault(
        "\(kind ?? ""): metadata without spec and status", expected: "whole pods, with their IPs",
        "Ask for JSON, without `as=PartialObjectMetadata`. \(Remedy.watchOrList)")
    case "Event":
      fault(
        "an Event of \(apiVersion ?? "no apiVersion")", expected: "pods, or audit.k8s.io/v1 events",
        "Take pods: \(Remedy.watch)\nor the API server's file: ipledger ingest audit.log")
    case let kind?:
      fault(
        "an object of kind \(Excerpt.line(kind.utf8))", expected: format?.noun ?? anyFormat,
        "Ask for pods. \(Remedy.watchOrList)")
    case nil:
      fault(
        "an object without a kind", expected: format?.noun ?? anyFormat,
        "Take the output as it is printed. \(Remedy.watchOrList)")
    }
  }

  /// A `Status` that stands where the server's answer should.
  static func refused(by status: StatusObject) -> InputFault {
    let words = [status.reason, status.message].compactMap(\.self).joined(separator: ": ")
    let said = words.isEmpty ? "no reason" : Excerpt.line(words.utf8)
    let code = status.code.map { " \($0)" } ?? ""
    let isGone = status.code == StatusObject.gone
    return InputFault(
      code: .refusedByServer, found: "the API server's refusal\(code), \(said)",
      expected: anyFormat,
      remedy: isGone
        ? "The continue token or the resource version was too old: list again from the start, "
          + "without one: \(Remedy.rawList)"
        : "Put right what the server complains of, then ask again. \(Remedy.watchOrList)")
  }

  static func unknownWatchType(_ type: String) -> InputFault {
    InputFault(
      code: .unexpectedObject, found: "an event of the type \(Excerpt.line(type.utf8))",
      expected: WatchEventType.allCases.map(\.rawValue).joined(separator: ", "),
      remedy: "Take the stream as the server writes it: \(Remedy.watch)")
  }

  private static func fault(_ found: String, expected: String, _ remedy: String) -> InputFault {
    InputFault(code: .unexpectedObject, found: found, expected: expected, remedy: remedy)
  }
}
