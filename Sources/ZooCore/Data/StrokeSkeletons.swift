/// A way of writing a digit: one or more skeletons of the same topology, to be blended.
///
/// A skeleton lists, per stroke, the points the pen passes, `x y` in hundredths of the digit's
/// height with y downwards; `/` lifts the pen, and a point given twice is a sharp corner. As all
/// skeletons of a style have as many points, any weighted mean of them is a skeleton again.
struct WritingStyle: Sendable {
  /// How often people write this way, relative to the digit's other styles.
  let weight: Double
  /// Per skeleton, per stroke: the points, in units of the digit's height.
  let skeletons: [[[SIMD2<Double>]]]

  init(_ weight: Double, _ skeletons: String...) {
    self.weight = weight
    self.skeletons = skeletons.map { skeleton in
      skeleton.split(separator: "/").map { stroke in
        let numbers = stroke.split(separator: " ").compactMap { Double($0) }
        return stride(from: 0, to: numbers.count - 1, by: 2).map {
          SIMD2(numbers[$0], numbers[$0 + 1]) / 100
        }
      }
    }
    require(Set(self.skeletons.map { $0.map(\.count) }).count == 1, "\(skeletons) differ")
  }

  /// The styles of each digit.
  static let digits: [[WritingStyle]] = [
    zero, one, two, three, four, five, six, seven, eight, nine,
  ]

  private static let zero = [
    // Closed; overlapping at the top; ajar at the top; wide and leaning.
    WritingStyle(
      8,
      "38 0  17 9  4 34  5 66  20 94  42 98  62 76  66 38  54 10  36 0",
      "52 8  26 2  4 30  2 68  20 97  44 98  66 70  68 34  50 6  22 6",
      "44 4  22 8  6 36  4 70  18 96  42 96  58 72  64 40  62 18  54 4",
      "50 2  18 10  0 36  2 66  22 92  52 92  78 68  82 32  66 8  46 0"),
    // Closed with a hook into the inside.
    WritingStyle(
      2,
      "28 4  8 24  2 56  10 88  34 100  60 82  70 44  58 8  34 2  24 18",
      "36 6  10 22  2 52  14 86  36 98  62 80  66 46  54 12  30 4  34 30"),
  ]

  private static let one = [
    WritingStyle(
      16,
      "34 0  34 33  34 66  34 100",
      "38 0  36 33  33 66  28 100",
      "30 0  33 33  35 66  34 100"),
    // A flag, short or long.
    WritingStyle(
      2,
      "22 16  29 9  36 0  36 0  36 33  36 66  36 100",
      "6 30  20 20  36 0  36 0  35 33  34 66  33 100"),
    // A flag and a foot.
    WritingStyle(
      0.7,
      "18 20  28 12  36 0  36 0  36 33  36 66  36 98/12 99  36 98  60 98",
      "12 14  24 10  36 2  36 2  37 33  38 66  38 100/6 100  36 100  68 98"),
  ]

  private static let two = [
    // Sharp at the foot; looped; angular like a Z; and loops and tails of many sizes.
    WritingStyle(
      8,
      "6 22  18 4  40 0  58 14  56 36  40 60  22 80  4 98  4 98  24 97  44 97  66 96",
      "8 18  22 2  44 2  58 18  54 42  42 64  28 86  8 100  -8 86  10 70  40 84  76 94",
      "4 8  22 2  42 0  60 6  58 24  42 50  24 74  6 96  6 96  28 96  48 95  68 94",
      "10 28  14 6  38 0  54 14  52 38  42 62  24 86  6 98  0 90  14 80  44 96  78 82",
      "14 10  24 0  42 2  54 16  52 36  44 56  28 82  4 98  -14 82  6 66  40 84  92 96",
      "10 16  22 2  40 0  56 12  58 32  48 54  36 74  24 92  24 92  34 96  44 98  54 100",
      "6 18  20 2  42 2  56 18  50 40  42 62  22 92  0 96  -6 74  14 62  42 78  72 96",
      "10 10  26 0  46 6  52 24  50 44  42 72  22 98  -4 94  -4 70  20 60  46 84  66 102",
      "20 22  24 6  38 0  48 12  46 36  40 60  24 84  8 98  8 98  24 98  40 97  54 96"),
    // A curled start.
    WritingStyle(
      2,
      "22 26  8 20  24 2  50 4  58 26  46 54  26 78  4 98  4 98  24 96  46 98  70 92",
      "18 20  6 22  18 4  44 2  60 24  52 54  34 84  10 100  -6 84  14 70  44 84  76 88"),
  ]

