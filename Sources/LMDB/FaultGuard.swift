import CLMDB
import Glibc

/// What a process says, and how it ends, when a damaged file makes a read of the map fault.
///
/// LMDB follows what is written in the pages of its map. A page number or a length that the disk
/// changed may lead beyond the file, and the kernel ends the process with SIGBUS or SIGSEGV, or LMDB
/// itself with an assertion, or at a flag that only tables of another kind have: no error can be
/// thrown. With the guard, a program that has nothing else to do says what happened and ends with a
/// code of its own. Faults that are neither in a map nor in LMDB's own code end the process as before.
public enum FaultGuard {
  /// Where LMDB's own code is.
  private nonisolated(unsafe) static var library: Range<UInt> = 0..<0

  /// How many environments a process may have open while their maps are known to the guard.
  private static let capacity = 64

  /// Base and size of each map, two words each; 0 where there is none.
  ///
  /// Read by the signal handler, which may neither allocate nor wait.
  private nonisolated(unsafe) static let maps: UnsafeMutablePointer<UInt> = {
    let words = UnsafeMutablePointer<UInt>.allocate(capacity: 2 * capacity)
    unsafe words.initialize(repeating: 0, count: 2 * capacity)
    return unsafe words
  }()

  /// The threads on which transactions write: damaged pages lead LMDB to fault in the C library, too, or to
  /// overwrite memory that the C library keeps watch over, which then aborts.
  private nonisolated(unsafe) static let writers: UnsafeMutablePointer<pthread_t> = {
    let threads = UnsafeMutablePointer<pthread_t>.allocate(capacity: capacity)
    unsafe threads.initialize(repeating: 0, count: capacity)
    return unsafe threads
  }()

  /// Notes that the present thread writes.
  static func noteWriter() {
    guard unsafe farewell != nil else { return }
    lock.withLock { _ in
      // A thread that has ended leaves its place, and its number may come again: that is no harm.
      let slot = (0..<capacity).first { unsafe writers[$0] == 0 } ?? 0
      unsafe writers[slot] = pthread_self()
    }
  }

  /// Whether the present thread writes; called by the signal handler.
  private static var isWriter: Bool {
    let own = pthread_self()
    for index in 0..<capacity where unsafe writers[index] == own { return true }
    return false
  }

  @safe
  private struct Farewell {
    let text: UnsafeMutablePointer<CChar>
    let length: Int
    let exitCode: Int32
  }

  private nonisolated(unsafe) static var farewell: Farewell?
  private static let lock = Monitor<Void>(())

  /// Ends the process with a message when reading a damaged file faults.
  ///
  /// - Parameters:
  ///   - message: What is written to standard error.
  ///   - exitCode: The code to end with.
  public static func install(message: String, exitCode: Int32) {
    lock.withLock { _ in
      guard unsafe farewell == nil, let text = unsafe strdup(message) else { return }
      _ = unsafe maps
      _ = unsafe writers
      unsafe library =
        mapping { $0.count > 5 && $0[5].contains("/liblmdb.so") && $0[1].contains("x") }
        ?? linkedLibrary
      unsafe farewell = unsafe Farewell(text: text, length: strlen(text), exitCode: exitCode)
      for number in [SIGBUS, SIGSEGV, SIGABRT] {
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_sigaction = { number, information, context in
          let address = unsafe UInt(bitPattern: information?.pointee._sifields._sigfault.si_addr)
          let instruction = unsafe FaultGuard.instruction(context)
          let isOfRead =
            unsafe number != SIGABRT
            && (FaultGuard.isMapped(address) || FaultGuard.library.contains(instruction))
          if isOfRead || FaultGuard.isWriter { FaultGuard.sayFarewell() }
          // Whatever it is, it is not about a ledger: it comes again, and for good.
          signal(number, SIG_DFL)
        }
        action.sa_flags = SA_SIGINFO
        unsafe sigaction(number, &action, nil)
      }
    }
  }

  /// Where LMDB's own code is in a program that has it in itself.
  ///
  /// Most of it stands between 9 KiB before `mdb_strerror` and 1 KiB behind `mdb_drop`, as Debian's 0.9.24
  /// is compiled; what opens an environment stands elsewhere and follows no page. A little more on both
  /// sides does no harm.
  private static var linkedLibrary: Range<UInt> {
    let first: @convention(c) (Int32) -> UnsafeMutablePointer<CChar>? = unsafe mdb_strerror
    let last: @convention(c) (OpaquePointer?, UInt32, Int32) -> Int32 = unsafe mdb_drop
    let start = unsafe unsafeBitCast(first, to: UInt.self)
    let end = unsafe unsafeBitCast(last, to: UInt.self)
    return start < end ? start - 9216..<end + 4096 : 0..<0
  }

  /// What LMDB calls when one of its assertions fails, before it aborts the process.
  static func assertionFailed() { sayFarewell() }

  /// Notes where the map of a data file is.
  ///
  /// LMDB does not tell, but the kernel does.
  static func note(_ path: String) {
    guard unsafe farewell != nil, let map = mapping(of: path) else { return }
    lock.withLock { _ in
      let bases = (0..<capacity).map { unsafe maps[2 * $0] }
      // The map of an environment that was closed may be where another one is now: that is no harm.
      let slot = bases.firstIndex(of: map.lowerBound) ?? bases.firstIndex(of: 0) ?? 0
      unsafe maps[2 * slot + 1] = map.upperBound - map.lowerBound
      unsafe maps[2 * slot] = map.lowerBound
    }
  }

  /// The addresses at which a file is mapped, by `/proc/self/maps`.
  private static func mapping(of path: String) -> Range<UInt>? {
    var information = stat()
    guard unsafe stat(path, &information) == 0 else { return nil }
    return mapping { $0.count > 5 && UInt($0[4]) == UInt(information.st_ino) }
  }

  /// The addresses of the first mapping whose line in `/proc/self/maps` is the wanted one.
  private static func mapping(_ isWanted: (_ fields: [Substring]) -> Bool) -> Range<UInt>? {
    for line in text(of: "/proc/self/maps").split(separator: "\n") {
      // 7f0000000000-7f0400000000 r--s 00000000 fe:00 1234  /path
      let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
      guard isWanted(fields) else { continue }
      let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
      if ends.count == 2, ends[0] < ends[1] { return ends[0]..<ends[1] }
    }
    return nil
  }

  private static func text(of path: String) -> String {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe read(descriptor, $0.baseAddress, $0.count)
      }
      guard count > 0 else { return String(decoding: text, as: UTF8.self) }
      text += buffer.prefix(count)
    }
  }

  /// The address of the instruction that faulted.
  private static func instruction(_ context: UnsafeMutableRawPointer?) -> UInt {
    guard let context = unsafe context?.assumingMemoryBound(to: ucontext_t.self) else { return 0 }
    #if arch(x86_64)
    return UInt(truncatingIfNeeded: unsafe context.pointee.uc_mcontext.gregs.16)  // REG_RIP
    #elseif arch(arm64)
    return UInt(truncatingIfNeeded: unsafe context.pointee.uc_mcontext.pc)
    #else
    return 0
    #endif
  }

  private static func isMapped(_ address: UInt) -> Bool {
    for slot in 0..<capacity {
      let (base, size) = unsafe (maps[2 * slot], maps[2 * slot + 1])
      if base != 0, address >= base, address - base < size { return true }
    }
    return false
  }

  private static func sayFarewell() {
    guard let farewell = unsafe farewell else { return }
    _ = unsafe write(STDERR_FILENO, farewell.text, farewell.length)
    _exit(farewell.exitCode)
  }
}
