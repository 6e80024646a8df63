import Foundation
import Tasks

@main enum Main {
  static func main() async {
    do {
      try await Tasks.run(CommandLine.arguments)
    } catch {
      complain("BenchWorker: \(error)")
      exit(1)
    }
  }
}
