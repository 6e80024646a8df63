import Foundation

/// How large a run of random tests is.
public enum Seeds {
  /// Whether the tests run in their large sizes: `IPLEDGER_DEEP` is set.
  public static let isDeep = ProcessInfo.processInfo.environment["IPLEDGER_DEEP"] != nil

  /// The seeds of a run: those that once failed, and `few` or, in a deep run, `many` others;
  /// `IPLEDGER_SEEDS=7..9` runs these only.
  public static func chosen(kept: [UInt64], few: UInt64, many: UInt64) -> [UInt64] {
    let asked = ProcessInfo.processInfo.environment["IPLEDGER_SEEDS"]?
      .components(separatedBy: "..").compactMap { UInt64($0) }
    if let asked, asked.count == 2 { return Array(asked[0]...asked[1]) }
    return kept + Array(1...(isDeep ? many : few))
  }
}
