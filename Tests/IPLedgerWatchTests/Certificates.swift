import Foundation
import NIOSSL

@testable import IPLedgerWatch

/// The certificates of the played server.
enum Certificates {
  /// The path of a file of them.
  static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Certificates/\(name)").path
  }

  /// The settings of a server with a certificate; one that wants to know who asks, where it is told so.
  static func server(_ name: String = "server", wantsClient: Bool = false) throws
    -> TLSConfiguration
  {
    var settings = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMFile(path("\(name).pem"))
        .map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(file: path("\(name).key"), format: .pem)))
    if wantsClient {
      settings.certificateVerification = .noHostnameVerification
      settings.trustRoots = .file(path("ca.pem"))
    }
    return settings
  }

  /// The text of a file of them, in base64 as a kubeconfig has it.
  static func base64(_ name: String) throws -> String {
    try Data(contentsOf: URL(filePath: path(name))).base64EncodedString()
  }
}
