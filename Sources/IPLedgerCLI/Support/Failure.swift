import IPLedger
import IPLedgerArchive
import IPLedgerKubernetes
import IPLedgerWatch

/// The codes with which the program ends: a few of BSD's `sysexits.h`, so that scripts can tell
/// causes apart.
enum ExitReason: Int32 {
  /// Refused, waiting, not equal, damaged, or about a pod that the ledger does not know.
  case refused = 1
  /// The command line is wrong, or asks for what does not exist.
  case usage = 64
  /// An input is not what it should be.
  case badData = 65
  /// The program contradicts itself.
  case internalError = 70
  /// A file or the ledger cannot be read or written.
  case inputOutput = 74
}

/// Why a command ends without its answer: what to tell a person, and what to tell a script.
struct Failure: Error, CustomStringConvertible {
  /// What was found and what to do.
  let message: String
  /// The code to end with.
  let status: ExitReason

  /// The message.
  var description: String { message }

  /// A command line that cannot be meant so.
  static func usage(_ message: String) -> Failure { Failure(message: message, status: .usage) }

  /// Something that is not there, or is not done.
  static func refused(_ message: String) -> Failure { Failure(message: message, status: .refused) }
}

extension Failure {
  private static let checkWanted = "run 'ipledger check', which tells what is wrong and what to do"

  /// What any error of the layers below means at the command line.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as LedgerError: self.init(message: "\(error)", status: .init(error))
    case let error as InputError: self.init(message: "\(error)", status: .init(error.code))
    case let error as WatchError: self.init(message: "\(error)", status: .init(error.code))
    case let error as ImportError: self.init(message: "\(error)", status: .badData)
    case let error as ExportError: self.init(message: "\(error)", status: .internalError)
    case let error as ObservationError: self.init(message: "\(error)", status: .badData)
    case is InvalidName, is DecodingFailure:
      self.init(
        message: "a stored row cannot be read: \(error); \(Self.checkWanted)", status: .inputOutput)
    default:
      let advice = Self.isDamage(error) ? "; \(Self.checkWanted)" : ""
      self.init(
        message: "\(error)\(advice)", status: ExitReason(storageError: error) ?? .internalError)
    }
  }
}

extension ExitReason {
  /// The code for what the ledger would not do.
  init(_ error: LedgerError) {
    switch error {
    case .damagedRow, .projectionsMissing, .unreadableEvent, .missingEvent, .logNotDense, .unsound:
      self = .inputOutput
    case .noLedger, .notALedger, .newerLayout, .olderLayout: self = .inputOutput
    case .noScratch, .notMade, .noFolder: self = .inputOutput
    case .identityChanged, .notNext, .notRecordable: self = .badData
    case .refusedEvent(_, let cause): self.init(cause)
    case .notStorable, .eventTooLarge, .tooManyAddresses, .batchTooLarge, .fromTheFuture:
      self = .badData
    case .notObserved: self = .internalError
    case .notReleased, .rebuildOvertaken: self = .refused
    case .positionAhead, .alreadyThere, .withinLedger: self = .usage
    }
  }

  /// The code for a cluster that cannot be watched.
  init(_ code: WatchError.Code) {
    switch code {
    case .configuration: self = .usage
    case .unauthorized, .forbidden: self = .refused
    case .file, .credential, .unreachable, .certificate, .gone, .busy: self = .inputOutput
    case .unexpected: self = .badData
    }
  }

  /// The code for an input that could not be read.
  init(_ code: InputError.Code) {
    switch code {
    case .unreadable: self = .inputOutput
    case .decompression, .notJSON, .unexpectedObject, .malformed, .truncated, .missingField,
      .wrongType, .limit, .otherFormat, .refusedByServer:
      self = .badData
    }
  }
}
