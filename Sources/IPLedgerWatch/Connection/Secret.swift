/// Text that must not be seen: wherever it is printed, something else stands there.
struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  private let value: String

  init(_ value: String) { self.value = value }

  /// The text itself, for the header or the process that needs it.
  func reveal() -> String { value }

  var description: String { "(secret)" }
  var debugDescription: String { "(secret)" }
  var customMirror: Mirror { Mirror(self, children: []) }
}
