import Foundation

/// What libFuzzer calls for each input; `IPLEDGER_FUZZ_TARGET` says which of the targets it goes to.
///
/// A target that finds a property violated traps with a text, and libFuzzer keeps the input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
  target(input)
  return 0
}

/// The targets by their names.
let targets: [String: @Sendable ([UInt8]) -> Void] = [
  "event": EventTargets.frame, "payload": EventTargets.payload, "rows": EventTargets.rows,
  "input": InputTargets.anything, "observe": InputTargets.observed,
  "rfc3339": TextTargets.rfc3339, "address": TextTargets.address, "prefix": TextTargets.prefix,
  "expression": TextTargets.expressions, "import": ImportTargets.line,
]

private let target: @Sendable ([UInt8]) -> Void = {
  let name = ProcessInfo.processInfo.environment["IPLEDGER_FUZZ_TARGET"] ?? ""
  guard let target = targets[name] else {
    fatalError("IPLEDGER_FUZZ_TARGET is one of \(targets.keys.sorted().joined(separator: ", "))")
  }
  return target
}()

/// Traps where a property does not hold.
func require(_ holds: Bool, _ what: @autoclosure () -> String) {
  if !holds { fatalError(what()) }
}
