/// Some steps of one staircase, those within one stretch of places: what one row holds.
///
/// A step takes five or six bytes so, where a row of its own takes forty. Which steps are in one row is
/// told by their places alone, so the rows are a function of the set of steps (R7).
package struct Stretch {
  /// One step: from this place on, at least so high.
  ///
  /// Both rise from step to step. What they are of a change, ``Staircases/Side`` says.
  package struct Step: Hashable {
    package var place: UInt64
    package var height: Int64
  }

  /// How many places a stretch has: so that its row fits into a page with others, even where each place
  /// has a step.
  static let length: UInt64 = 256

  /// The place at which the stretch begins that has a place.
  static func start(of place: UInt64) -> UInt64 { place / length * length }

  /// The first place.
  package let start: UInt64
  /// Its steps, ascending; a row has one at least.
  package var steps: [Step] = []

  init(start: UInt64) { self.start = start }

  /// The index of the first step behind a place.
  func index(behind place: UInt64) -> Int {
    var (low, high) = (0, steps.count)
    while low < high {
      let middle = (low + high) / 2
      if steps[middle].place > place { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

// The stored form: how many bytes a height takes, 0–8; the height of the first step in eight bytes; a byte
// for each step's place, counted from the first place; and for each step how much higher it is than the
// first one, in so many bytes. All numbers are big-endian. Each part has one width, so that a step is found
// by halving, without reading the others.
extension Stretch {
  /// How many bytes stand before the places.
  private static let headLength = 9

  /// The content of its row.
  package var encoded: [UInt8] {
    guard let first = steps.first, let last = steps.last else { return [] }
    let width = Self.width(of: UInt64(bitPattern: last.height &- first.height))
    var writer = ByteWriter(capacity: Self.headLength + (1 + width) * steps.count)
    writer.uint8(UInt8(width))
    writer.int64(first.height)
    for step in steps { writer.uint8(UInt8(step.place - start)) }
    for step in steps {
      let height = UInt64(bitPattern: step.height &- first.height)
      for place in stride(from: width - 1, through: 0, by: -1) {
        writer.uint8(UInt8(truncatingIfNeeded: height >> UInt64(8 * place)))
      }
    }
    return writer.bytes
  }

  /// How many bytes a number needs.
  private static func width(of number: UInt64) -> Int {
    (UInt64.bitWidth - number.leadingZeroBitCount + 7) / 8
  }

  /// The steps of a row.
  ///
  /// - Throws: ``EventDecodingError`` where it is not what ``encoded`` would have made.
  package init(start: UInt64, decoding content: [UInt8]) throws {
    self.init(start: start)
    let shape = try Shape(content.span)
    steps.reserveCapacity(shape.count)
    for index in 0..<shape.count {
      let step = shape.step(index, from: start, in: content.span)
      if let last = steps.last {
        guard step.place > last.place, step.height > last.height else {
          throw EventDecodingError.damaged("a staircase does not rise")
        }
      }
      steps.append(step)
    }
    let highest = steps.last.map { UInt64(bitPattern: $0.height &- shape.base) } ?? 0
    guard steps.first?.height == shape.base, Self.width(of: highest) == shape.width else {
      throw EventDecodingError.damaged("a stretch of a staircase is not in its stored form")
    }
  }

  /// The last step of a row that is not behind a place.
  ///
  /// - Parameters:
  ///   - place: The place, not before the first one.
  ///   - start: The first place of the stretch.
  ///   - content: The content of its row.
  /// - Returns: The step; `nil` where all of them are behind the place.
  /// - Throws: ``EventDecodingError`` where the content is none of a stretch.
  static func step(
    at place: UInt64, from start: UInt64, in content: borrowing Span<UInt8>
  ) throws -> Step? {
    let shape = try Shape(content)
    let wanted = place - start
    var (low, high) = (0, shape.count)
    while low < high {
      let middle = (low + high) / 2
      if UInt64(content[headLength + middle]) > wanted { high = middle } else { low = middle + 1 }
    }
    return low > 0 ? shape.step(low - 1, from: start, in: content) : nil
  }

  /// How a row is parted.
  private struct Shape {
    let width: Int
    let count: Int
    let base: Int64

    init(_ content: borrowing Span<UInt8>) throws {
      guard content.count > headLength, content[0] <= 8 else {
        throw EventDecodingError.damaged("a stretch of a staircase has no steps")
      }
      width = Int(content[0])
      let (count, rest) = (content.count - headLength).quotientAndRemainder(
        dividingBy: 1 + width)
      guard rest == 0 else {
        throw EventDecodingError.damaged("a stretch of a staircase ends within a step")
      }
      self.count = count
      base = Int64(bitPattern: content.bigEndian(at: 1) as UInt64)
    }

    func step(_ index: Int, from start: UInt64, in content: borrowing Span<UInt8>) -> Step {
      let place = start &+ UInt64(content[headLength + index])
      let at = headLength + count + width * index
      let height: UInt64 = content.bigEndian(at: at, width: width)
      return Step(place: place, height: base &+ Int64(bitPattern: height))
    }
  }
}
