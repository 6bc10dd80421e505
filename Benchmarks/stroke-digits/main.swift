// Writes the stroke digits of a seed in MNIST's file format, for evaluate.py.
import Foundation

func bigEndian(_ numbers: [Int]) -> [UInt8] {
  numbers.flatMap { number in [24, 16, 8, 0].map { UInt8(number >> $0 & 255) } }
}

let arguments = CommandLine.arguments
guard arguments.count == 4, let count = Int(arguments[2]), let seed = UInt32(arguments[3]) else {
  print("usage: dump PREFIX COUNT SEED")
  exit(2)
}
let digits = StrokeDigits(seed: seed)
var images = bigEndian([0x803, count, StrokeDigits.side, StrokeDigits.side])
var labels = bigEndian([0x801, count])
let time = ContinuousClock().measure {
  for index in 0..<count {
    images += digits.image(at: index)
    labels.append(digits.label(at: index))
  }
}
try Data(images).write(to: URL(fileURLWithPath: arguments[1] + "-images-idx3-ubyte"))
try Data(labels).write(to: URL(fileURLWithPath: arguments[1] + "-labels-idx1-ubyte"))
print("drew \(count) images in \(time)")
