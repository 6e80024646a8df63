/// What an input is made of; found out from its content unless it is forced.
public enum InputFormat: String, CaseIterable, Sendable {
  /// Watch events, `{"type":…,"object":…}`, with or without a `receivedAt`.
  case watch

  /// A `PodList` from the API or a `List` from kubectl.
  case list

  /// Pods one after another, as `kubectl get pods -w -o json` prints them.
  case pods

  /// The API server's audit log, `audit.k8s.io/v1`.
  case audit

  /// What one of them is called in a message.
  var noun: String {
    switch self {
    case .watch: "watch events"
    case .list: "a list of pods"
    case .pods: "pods one after another"
    case .audit: "audit events"
    }
  }
}
