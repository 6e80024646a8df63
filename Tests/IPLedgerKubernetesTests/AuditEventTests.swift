import Testing

@testable import IPLedgerKubernetes

@Suite(.serialized) struct `An audit event` {
  private func event(_ text: String) throws -> AuditEvent {
    let reading = Reading(text)
    #expect(reading.error == nil)
    return try #require(reading.contents.first?.audit)
  }

  @Test func `tells who asked for what, when, and what came of it`() throws {
    let event = try event(
      Sample.audit(request: #"{"kind":"DeleteOptions","gracePeriodSeconds":0}"#))
    #expect(event.level == "RequestResponse")
    #expect(event.auditID == "a1")
    #expect(event.stage == "ResponseComplete")
    #expect(event.verb == "delete")
    #expect(event.objectRef?.name == "web-0")
    #expect(event.responseCode == 200)
    #expect(event.requestReceivedTimestamp == "2026-11-23T05:39:49.609083Z")
    #expect(event.stageTimestamp == "2026-11-23T05:39:49.622173Z")
    #expect(event.deleteRequest == DeleteRequest(gracePeriodSeconds: 0, isDryRun: false))
    #expect(!event.isDryRun)
    guard case .pod(let pod) = event.response else {
      Issue.record("no pod")
      return
    }
    #expect(pod.metadata.uid == "u0")
  }

  @Test func `a dry run is known by its query or its options, and its pod is not read`() throws {
    let stored = Sample.pod().replacing(#""resourceVersion":"7""#, with: #""uuid":"7""#)
    let byQuery = try event(
      Sample.audit(verb: "create", uri: "/api/v1/x/pods?a=b&dryRun=All", response: stored))
    #expect(byQuery.isDryRun)
    #expect(byQuery.response == .other(kind: "Pod"))
    let byOptions = try event(
      Sample.audit(request: #"{"dryRun":["All"]}"#, response: stored))
    #expect(byOptions.isDryRun)
    #expect(byOptions.response == .other(kind: "Pod"))
    #expect(try !event(Sample.audit(uri: "/api/v1/x/pods?dryRun=&fieldManager=dryRun")).isDryRun)
  }

  @Test func `an eviction's options are read`() throws {
    let event = try event(
      Sample.audit(
        verb: "create",
        ref: #"{"resource":"pods","subresource":"eviction","namespace":"default","name":"web-0"}"#,
        request: #"{"kind":"Eviction","deleteOptions":{"gracePeriodSeconds":5}}"#,
        response: #"{"kind":"Status","status":"Success","code":201}"#))
    #expect(event.deleteRequest == DeleteRequest(gracePeriodSeconds: 5, isDryRun: false))
    #expect(event.response == .other(kind: "Status"))
  }

  @Test func `a collection's deletion shows its items`() throws {
    let list =
      #"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"9"},"#
      + #""items":[\#(Sample.pod("a", kind: false)),\#(Sample.pod("b", kind: false))]}"#
    let event = try event(
      Sample.audit(
        verb: "deletecollection", ref: #"{"resource":"pods","namespace":"default"}"#,
        response: list))
    guard case .podList(let version, let pods) = event.response else {
      Issue.record("no list")
      return
    }
    #expect(version == "9")
    #expect(pods.map(\.metadata.name) == ["a", "b"])
  }

  @Test(arguments: [
    #"{"resource":"secrets","name":"web-0"}"#, "null", "{}",
    #"{"resource":"pods","apiGroup":"metrics.k8s.io"}"#,
  ])
  func `of something else is read without its objects`(ref: String) throws {
    let event = try event(
      Sample.audit(ref: ref, request: "[5]", response: #"{"kind":"Pod","metadata":5}"#))
    #expect(event.response == .none)
    #expect(event.deleteRequest == nil)
  }

  @Test func `a patch may be an array`() throws {
    let event = try event(Sample.audit(verb: "patch", request: #"[{"op":"add"}]"#))
    #expect(event.deleteRequest == nil)
  }

  @Test func `at the level Metadata has no response`() throws {
    let text = #"""
      {"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","verb":"list",
      "objectRef":{"resource":"pods"}}
      """#
    #expect(try event(text).response == .none)
  }
}
