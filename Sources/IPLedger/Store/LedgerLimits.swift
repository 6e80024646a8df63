/// What a ledger takes at most; each is refused by name where it is passed.
///
/// The limits of names are with their types: ``ClusterName/maximumLength``,
/// ``PodIdentity/maximumNameLength``, ``PodIdentity/maximumNamespaceLength``, ``PodUID/maximumLength``;
/// those of retention in ``RetentionPolicy/allowedHours``, of pools in ``Pool/maximumCoolDown``. The
/// article *Limits* has all of them.
public enum LedgerLimits {
  /// The largest event, in bytes of its payload: a list of half a million pods.
  public static let maximumEventBytes = 16 << 20

  /// The longest selector of a source that showed a selection of pods, in bytes.
  public static let maximumSelectorLength = 4096

  /// How many addresses a pod has at most: Kubernetes gives it one of each family, other networks
  /// one for each interface.
  public static let maximumAddressesPerPod = 64

  /// How many events are recorded in one transaction at most, so that the pages that it changes fit
  /// memory.
  public static let maximumEventsPerBatch = 100_000

  /// How far ahead of the ledger's clock any time in an event may be.
  ///
  /// Clocks differ by seconds; one that is a day ahead is set wrong, and what it says would make
  /// answers wrong until that day has come.
  public static let maximumClockLead = Microseconds.hours(24)

  /// How far ahead of the ledger's clock the instant of a decision may be.
  ///
  /// Who asks may do so from another machine, whose clock differs by seconds. Until a later instant
  /// has come, the ledger would say that what it gave away is free.
  public static let maximumDecisionLead = Microseconds.minutes(5)
}
