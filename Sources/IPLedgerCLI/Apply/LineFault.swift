/// A line that cannot be understood: what was expected and what was found.
struct LineFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// For the answer to the line.
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