  private static let three = [
    // A sharp waist; a looped one; a flat top; a big belly; a shallow waist; long or short tails.
    WritingStyle(
      1,
      "8 12  24 0  46 4  52 22  40 38  20 47  20 47  44 50  60 68  52 90  28 100  4 90",
      "6 14  22 2  48 2  56 20  40 40  22 50  22 42  46 48  58 68  48 92  24 100  2 86",
      "6 4  26 2  56 0  48 14  36 28  22 42  22 42  46 46  60 64  52 90  28 100  2 94",
      "10 8  26 0  42 4  46 18  38 30  22 38  22 38  48 42  66 64  56 90  26 100  0 84",
      "6 10  22 0  46 2  58 18  54 36  40 46  38 46  54 54  60 72  48 94  26 100  4 92",
      "2 6  28 2  60 0  46 18  34 32  22 44  26 44  46 52  54 68  46 86  28 98  -4 100",
      "10 22  24 4  46 0  58 14  48 32  26 44  20 46  40 46  50 62  44 84  24 98  0 88")
  ]

  private static let four = [
    // Open and angular; open and round; closed; small; like a y; crossed low; closed and wide.
    WritingStyle(
      8,
      "14 2  8 28  2 56  2 56  32 57  68 54/54 4  51 36  48 68  46 100",
      "8 4  2 28  8 50  24 56  42 50  56 40/58 0  56 34  53 68  50 100",
      "48 0  26 30  2 62  2 62  34 63  72 62/50 0  50 33  49 66  48 100",
      "20 0  12 24  6 48  6 48  30 48  62 42/56 16  50 46  46 74  42 100",
      "4 8  6 30  16 46  30 46  46 34  58 16/62 0  52 34  42 68  30 100",
      "14 6  6 30  0 54  0 54  30 52  64 46/38 20  36 48  34 74  32 100",
      "34 4  16 26  2 50  4 56  34 54  80 46/60 10  52 40  44 70  38 100"),
    // In one go: down, across, up and down again.
    WritingStyle(
      2,
      "10 6  4 30  10 48  30 52  50 34  58 4  58 4  56 36  52 68  50 100",
      "24 4  10 28  4 50  22 52  46 36  56 8  56 8  52 40  46 70  40 100"),
  ]

  private static let five = [
    // The bar last, as a stroke of its own, long or short; the belly open or curled in.
    WritingStyle(
      6,
      "16 4  12 24  8 44  8 44  30 38  54 50  60 72  46 94  22 100  2 90/16 4  40 4  64 2",
      "20 6  18 22  14 38  14 38  34 40  52 54  54 74  40 94  20 98  0 94/22 4  48 2  82 -4",
      "14 2  12 24  12 48  12 48  32 40  52 48  58 70  48 92  26 100  6 94/14 0  34 2  54 4",
      "24 8  18 26  12 42  12 42  28 40  44 52  46 74  32 94  12 98  -6 90/30 2  56 0  84 -2",
      "16 2  12 24  8 46  8 46  34 40  58 54  60 76  44 98  18 98  0 80/16 2  40 2  66 0",
      "20 8  12 24  2 42  2 42  30 34  56 48  56 72  38 94  16 96  4 84/24 8  44 6  66 2"),
    // In one go: from the bar down; like an S.
    WritingStyle(
      5,
      "64 2  42 3  18 4  18 4  14 24  9 44  9 44  34 38  58 52  60 74  44 96  4 92",
      "72 0  48 2  26 6  26 6  22 24  16 40  20 44  38 48  52 60  50 78  34 96  0 96",
      "62 4  40 2  22 8  18 14  14 26  18 38  22 42  38 48  54 58  56 76  42 94  4 98",
      "92 0  62 4  30 10  30 10  24 26  16 46  16 46  44 46  62 58  58 76  36 92  -10 94"),
  ]

  private static let six = [
    // Curved; lean; a small loop; a big loop; a hooked start; sweeping; wide; leaning far.
    WritingStyle(
      1,
      "52 0  32 12  14 38  4 68  12 92  34 100  54 86  54 64  36 52  18 60  6 78",
      "44 0  30 20  16 44  6 70  8 92  26 100  42 88  44 70  32 60  18 68  8 84",
      "34 0  18 22  8 46  2 70  10 94  32 100  54 88  52 68  32 62  14 74  6 88",
      "48 2  24 12  6 40  2 70  16 96  42 98  60 80  56 58  36 48  20 56  14 68",
      "56 6  38 0  14 26  4 62  12 92  36 98  56 82  50 62  32 58  20 70  24 86",
      "76 0  44 14  18 38  2 68  14 92  44 100  72 88  70 66  46 58  22 66  8 84",
      "16 0  8 22  2 46  0 70  12 94  42 98  66 82  62 62  42 54  18 66  4 84",
      "60 0  44 20  28 42  14 66  14 88  28 100  44 92  48 76  38 66  24 72  14 84")
  ]

