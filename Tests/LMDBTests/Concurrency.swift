import Foundation

/// Values gathered from several threads, to be waited for.
final class Gathering<Value: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private var gathered: [Value] = []

  var values: [Value] { condition.withLock { gathered } }

  func add(_ value: Value) {
    condition.withLock {
      gathered.append(value)
      condition.broadcast()
    }
  }

  func wait(for count: Int) {
    condition.withLock {
      while gathered.count < count { condition.wait() }
    }
  }
}

/// Runs `body` on that many threads at once and waits for all of them.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  let done = Gathering<Int>()
  for number in 0..<count {
    Thread {
      body(number)
      done.add(number)
    }.start()
  }
  done.wait(for: count)
}

/// A small generator of random numbers, the same every time.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A short key of few different bytes, so that keys meet.
  mutating func key() -> [UInt8] {
    (0..<Int.random(in: 1...4, using: &self)).map { _ in
      [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &self) ?? 0
    }
  }
}
