/// What a walk through everything that a ledger stores found.
public struct CheckReport: Hashable, Sendable {
  /// One thing that is not as it should be.
  public struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// Where it is.
    public enum Place: Hashable, Sendable {
      /// A page of the file, of a table's tree where one led to it.
      case page(Int, table: String?)
      /// A position of the log.
      case position(Position)
      /// A row, by its table and its key in hexadecimal.
      case row(table: String, key: String)
      /// The ledger as a whole.
      case ledger
    }

    /// Where it is.
    public var place: Place
    /// What was expected and what was found.
    public var found: String

    /// The place and what was found there.
    public var description: String {
      switch place {
      case .page(let page, let table):
        "page \(page)\(table.map { " of the table \($0)" } ?? ""): \(found)"
      case .position(let position): "position \(position): \(found)"
      case .row(let table, let key): "the row \(key) of the table \(table): \(found)"
      case .ledger: found
      }
    }
  }

  /// What to do about what was found.
  public enum Remedy: String, Hashable, Sendable, CaseIterable {
    /// Nothing was found.
    case none
    /// The log is whole: its projections can be folded from it again.
    case rebuild
    /// The log is whole, the file that holds it is not: move the log to a new ledger.
    case move
    /// The log has lost something.
    case restore
  }

  /// The last position of the log.
  public internal(set) var head = Position.origin
  /// How many events could be read.
  public internal(set) var events = 0
  /// How many rows the projections have.
  public internal(set) var rows = 0
  /// How many tenures were compared with each other.
  public internal(set) var tenures = 0
  /// How many addresses pods held at once, as a matter of fact (R11): no damage.
  public internal(set) var conflicts = 0
  /// The pages of the file: all, those in use, those that are free, and those that are neither.
  public internal(set) var pages = Pages()
  /// Whether the projections were compared with a fold of the log; they are not where something else
  /// was found before.
  public internal(set) var isFolded = false
  /// What was found, at most ``maximumFindings`` of it in words.
  public private(set) var findings: [Finding] = []
  /// How much was found.
  public private(set) var findingCount = 0
  /// The first position of the log that is damaged or missing.
  public private(set) var firstBadPosition: Position?
  private(set) var remedyWanted = Remedy.none

  /// How many findings are kept in words.
  public static let maximumFindings = 100

  /// Numbers of pages.
  public struct Pages: Hashable, Sendable {
    /// All pages of the file.
    public internal(set) var all = 0
    /// Those that hold tables.
    public internal(set) var used = 0
    /// Those that are free to be used again.
    public internal(set) var free = 0
    /// Those that are neither: room that is lost until the file is compacted, and no more.
    public internal(set) var lost = 0
    /// The size of a page, in bytes.
    public internal(set) var size = 0
  }

  /// Whether nothing was found.
  public var isSound: Bool { findingCount == 0 }

  /// What to do.
  public var remedy: Remedy { remedyWanted }

  /// Notes a finding; of the remedies that findings want the last one in their order is wanted.
  mutating func note(_ place: Finding.Place, _ found: String, _ remedy: Remedy) {
    findingCount += 1
    if findings.count < Self.maximumFindings {
      findings.append(Finding(place: place, found: found))
    }
    if case .position(let position) = place {
      firstBadPosition = lesser(firstBadPosition, position)
    }
    let order = Remedy.allCases
    if let new = order.firstIndex(of: remedy), let old = order.firstIndex(of: remedyWanted),
      new > old
    {
      remedyWanted = remedy
    }
  }
}
