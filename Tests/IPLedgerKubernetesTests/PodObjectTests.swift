import Foundation
import Testing

@testable import IPLedgerKubernetes

@Suite(.serialized) struct `A pod's object` {
  @Test func `has the fields that the ledger needs`() throws {
    let pod = try #require(
      Reading(
        """
        {"kind":"Pod","apiVersion":"v1","metadata":{"name":"web-0","namespace":"default","uid":"u0",
        "resourceVersion":"305","generation":2,"creationTimestamp":"2026-11-23T05:39:46Z",
        "deletionTimestamp":"2026-11-23T05:40:19Z","deletionGracePeriodSeconds":30,
        "labels":{"app":"nginx"},"annotations":{"a/b":"true"},"finalizers":["lab/hold"],
        "ownerReferences":[{"apiVersion":"apps/v1","kind":"StatefulSet","name":"web","uid":"s",
        "controller":true,"blockOwnerDeletion":true}]},
        "spec":{"nodeName":"n1","hostNetwork":true,"restartPolicy":"Always"},
        "status":{"phase":"Running","podIP":"10.0.0.1","podIPs":[{"ip":"10.0.0.1"},{"ip":"fd00::1"}],
        "hostIP":"192.168.0.1","reason":"Evicted"}}
        """
      ).contents.first?.pod)
    #expect(pod.metadata.uid == "u0")
    #expect(pod.metadata.generation == 2)
    #expect(pod.metadata.deletionGracePeriodSeconds == 30)
    #expect(pod.metadata.deletionTimestamp == "2026-11-23T05:40:19Z")
    #expect(pod.metadata.labels == ["app": "nginx"])
    #expect(pod.metadata.annotations == ["a/b": "true"])
    #expect(pod.metadata.finalizers == ["lab/hold"])
    #expect(
      pod.metadata.ownerReferences == [
        OwnerReference(
          apiVersion: "apps/v1", kind: "StatefulSet", name: "web", uid: "s", controller: true)
      ])
    #expect(pod.spec.nodeName == "n1")
    #expect(pod.spec.hostNetwork)
    #expect(pod.status.podIPs == ["10.0.0.1", "fd00::1"])
    #expect(pod.status.reason == "Evicted")
  }

  @Test func `takes null, absent and empty for the same`() throws {
    let pod = try #require(
      Reading(
        """
        {"kind":"Pod","metadata":{"name":"a","namespace":"b","uid":"c","resourceVersion":"1",
        "creationTimestamp":null,"labels":null,"annotations":null,"finalizers":null,
        "ownerReferences":null,"managedFields":null},"spec":{"nodeName":""},
        "status":{"podIP":null,"podIPs":null}}
        """
      ).contents.first?.pod)
    #expect(pod.metadata.creationTimestamp == nil)
    #expect(pod.metadata.labels.isEmpty)
    #expect(pod.metadata.managedFields.isEmpty)
    #expect(pod.spec == PodSpec())
    #expect(pod.status == PodStatus())
  }

  @Test func `keeps of managedFields who wrote when, and whether the address`() throws {
    let fields = """
      [{"manager":"kubectl","operation":"Update","time":"t1","fieldsV1":{"f:spec":{"f:podIP":{}}}},
      {"manager":"kubelet","operation":"Update","time":"t2","subresource":"status",
      "fieldsV1":{"f:status":{"f:phase":{},"f:podIPs":{".":{},"k:{\\"ip\\":\\"10.0.0.1\\"}":{}}}}},
      {"manager":"old"},{"manager":"nulls","fieldsV1":null,"time":null},
      {"manager":"cni","fieldsV1":{"f:status":{"f:podIP":{}}}}]
      """
    let text = Sample.pod().replacing(
      #""uid":"#, with: #""managedFields":\#(fields),"uid":"#)
    let entries = try #require(Reading(text).contents.first?.pod).metadata.managedFields
    #expect(entries.map(\.manager) == ["kubectl", "kubelet", "old", "nulls", "cni"])
    #expect(entries.map(\.ownsPodIP) == [false, true, false, false, true])
    #expect(entries.map(\.ownsPhase) == [false, true, false, false, false])
    #expect(entries.map(\.time) == ["t1", "t2", nil, nil, nil])
    #expect(entries[1].subresource == "status")
  }

  @Test(arguments: ["name", "namespace", "uid", "resourceVersion"])
  func `without its identity is an error`(field: String) throws {
    for broken in [#""was-\#(field)":"#, #""\#(field)":null,"was":"#, #""\#(field)":"","was":"#] {
      let text =
        Sample.added() + "\n" + Sample.added().replacing(#""\#(field)":"#, with: broken)
      let reading = Reading(text)
      let error = try #require(reading.error)
      #expect(reading.documents.count == 1)
      #expect(error.code == .missingField)
      #expect(error.line == 2)
      #expect(error.found.hasSuffix("without a \(field)"))
      #expect(error.remedy.contains("kubectl get pods"))
    }
  }

  @Test func `of a wrong type is an error that names the field`() throws {
    let reading = Reading(Sample.added().replacing(#""uid":"u0""#, with: #""uid":5"#))
    let error = try #require(reading.error)
    #expect(error.code == .wrongType)
    #expect(error.found.hasPrefix("object.metadata.uid of another type"))

    let owners = Sample.pod().replacing(
      #""uid":"#, with: #""ownerReferences":[{"kind":"a","name":[],"uid":"x"}],"uid":"#)
    #expect(
      try #require(Reading(owners).error).found.hasPrefix("metadata.ownerReferences[0].name of"))

    let fraction = Sample.pod().replacing(#""uid":"#, with: #""generation":1.5,"uid":"#)
    #expect(try #require(Reading(fraction).error).code == .wrongType)
  }
}
