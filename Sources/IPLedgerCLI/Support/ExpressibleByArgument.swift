public import ArgumentParser
public import IPLedger
public import IPLedgerKubernetes

// Options whose values are the raw values of the libraries' own types.

extension InputFormat: ExpressibleByArgument {}
extension ReservationStatus.State: ExpressibleByArgument {}
