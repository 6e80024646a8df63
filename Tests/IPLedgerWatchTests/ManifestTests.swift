import Foundation
import RecordedClusters
import Testing
import Yams

/// What `tools/kubernetes/ipledger.yaml` says, as far as that can be judged without a cluster.
@Suite struct `the manifests` {
  /// The objects, by kind.
  private static func objects() throws -> [String: [String: Any]] {
    let text = try String(
      contentsOf: RecordedCluster.root.appending(path: "tools/kubernetes/ipledger.yaml"),
      encoding: .utf8)
    var objects: [String: [String: Any]] = [:]
    for document in try Yams.load_all(yaml: text) {
      let object = try #require(document as? [String: Any])
      let kind = try #require(object["kind"] as? String)
      #expect(objects[kind] == nil)
      objects[kind] = object
    }
    return objects
  }

  /// What stands at a path of names and indices.
  private static func at(_ path: String, _ object: [String: Any]?) -> Any? {
    path.split(separator: ".").reduce(object as Any?) { value, name in
      Int(name).map { (value as? [Any])?[$0] } ?? (value as? [String: Any])?[String(name)]
    }
  }

  @Test func `are one process that writes, with the least rights`() throws {
    let objects = try Self.objects()
    #expect(
      Set(objects.keys) == [
        "Namespace", "ServiceAccount", "ClusterRole", "ClusterRoleBinding",
        "PersistentVolumeClaim", "Deployment",
      ])
    let deployment = objects["Deployment"]
    #expect(Self.at("spec.replicas", deployment) as? Int == 1)
    #expect(Self.at("spec.strategy.type", deployment) as? String == "Recreate")
    let pod = "spec.template.spec"
    #expect(Self.at("\(pod).securityContext.runAsNonRoot", deployment) as? Bool == true)
    let container = "\(pod).containers.0"
    #expect(
      Self.at("\(container).securityContext.readOnlyRootFilesystem", deployment) as? Bool == true)
    #expect(
      Self.at("\(container).securityContext.allowPrivilegeEscalation", deployment) as? Bool == false
    )
    #expect(
      Self.at("\(container).securityContext.capabilities.drop", deployment) as? [String] == ["ALL"])
    for (probe, path) in [("livenessProbe", "/healthz"), ("readinessProbe", "/readyz")] {
      #expect(Self.at("\(container).\(probe).httpGet.path", deployment) as? String == path)
    }
    let rules = try #require(objects["ClusterRole"]?["rules"] as? [[String: Any]])
    let rights = rules.map { rule in
      ((rule["resources"] as? [String] ?? []) + (rule["verbs"] as? [String] ?? [])).joined(
        separator: " ")
    }
    #expect(rights == ["pods list watch", "nodes get list watch", "namespaces get"])
    #expect(rules[2]["resourceNames"] as? [String] == ["kube-system"])
  }

  @Test func `name each other as they should`() throws {
    let objects = try Self.objects()
    let namespace = Self.at("metadata.name", objects["Namespace"]) as? String
    for kind in ["ServiceAccount", "PersistentVolumeClaim", "Deployment"] {
      #expect(Self.at("metadata.namespace", objects[kind]) as? String == namespace)
    }
    let account = Self.at("metadata.name", objects["ServiceAccount"]) as? String
    #expect(
      Self.at("spec.template.spec.serviceAccountName", objects["Deployment"]) as? String == account)
    #expect(Self.at("subjects.0.name", objects["ClusterRoleBinding"]) as? String == account)
    #expect(
      Self.at("roleRef.name", objects["ClusterRoleBinding"]) as? String
        == Self.at("metadata.name", objects["ClusterRole"]) as? String)
    #expect(
      Self.at("spec.template.spec.volumes.0.persistentVolumeClaim.claimName", objects["Deployment"])
        as? String == Self.at("metadata.name", objects["PersistentVolumeClaim"]) as? String)
    let args = Self.at("spec.template.spec.containers.0.args", objects["Deployment"]) as? [String]
    #expect(args == ["watch", "--metrics-port", "9464"])
  }
}