  private static let seven = [
    // Plain; with a serif; rounded; a wavy bar; a long serif; an upright stem.
    WritingStyle(
      8,
      "0 7  12 5  34 4  60 4  60 4  48 34  36 66  30 100",
      "4 22  6 6  30 6  62 4  62 4  50 34  42 66  36 100",
      "0 14  12 4  36 0  56 4  60 14  54 40  46 70  40 100",
      "2 18  10 4  34 10  64 2  64 2  46 30  30 62  18 100",
      "0 36  6 10  32 10  58 4  58 4  54 36  50 68  46 100",
      "0 12  14 8  42 6  70 6  72 12  60 40  54 70  54 100"),
    // A bar across the stem.
    WritingStyle(
      1.5,
      "0 8  12 5  34 4  60 4  60 4  48 34  36 66  30 100/18 52  40 50  62 48",
      "4 20  6 6  32 6  64 2  64 2  50 34  38 66  28 100/16 60  36 52  58 42",
      "0 12  14 8  34 6  56 4  56 8  46 36  42 66  40 100/10 48  42 46  76 44"),
  ]

  private static let eight = [
    // An S closed by an upstroke: closed; ajar; lean; a small head; leaning; crossing itself.
    WritingStyle(
      8,
      "56 12  34 0  12 10  14 30  34 46  56 64  56 88  34 100  8 88  10 66  34 48  54 30  56 10",
      "60 10  36 2  14 12  16 30  36 46  52 64  50 86  30 98  10 88  14 68  36 50  58 30  72 8",
      "46 10  32 0  18 10  18 28  32 46  46 64  46 86  30 100  14 88  14 66  30 48  46 28  42 6",
      "50 8  36 0  22 8  20 22  34 36  58 56  60 84  34 100  8 88  8 62  32 40  50 24  48 8",
      "64 6  36 2  6 12  12 32  32 50  46 68  42 90  26 100  10 90  16 70  36 48  60 28  68 6",
      "66 18  46 0  20 8  16 28  36 42  50 58  44 82  24 98  4 90  8 70  34 50  64 32  82 4",
      "52 16  28 0  4 16  14 38  38 50  60 70  58 94  40 100  26 86  30 66  42 48  54 30  50 14",
      "64 10  52 0  38 12  34 30  36 48  36 68  26 90  10 100  2 88  10 70  34 46  54 26  62 8",
      "58 10  44 0  28 10  26 24  38 40  58 60  56 86  32 100  6 88  4 66  24 46  44 30  62 14"),
    // A ring on a ring.
    WritingStyle(
      2,
      "34 45  14 34  14 10  34 0  54 10  54 34  34 45/34 45  8 66  16 96  52 96  60 64  34 45",
      "40 44  20 38  16 14  32 0  50 8  54 30  36 46/32 44  10 70  20 98  50 94  54 64  38 48"
    ),
  ]

  private static let nine = [
    // A straight stem; a curved tail; a big head; an open one; the tail of a g; small or low heads.
    WritingStyle(
      1,
      "54 8  32 0  10 14  8 36  26 48  46 36  56 8  56 8  55 40  52 70  48 100",
      "52 10  34 0  12 12  6 36  24 46  44 34  54 12  54 12  52 46  42 76  20 100",
      "56 14  36 0  10 10  2 36  18 56  46 46  58 20  58 20  58 48  54 74  48 100",
      "50 4  28 6  8 22  6 40  24 48  46 38  58 16  58 16  54 44  46 72  36 100",
      "50 8  32 0  14 10  12 30  26 42  44 32  52 12  52 14  56 50  44 92  10 92",
      "54 20  30 8  4 22  4 40  22 48  44 36  58 8  58 8  56 38  54 68  52 100",
      "46 8  32 0  20 10  18 26  30 34  42 24  48 8  48 8  46 38  40 70  32 100",
      "60 4  34 2  6 16  0 34  20 44  46 30  64 4  64 4  52 36  36 68  18 100",
      "56 22  38 0  12 10  4 34  22 52  48 44  56 20  56 20  56 50  54 76  54 100")
  ]
}
