/// Inputs that are not JSON at all, told by how they begin.
extension InputFault {
  /// How many bytes are enough to tell one from the other.
  static let telling = 256

  /// What to say about bytes that begin no JSON object.
  static func foreign(_ bytes: ArraySlice<UInt8>) -> InputFault {
    let excerpt = Excerpt.line(bytes)
    if let program = decompressor(of: bytes) {
      return fault(
        "data that \(program) compressed",
        "Decompress them: \(program) -dc FILE | ipledger ingest -")
    }
    if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
      return fault(
        "UTF-16 text",
        "Write UTF-8 (in PowerShell: … | Out-File -Encoding utf8 FILE), "
          + "or: iconv -f UTF-16 -t UTF-8 FILE | ipledger ingest -")
    }
    if isBinary(bytes) { return fault("binary data, \(excerpt)", Remedy.watchOrList) }
    if bytes.first == .openBracket {
      return fault(
        "a JSON array, \(excerpt)", "Take it apart: jq -c '.[]' FILE | ipledger ingest -")
    }
    let line = String(decoding: bytes.prefix { $0 != .newline }, as: UTF8.self)
    for words in ["No resources found", "Error from server", "error:", "Unable to connect"]
    where line.hasPrefix(words) {
      return fault("a message of kubectl's, \(excerpt)", "Mend that, then: \(Remedy.watchOrList)")
    }
    if isTable(line) {
      return fault("a table for people, \(excerpt)", "Ask for JSON. \(Remedy.watchOrList)")
    }
    if isYAML(line) { return fault("YAML, \(excerpt)", "Ask for JSON. \(Remedy.watchOrList)") }
    if line.hasPrefix("<") {
      return fault("HTML or XML, \(excerpt)", "See what answered there. \(Remedy.watchOrList)")
    }
    return fault(excerpt, Remedy.watchOrList)
  }

  private static func fault(_ found: String, _ remedy: String) -> InputFault {
    InputFault(code: .notJSON, found: found, expected: anyFormat, remedy: remedy)
  }

  private static func decompressor(of bytes: ArraySlice<UInt8>) -> String? {
    let magics: [(program: String, magic: [UInt8])] = [
      ("gzip", GzipChild.magic), ("zstd", [0x28, 0xb5, 0x2f, 0xfd]), ("bzip2", Array("BZh".utf8)),
      ("xz", [0xfd] + "7zXZ".utf8), ("lz4", [0x04, 0x22, 0x4d, 0x18]),
    ]
    return magics.first { bytes.starts(with: $0.magic) }?.program
  }

  private static func isBinary(_ bytes: ArraySlice<UInt8>) -> Bool {
    let escape: UInt8 = 0x1b  // of a terminal's colours
    if bytes.contains(where: { $0 < 0x20 && !$0.isJSONSpace && $0 != escape }) { return true }
    // The last character may have been cut where looking ended.
    let whole = bytes.reversed().drop { $0 >= 0x80 }.reversed()
    return String(validating: whole, as: UTF8.self) == nil
  }

  /// `NAME   READY …`: a heading in capitals.
  private static func isTable(_ line: String) -> Bool {
    let words = line.split(separator: " ")
    return words.count > 1 && words.prefix(2).allSatisfy { $0.allSatisfy { $0.isUppercase } }
  }

  /// `---`, or a key with a colon behind it, perhaps in a list.
  private static func isYAML(_ line: String) -> Bool {
    if line.hasPrefix("---") { return true }
    let entry = line.hasPrefix("- ") ? line.dropFirst(2) : line[...]
    let key = entry.prefix { $0.isLetter || $0.isNumber }
    guard !key.isEmpty, key.endIndex < entry.endIndex, entry[key.endIndex] == ":" else {
      return false
    }
    let rest = entry[key.endIndex...].dropFirst()
    return rest.allSatisfy(\.isWhitespace) || rest.hasPrefix(" ")
  }
}
