import ArgumentParser
import IPLedger

/// A family of addresses by its name on the command line and in requests.
enum FamilyName: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// 4 octets.
  case ipv4
  /// 16 octets.
  case ipv6

  /// The family.
  var family: IPAddress.Family {
    switch self {
    case .ipv4: .ipv4
    case .ipv6: .ipv6
    }
  }
}

/// A class of nodes by its name on the command line and in requests.
enum NodeClassName: String, CaseIterable, ExpressibleByArgument, Sendable {
  /// A real machine.
  case ecs
  /// A virtual kubelet's node.
  case virtual

  /// The class.
  var nodeClass: NodeClass {
    switch self {
    case .ecs: .ecs
    case .virtual: .virtual
    }
  }
}

extension RawRepresentable where Self: CaseIterable, RawValue == String {
  /// The case with this name.
  ///
  /// - Throws: A ``LineFault`` that lists the names.
  init(parsing text: String) throws(LineFault) {
    guard let named = Self(rawValue: text) else {
      let names = Self.allCases.map { quoted($0.rawValue) }.joined(separator: " or ")
      throw LineFault("expected \(names), found \(quoted(text))")
    }
    self = named
  }
}
