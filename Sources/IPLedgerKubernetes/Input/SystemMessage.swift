import Foundation

/// What the operating system and Foundation say about a failed operation.
package enum SystemMessage {
  /// The text of the `errno` beneath an error of Foundation, such as `No such file or directory`.
  package static func of(_ error: any Error) -> String {
    var cause = error as NSError
    while let underlying = cause.userInfo[NSUnderlyingErrorKey] as? NSError { cause = underlying }
    return cause.localizedFailureReason ?? cause.localizedDescription
  }

  /// Why and where a value is no JSON; nil if it is.
  ///
  /// `JSONDecoder` does not say; Foundation's older parser does, and only an error waits for it.
  static func whyNotJSON(_ value: Data) -> String? {
    do {
      _ = try JSONSerialization.jsonObject(with: value)
      return nil
    } catch {
      let error = error as NSError
      return error.userInfo[NSDebugDescriptionErrorKey] as? String ?? error.localizedDescription
    }
  }
}
