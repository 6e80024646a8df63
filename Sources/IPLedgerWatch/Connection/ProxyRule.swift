import IPLedger

/// Through which proxy a server is reached: that of the kubeconfig, else the environment's.
enum ProxyRule {
  /// The proxy for a server.
  ///
  /// - Parameters:
  ///   - host: The server's name or address.
  ///   - isSecure: Whether it is asked with TLS.
  ///   - environment: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, in either case.
  /// - Returns: The proxy's URL; `nil` where there is none.
  static func proxy(
    for host: String, isSecure: Bool, environment: [String: String]
  ) -> String? {
    func value(_ name: String) -> String? {
      nonEmpty(environment[name]) ?? nonEmpty(environment[name.lowercased()])
    }
    guard let proxy = value(isSecure ? "HTTPS_PROXY" : "HTTP_PROXY") else { return nil }
    if host == "localhost" || host == "::1" || host.hasPrefix("127.") { return nil }
    for entry in (value("NO_PROXY") ?? "").split(separator: ",") {
      let name = entry.filter { !$0.isWhitespace }
      if name == "*" || name == host { return nil }
      if let prefix = try? AddressPrefix(parsing: name), let ip = try? IPAddress(parsing: host),
        prefix.contains(ip)
      {
        return nil
      }
      let suffix = name.hasPrefix(".") ? name : ".\(name)"
      if !name.isEmpty, host.hasSuffix(suffix) { return nil }
    }
    return proxy
  }
}
