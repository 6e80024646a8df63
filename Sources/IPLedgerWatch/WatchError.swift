/// Why a cluster cannot be watched, and what to do.
public struct WatchError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of trouble it is.
  public enum Code: Hashable, Sendable {
    /// There is no kubeconfig, it cannot be read, or it lacks or contradicts something.
    case configuration
    /// The file in which the watch is to be kept cannot be written, or is another one.
    case file
    /// A certificate, key or token cannot be read, or a plugin gave none.
    case credential
    /// Nobody answers where the server should be, or not in time.
    case unreachable
    /// The server is not the one that was meant, as far as its certificate tells.
    case certificate
    /// The server does not know who asks (401).
    case unauthorized
    /// The server knows who asks, and does not allow it (403).
    case forbidden
    /// The resource version or the continue token is too old (410).
    case gone
    /// The server is busy: the same may be asked again later (429, 500 and above).
    case busy
    /// What was asked for is not there, or the answer makes no sense.
    case unexpected
  }

  /// What kind of trouble it is.
  public let code: Code
  /// What happened.
  public let message: String
  /// What to do.
  public let remedy: String
  /// How long the server asks to wait (`Retry-After`).
  public let retryAfter: Duration?

  init(_ code: Code, _ message: String, remedy: String, retryAfter: Duration? = nil) {
    self.code = code
    self.message = message
    self.remedy = remedy
    self.retryAfter = retryAfter
  }

  /// What happened, and in a second line what to do.
  public var description: String { remedy.isEmpty ? message : "\(message)\n\(remedy)" }

  /// Whether the same may go better without anybody changing anything.
  public var isTransient: Bool {
    switch code {
    case .unreachable, .busy, .gone: true
    case .configuration, .file, .credential, .certificate, .unauthorized, .forbidden, .unexpected:
      false
    }
  }
}
