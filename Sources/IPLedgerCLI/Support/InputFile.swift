import Foundation
import IPLedger
import IPLedgerKubernetes

/// A file or standard input, read as it comes.
struct InputFile {
  /// What messages call it.
  let name: String
  private let input: OpenInput

  /// Whether it is a pipe or a terminal, which hands on whatever is there.
  var isLive: Bool { input.isLive }

  /// Opens a file; `-` is standard input.
  init(_ path: String) throws(Failure) {
    guard path != "-" else {
      (name, input) = ("standard input", .standardInput)
      return
    }
    name = path
    do throws(Files.Failure) {
      input = try OpenInput(path: path)
    } catch {
      throw Failure(
        message: "\(path) cannot be read: \(error.words); name a file that exists and may be "
          + "read, or - for standard input",
        status: .inputOutput)
    }
  }

  /// The next bytes, as few as came at once; none at the end only.
  func read(upTo count: Int) throws(Failure) -> Data {
    do throws(Files.Failure) {
      return Data(try input.read(upTo: count))
    } catch {
      throw Failure(
        message: "\(name) cannot be read: \(error.words); see what became of its sender or "
          + "its disk, and pipe it in again, or name a file",
        status: .inputOutput)
    }
  }
}
