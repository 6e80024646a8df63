import ArgumentParser
import IPLedger

/// What a question is about, as it is typed.
enum Target: Hashable, Sendable {
  /// An IP.
  case address(IPAddress)
  /// All known addresses within a CIDR prefix.
  case prefix(AddressPrefix)
  /// A pod; without a cluster, in whichever one knows it.
  case pod(cluster: ClusterName?, namespace: String, name: String)

  /// Reads `IP`, `CIDR` or `[CLUSTER/]NAMESPACE/POD`.
  ///
  /// - Throws: A ``Failure`` that says what was probably meant.
  init(parsing text: String) throws(Failure) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    switch parts.count {
    case 1: self = .address(try Self.address(text))
    case 2 where (try? IPAddress(parsing: parts[0])) != nil:
      do throws(AddressPrefixParseError) {
        self = .prefix(try AddressPrefix(parsing: text))
      } catch {
        throw .usage("\(error)")
      }
    case 2: self = try Self.pod(cluster: nil, parts[0], parts[1])
    case 3: self = try Self.pod(cluster: parts[0], parts[1], parts[2])
    default: throw .usage("\(quoted(text)) is too long for \(Self.forms)")
    }
  }

  private static let forms = "an IP, a CIDR prefix, NAMESPACE/POD or CLUSTER/NAMESPACE/POD"

  private static func address(_ text: String) throws(Failure) -> IPAddress {
    do throws(IPAddressParseError) {
      return try IPAddress(parsing: text)
    } catch {
      let looksLikeAddress =
        text.contains(":") || text.allSatisfy { $0.isNumber || $0 == "." }
      if looksLikeAddress { throw .usage("\(error)") }
      throw .usage(
        "\(quoted(text)) is not \(forms); a pod is written with its namespace, "
          + "such as default/\(text)")
    }
  }

  private static func pod(
    cluster: String?, _ namespace: String, _ name: String
  ) throws(Failure) -> Target {
    do throws(InvalidName) {
      let named = try cluster.map { text throws(InvalidName) in try ClusterName(text) }
      let anyCluster = try ClusterName("any")
      _ = try PodIdentity(cluster: named ?? anyCluster, namespace: namespace, name: name)
      return .pod(cluster: named, namespace: namespace, name: name)
    } catch {
      throw .usage("\(error)")
    }
  }
}

/// What a question is about, found in the ledger.
enum Subject: Hashable, Sendable {
  /// One address.
  case address(Address)
  /// All known addresses within a prefix, in one network or in all.
  case prefix(AddressPrefix, [NetworkName])
  /// A pod.
  case pod(PodIdentity)
}
