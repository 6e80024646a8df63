extension Environment {
  /// How to open an environment.
  public struct Options: Sendable, Hashable {
    /// The size of the memory map to begin with, in bytes; it grows by itself.
    ///
    /// It costs address space, neither memory nor disk. Growing waits for the process's readers, so
    /// it pays to be generous.
    public var mapSize: Int

    /// How many readers there may be at once, in all processes together.
    ///
    /// Whichever process creates the lock file decides.
    public var maxReaders: UInt32

    /// How many tables may be open, which is how many there may be.
    public var maxTables: UInt32

    /// Whether writes are refused (`MDB_RDONLY`); the files must exist.
    public var readOnly: Bool

    /// What a commit waits for.
    public var durability: Durability

    /// 16 GiB: far more than most ledgers need, and little enough for valgrind and for limits on
    /// address space.
    public static let defaultMapSize = 16 << 30

    /// In readers: eight times LMDB's own default, as each process keeps up to eight slots for its next
    /// reads; each takes 64 bytes of the lock file.
    public static let defaultMaxReaders: UInt32 = 1008

    /// Enough for a ledger's tables, in tables.
    public static let defaultMaxTables: UInt32 = 64

    /// Options for an environment that is shared, durable and writable, unless told otherwise.
    public init(
      mapSize: Int = defaultMapSize, maxReaders: UInt32 = defaultMaxReaders,
      maxTables: UInt32 = defaultMaxTables, readOnly: Bool = false,
      durability: Durability = .full
    ) {
      self.mapSize = mapSize
      self.maxReaders = maxReaders
      self.maxTables = maxTables
      self.readOnly = readOnly
      self.durability = durability
    }
  }

  /// What a commit waits for before it is reported.
  public enum Durability: Sendable, Hashable {
    /// The data and then the meta page are on the disk.
    case full
    /// Nothing (`MDB_NOSYNC`): a power cut may destroy the environment. For scratch data only.
    case none
  }
}
