import Foundation
import PutTrace
import Tasks

/// `TraceWorker TRACE …`: does what BenchWorker does, and writes the changes down.
@main enum Main {
  static func main() async {
    var arguments = CommandLine.arguments
    guard arguments.count > 2, unsafe put_trace_begin(arguments.remove(at: 1)) == 0 else {
      complain("TraceWorker TRACE TASK…: no trace can be written")
      exit(64)
    }
    do {
      try await Tasks.run(arguments)
      put_trace_end()
    } catch {
      complain("TraceWorker: \(error)")
      exit(1)
    }
  }
}
