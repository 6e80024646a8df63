import Foundation

@testable import IPLedgerKubernetes

/// Everything that an input said before it ended, or before the error that ended it.
struct Reading: Equatable {
  var documents: [InputDocument] = []
  var error: InputError?
  var format: InputFormat?

  var contents: [InputDocument.Content] { documents.map(\.content) }
  var lines: [Int] { documents.map(\.line) }

  init(_ source: InputSource, format: InputFormat? = nil, limits: InputLimits = .standard) {
    do throws(InputError) {
      var reader = try InputReader(source, format: format, limits: limits)
      defer { self.format = reader.format }
      while let document = try reader.next() { documents.append(document) }
    } catch {
      self.error = error
    }
  }

  init(_ text: String, format: InputFormat? = nil, limits: InputLimits = .standard) {
    self.init(.bytes(Array(text.utf8), named: "input"), format: format, limits: limits)
  }
}

/// Small objects, written as an API server writes them.
enum Sample {
  static func pod(
    _ name: String = "web-0", uid: String = "u0", version: Int = 7, ip: String? = "10.0.0.1",
    kind: Bool = true
  ) -> String {
    let type = kind ? #""kind":"Pod","apiVersion":"v1","# : ""
    let addresses = ip.map { #","podIP":"\#($0)","podIPs":[{"ip":"\#($0)"}]"# } ?? ""
    return #"{\#(type)"metadata":{"name":"\#(name)","namespace":"default","uid":"\#(uid)","#
      + #""resourceVersion":"\#(version)"},"spec":{"containers":[]},"#
      + #""status":{"phase":"Running"\#(addresses)}}"#
  }

  static func added(_ name: String = "web-0") -> String {
    #"{"type":"ADDED","object":\#(pod(name))}"#
  }

  static let bookmark =
    #"{"type":"BOOKMARK","object":{"kind":"Pod","apiVersion":"v1","metadata":{"#
    + #""resourceVersion":"276","annotations":{"k8s.io/initial-events-end":"true"}},"#
    + #""spec":{"containers":null},"status":{}}}"#

  static let gone =
    #"{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"#
    + #""status":"Failure","message":"too old resource version: 1 (2895)","#
    + #""reason":"Expired","code":410}}"#

  static func audit(
    verb: String = "delete", uri: String = "/api/v1/namespaces/default/pods/web-0",
    ref: String = #"{"resource":"pods","namespace":"default","name":"web-0","apiVersion":"v1"}"#,
    request: String = "null", response: String = pod()
  ) -> String {
    #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"a1","#
      + #""stage":"ResponseComplete","requestURI":"\#(uri)","verb":"\#(verb)","objectRef":\#(ref),"#
      + #""responseStatus":{"metadata":{},"code":200},"requestObject":\#(request),"#
      + #""responseObject":\#(response),"requestReceivedTimestamp":"2026-11-23T05:39:49.609083Z","#
      + #""stageTimestamp":"2026-11-23T05:39:49.622173Z"}"#
  }
}

extension InputDocument.Content {
  /// The pod that it shows, if it shows one.
  var pod: PodObject? {
    switch self {
    case .watchEvent(_, .pod(let pod), _), .pod(let pod), .listItem(let pod): pod
    default: nil
    }
  }

  var audit: AuditEvent? {
    if case .auditEvent(let event) = self { event } else { nil }
  }
}

/// The recordings of a real control plane, which lie beside the project and not in it.
enum Recordings {
  static let folder: URL = {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return root.deletingLastPathComponent().appendingPathComponent("shared/data/kube")
  }()

  static var areThere: Bool { FileManager.default.fileExists(atPath: folder.path) }

  static func source(_ name: String) -> InputSource {
    .file(folder.appendingPathComponent(name + ".gz").path)
  }
}

/// A file that is gone after the test.
func withTemporaryFile<Result>(_ bytes: some Sequence<UInt8>, _ body: (String) throws -> Result)
  throws -> Result
{
  let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
  try Data(bytes).write(to: url)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url.path)
}

/// What the gzip program makes of some bytes.
func gzipped(_ text: String) throws -> [UInt8] {
  try withTemporaryFile(text.utf8) { path in
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-c", path]
    process.standardOutput = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return [UInt8](bytes)
  }
}
