import IPLedger

extension Schema {
  /// The stored message of an object.
  ///
  /// - Parameters:
  ///   - object: The object; members that are not in the table are left for the caller to notice.
  ///   - path: Where it stands, for errors.
  /// - Returns: The message.
  /// - Throws: ``PortableFormError`` where a member is not in its form.
  func message(of object: JSON, at path: String) throws(PortableFormError) -> [UInt8] {
    var writer = FieldWriter()
    for field in fields {
      guard let value = object[field.name] else { continue }
      let path = path.isEmpty ? field.name : "\(path).\(field.name)"
      writer.field(field.tag, try field.content.bytes(of: value, at: path))
    }
    return writer.bytes
  }
}

/// Why an object is not the portable form of an event.
struct PortableFormError: Error {
  let path: String
  let expected: String
  let found: JSON
}

extension Schema.Content {
  fileprivate func bytes(of value: JSON, at path: String) throws(PortableFormError) -> [UInt8] {
    var writer = ByteWriter()
    switch self {
    case .message(let schema): return try schema.message(of: value, at: path)
    case .text: writer.raw(try text(value, path, "a text").utf8)
    case .uid: writer.raw(try uid(value, path).encoded)
    case .flag:
      guard value == .bool(true) else { throw misfit(path, "true, or no such member", value) }
    case .instant: writer.zigzag(try instant(value, path).microseconds)
    case .signed:
      guard let number = value.integer else { throw misfit(path, "a whole number", value) }
      writer.zigzag(Int64(number))
    case .number:
      guard let number = value.integer.flatMap(UInt64.init(exactly:)) else {
        throw misfit(path, "a whole number from 0", value)
      }
      writer.varint(number)
    case .version: writer.version(try version(value, path))
    case .word(let words):
      guard let text = value.string, let word = words.first(where: { $0.value == text }) else {
        let known = words.values.sorted().joined(separator: ", ")
        throw misfit(path, "one of \(known)", value)
      }
      writer.uint8(word.key)
    case .prefix:
      guard let prefix = value.string.flatMap({ try? AddressPrefix(parsing: $0) }) else {
        throw misfit(path, "a prefix such as 10.0.0.0/24", value)
      }
      writer.address(prefix.firstAddress)
      writer.uint8(UInt8(prefix.length))
    case .addresses, .ranges, .uids, .marks: try list(of: value, path, to: &writer)
    }
    return writer.bytes
  }

  private func list(
    of value: JSON, _ path: String, to writer: inout ByteWriter
  ) throws(PortableFormError) {
    guard let elements = value.elements else { throw misfit(path, "a list", value) }
    for (index, element) in elements.enumerated() {
      let path = "\(path)[\(index)]"
      switch self {
      case .addresses: writer.address(try address(element, path))
      case .uids: writer.blob(try uid(element, path).encoded)
      case .ranges:
        let ends = try text(element, path, "a range FIRST-LAST").split(separator: "-")
        guard ends.count == 2 else { throw misfit(path, "a range FIRST-LAST", element) }
        for end in ends { writer.address(try address(.string(String(end)), path)) }
      default:
        writer.version(try version(element["resourceVersion"] ?? .null, path))
        for name in ["notBefore", "notAfter"] {
          let bound = element[name] ?? .null
          writer.optionalInstant(bound == .null ? nil : try instant(bound, "\(path).\(name)"))
        }
      }
    }
  }

  private func text(
    _ value: JSON, _ path: String, _ expected: String
  ) throws(PortableFormError) -> String {
    guard let text = value.string else { throw misfit(path, expected, value) }
    return text
  }

  private func uid(_ value: JSON, _ path: String) throws(PortableFormError) -> PodUID {
    guard let uid = value.string.flatMap({ try? PodUID($0) }) else {
      throw misfit(path, "a pod's uid", value)
    }
    return uid
  }

  private func address(_ value: JSON, _ path: String) throws(PortableFormError) -> IPAddress {
    guard let address = value.string.flatMap({ try? IPAddress(parsing: $0) }) else {
      throw misfit(path, "an IP address", value)
    }
    return address
  }

  private func version(
    _ value: JSON, _ path: String
  ) throws(PortableFormError) -> ResourceVersion {
    let parts = (value.string ?? "").split(separator: "/", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { UInt64($0) }
    if numbers.count == parts.count {
      if numbers.count == 1 { return ResourceVersion(numbers[0]) }
      if numbers.count == 2, let epoch = UInt32(exactly: numbers[0]), epoch > 0 {
        return ResourceVersion(epoch: epoch, numbers[1])
      }
    }
    throw misfit(path, "a resource version as text, such as \"289\" or \"1/289\"", value)
  }

  private func instant(_ value: JSON, _ path: String) throws(PortableFormError) -> Instant {
    guard let instant = Instant(portable: value) else {
      throw misfit(path, "a time as RFC 3339, or @ and microseconds", value)
    }
    return instant
  }

  private func misfit(_ path: String, _ expected: String, _ found: JSON) -> PortableFormError {
    PortableFormError(path: path, expected: expected, found: found)
  }
}

extension Instant {
  /// Reads what ``JSON/portable(_:)`` writes.
  init?(portable value: JSON) {
    guard let text = value.string else { return nil }
    if text.hasPrefix("@"), let microseconds = Int64(text.dropFirst()) {
      self = Instant(microseconds: microseconds)
    } else if let instant = try? Instant(rfc3339: text) {
      self = instant
    } else {
      return nil
    }
  }
}
