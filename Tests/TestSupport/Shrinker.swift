/// Makes a list that fails shorter for as long as it still fails (delta debugging).
public enum Shrinker {
  /// What is left of a list when nothing more can be taken from it without `fails` being false.
  public static func shorten<Element>(
    _ elements: [Element], while fails: ([Element]) async throws -> Bool
  ) async throws -> [Element] {
    var left = elements
    var chunk = max(1, left.count / 2)
    while true {
      var start = 0
      var isShorter = false
      while start < left.count {
        var fewer = left
        fewer.removeSubrange(start..<min(left.count, start + chunk))
        if try await fails(fewer) {
          left = fewer
          isShorter = true
        } else {
          start += chunk
        }
      }
      if chunk == 1, !isShorter { return left }
      if !isShorter { chunk = max(1, chunk / 2) }
    }
  }
}
