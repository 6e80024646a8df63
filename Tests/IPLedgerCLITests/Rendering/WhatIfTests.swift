import IPLedgerArchive
import Testing

@testable import IPLedger
@testable import IPLedgerCLI

/// How the recreations that other hours would have changed are shown.
@Suite(.serialized) struct WhatIfTests {
  private func answer() throws -> RetentionWhatIf {
    let network = try NetworkName("vpc")
    let deletion = Instant.seconds(1_800_000_000)
    let back = deletion + .hours(2)
    var answer = RetentionWhatIf(retainHours: 1, asOf: Position(9))
    answer.outcomes = [.kept: 4, .wouldBeLost: 1]
    answer.differing = [
      RetentionWhatIf.Recreation(
        identity: try PodIdentity(cluster: ClusterName("c"), namespace: "n", name: "p"),
        nodeClass: .ecs, previous: try PodUID("u"), uid: try PodUID("v"),
        addresses: [Address(network: network, ip: try IPAddress(parsing: "10.0.0.1"))],
        recorded: .kept, hypothetical: .lost, since: deletion,
        returned: Bounds(earliest: back, latest: back.adding(microseconds: 1)),
        recordedHours: 48, recordedDeadline: deletion + .hours(48),
        hypotheticalDeadline: deletion + .hours(1), hasSameAddresses: true,
        evidence: [2, 3, 4, 7].map { Position($0) })
    ]
    answer.recordedPeak = RetentionPeak(addresses: 2, at: deletion)
    answer.undated = 1
    return answer
  }

  @Test func `for people, a row for each and the figures`() throws {
    let lines = try answer().lines(Style(isEnabled: false))
    #expect(lines[0].contains("DEADLINE (1 H)  "))
    #expect(lines[0].contains("FATE (1 H)  SAME IN FACT"))
    #expect(
      lines[1].split(separator: "  ").map { $0.trimmingPrefix(" ") } == [
        "c/n/p", "ecs", "10.0.0.1", "2027-01-15T08:00:00.000000Z",
        "2027-01-15T10:00:00.000000Z .. 10:00:00.000001Z", "2h0.000001s", "48",
        "2027-01-17T08:00:00.000000Z", "kept", "2027-01-15T09:00:00.000000Z", "lost", "yes", "u",
        "v", "2-4,7",
      ])
    #expect(lines.contains("  1 kept them and would lose them"))
    #expect(
      lines.contains(
        "Retained at most: 2 addresses (first at 2027-01-15T08:00:00.000000Z) by the recorded "
          + "hours, 0 addresses with 1 h."))
    #expect(lines.last?.contains("1 reservation, since nothing bounds") == true)
  }

  @Test func `for programs, a record for each and a summary`() throws {
    let recreation = try #require(try answer().differing.first)
    #expect(
      recreation.json.text == """
        {"kind":"recreation","cluster":"c","namespace":"n","name":"p","nodeClass":"ecs",\
        "previousUid":"u","uid":"v","network":"vpc","addresses":["10.0.0.1"],\
        "outcome":"would-be-lost","recorded":"kept","hypothetical":"lost",\
        "since":"2027-01-15T08:00:00.000000Z",\
        "returned":{"earliest":"2027-01-15T10:00:00.000000Z",\
        "latest":"2027-01-15T10:00:00.000001Z"},"gapSeconds":7201,"recordedHours":48,\
        "recordedDeadline":"2027-01-17T08:00:00.000000Z",\
        "hypotheticalDeadline":"2027-01-15T09:00:00.000000Z","sameAddresses":true,\
        "evidence":[2,3,4,7]}
        """)
    #expect(recreation.fields.map(\.count) == [RetentionWhatIf.Recreation.columns.count])
    #expect(
      try answer().summary.text == """
        {"kind":"summary","head":9,"retainHours":1,"compared":5,"kept":4,"lost":0,\
        "wouldBeKept":0,"wouldBeLost":1,"uncertain":0,"undated":1,\
        "recordedPeak":{"addresses":2,"at":"2027-01-15T08:00:00.000000Z"},\
        "hypotheticalPeak":{"addresses":0,"at":null}}
        """)
  }
}
