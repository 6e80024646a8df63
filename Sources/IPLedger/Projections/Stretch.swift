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

  /// The last step that is not behind a place.
  func step(at place: UInt64) -> Step? {
    let index = index(behind: place)
    return index > 0 ? steps[index - 1] : nil
  }
}

extension Stretch {
  /// The content of its row: of each step how far it is from the one before, along and up.
  package var encoded: [UInt8] {
    var writer = ByteWriter(capacity: 16 + 6 * steps.count)
    var last = Step(place: start, height: 0)
    for (index, step) in steps.enumerated() {
      writer.varint(step.place - last.place)
      if index == 0 {
        writer.zigzag(step.height)
      } else {
        writer.varint(UInt64(bitPattern: step.height &- last.height))
      }
      last = step
    }
    return writer.bytes
  }

  package init(start: UInt64, decoding content: [UInt8]) throws {
    self.init(start: start)
    var reader = ByteReader(content)
    var last = Step(place: start, height: 0)
    repeat {
      let along = try reader.varint()
      var step = last
      if steps.isEmpty {
        step.height = try reader.zigzag()
      } else {
        step.height = last.height &+ Int64(bitPattern: try reader.varint())
        guard along > 0, step.height > last.height else {
          throw EventDecodingError.damaged("a staircase does not rise")
        }
      }
      guard along < Self.length - (last.place - start) else {
        throw EventDecodingError.damaged("a step lies outside its stretch")
      }
      step.place = last.place + along
      steps.append(step)
      last = step
    } while !reader.isAtEnd
  }
}
