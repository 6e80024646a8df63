import FoundationEssentials
import NIOSSL

/// Makes of an access what TLS needs; files are read each time, since they are replaced.
enum TLSSettings {
  /// The settings for one connection.
  ///
  /// - Throws: ``WatchError`` where a certificate or key cannot be read.
  static func configuration(
    _ access: ClusterAccess, certificate: ClusterAccess.Certificate?
  ) throws(WatchError) -> TLSConfiguration {
    var settings = TLSConfiguration.makeClientConfiguration()
    switch access.trust {
    case .system: break
    case .anybody: settings.certificateVerification = .none
    case .authorities(let material):
      let certificates = try certificates(in: material, "the certificate authority", access)
      settings.trustRoots = .certificates(certificates)
    }
    guard let certificate else { return settings }
    settings.certificateChain = try certificates(
      in: certificate.chain, "the client certificate", access
    ).map { .certificate($0) }
    let bytes = try bytes(of: certificate.key, "the client key", of: access.name)
    do {
      settings.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: bytes, format: .pem))
    } catch {
      throw unreadable(
        "the client key", certificate.key, access.name, "it is no key in PEM")
    }
    return settings
  }

  private static func certificates(
    in material: ClusterAccess.Material, _ what: String, _ access: ClusterAccess
  ) throws(WatchError) -> [NIOSSLCertificate] {
    let bytes = try bytes(of: material, what, of: access.name)
    guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty
    else { throw unreadable(what, material, access.name, "it is no certificate in PEM") }
    return certificates
  }

  /// The bytes of a certificate or key.
  ///
  /// - Parameters:
  ///   - material: Where they are.
  ///   - what: What messages call it.
  ///   - name: The context that it is of.
  /// - Returns: The bytes, of a file as it is now.
  /// - Throws: ``WatchError`` where they cannot be read.
  static func bytes(
    of material: ClusterAccess.Material, _ what: String, of name: String
  ) throws(WatchError) -> [UInt8] {
    switch material {
    case .pem(let text): return Array(text.reveal().utf8)
    case .data(let text):
      guard let data = Data(base64Encoded: text.reveal(), options: .ignoreUnknownCharacters) else {
        throw unreadable(what, material, name, "it is not base64")
      }
      return Array(data)
    case .file(let path):
      do {
        return Array(try Data(contentsOf: URL(filePath: path)))
      } catch {
        throw unreadable(what, material, name, Reason.of(error))
      }
    }
  }

  private static func unreadable(
    _ what: String, _ material: ClusterAccess.Material, _ name: String, _ why: String
  ) -> WatchError {
    var place = ""
    if case .file(let path) = material { place = " \(path)" }
    return WatchError(
      .credential, "\(what)\(place) of \(name) cannot be read: \(why)",
      remedy: "check what the kubeconfig says of it")
  }
}
