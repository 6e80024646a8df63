/// An ``InputError`` that does not know yet in which file and line it happened.
///
/// The parts that decode values throw it, as they see no more than the value.
struct InputFault: Error, Equatable {
  var code: InputError.Code
  var found: String
  var expected: String
  var remedy: String
}

extension InputFault {
  /// What ingest takes, for messages about something that is nothing like it.
  static let anyFormat =
    "JSON: watch events, a list of pods, pods one after another or audit events"

  static func malformed(_ found: String, expected: String) -> InputFault {
    InputFault(
      code: .malformed, found: found, expected: expected,
      remedy: "What was read before it stays recorded. \(Remedy.again)")
  }

  static func truncated(_ excerpt: String) -> InputFault {
    InputFault(
      code: .truncated, found: "the end of the input within the value that begins with \(excerpt)",
      expected: "the rest of that value",
      remedy: "The input was cut short; what was read before it stays recorded. \(Remedy.again)")
  }

  static func truncatedList(itemCount: Int) -> InputFault {
    InputFault(
      code: .truncated,
      found: "the end of the input within the list that begins there, after \(itemCount) items",
      expected: "the rest of the list",
      remedy: "The input was cut short; what was read before it stays recorded, as pods that were "
        + "present. List again: \(Remedy.rawList)")
  }

  static func otherFormat(_ found: InputFormat, expected: InputFormat, isForced: Bool)
    -> InputFault
  {
    InputFault(
      code: .otherFormat, found: found.noun,
      expected: expected.noun + (isForced ? ", as --format says" : ", as before in this input"),
      remedy: isForced
        ? "Leave --format away, or say: --format \(found.rawValue)"
        : "One input has one format: put the rest into a file of its own and ingest both.")
  }

  static func missing(_ what: String, in object: String) -> InputFault {
    InputFault(
      code: .missingField, found: "\(object) without a \(what)",
      expected: "a pod as the API gives it, with name, namespace, uid and resourceVersion",
      remedy: "Something dropped that field; take the objects whole: \(Remedy.watch)")
  }
}

/// Commands that give an input that can be read.
enum Remedy {
  static let watch =
    "kubectl get pods -A -w -o json --output-watch-events | ipledger ingest --stamp -"

  static let list = "kubectl get pods -A -o json | ipledger ingest -"

  static let rawList = "kubectl get --raw /api/v1/pods | ipledger ingest -"

  /// For inputs that end early or break: get them again, nothing is recorded twice.
  static let again = "Get it again and ingest it whole, nothing is recorded twice. \(watchOrList)"

  /// For things that may have been meant as a watch or as a list.
  static let watchOrList = "Watch with: \(watch)\nor list with: \(list)"
}
