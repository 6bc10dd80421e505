import Testing
import ZooCore

/// What is done to images before a discriminator sees them.
@Suite struct AugmentationTests {
  private func random(_ step: Int = 0) -> RandomSource {
    RandomSource(seed: 1, step: step, substep: 0)
  }

  /// Every image is itself, moved by at most an eighth of its sides; what comes in is empty.
  @Test func translations() {
    var augmentation = Augmentation()
    augmentation.translation = 0.125
    let (height, width) = (16, 8)
    let values = (0..<40 * height * width).map { Float($0 + 1) }
    let images = Tensor(values, shape: [40, height, width, 1])
    let moved = augmentation(images, random()).floats
    var seen: Set<[Int]> = []
    for image in 0..<40 {
      func pixel(_ y: Int, _ x: Int, of all: [Float]) -> Float {
        guard 0..<height ~= y && 0..<width ~= x else { return 0 }
        return all[(image * height + y) * width + x]
      }
      let fits = (-2...2).flatMap { down in (-1...1).map { [down, $0] } }.filter { shift in
        (0..<height).allSatisfy { y in
          (0..<width).allSatisfy { x in
            pixel(y, x, of: moved) == pixel(y - shift[0], x - shift[1], of: values)
          }
        }
      }
      #expect(fits.count == 1)
      seen.formUnion(fits)
    }
    // 15 shifts, of 40 draws.
    #expect(seen.count > 8)
  }

  /// A square of half the side is cut out, less of it at the borders.
  @Test func cutouts() {
    var augmentation = Augmentation()
    augmentation.cutout = 0.5
    let images = Tensor(repeating: 1, shape: [200, 8, 8, 3])
    let cut = augmentation(images, random()).floats
    var areas: Set<Int> = []
    for image in 0..<200 {
      let pixels = (0..<64).map { cut[(image * 64 + $0) * 3] }
      let holes = pixels.indices.filter { pixels[$0] == 0 }
      let (rows, columns) = (Set(holes.map { $0 / 8 }), Set(holes.map { $0 % 8 }))
      // A rectangle without gaps.
      #expect(holes.count == rows.count * columns.count)
      #expect(1...4 ~= rows.count && 1...4 ~= columns.count)
      areas.insert(holes.count)
    }
    // Centres are anywhere from the first pixel to behind the last.
    #expect(areas.contains(16) && areas.contains { $0 < 16 })
  }

  /// Colours change by factors about means: contrast leaves the mean of an image, saturation that of a
  /// pixel; grey images have no saturation.
  @Test(arguments: [1, 3]) func colours(_ channels: Int) {
    var augmentation = Augmentation()
    augmentation.colour = true
    let images = RandomStream(seed: 2, purpose: .noise)
      .uniform([50, 4, 4, channels], in: -1..<1, type: .float64)
    let changed = augmentation(images, random())
    let means = (changed - images).mean(over: [1, 2, 3]).doubles
    #expect(means.allSatisfy { abs($0) <= 0.5 } && means.contains { abs($0) > 0.25 })
    // About its mean an image of one channel is multiplied by one factor.
    guard channels == 1 else { return }
    func centred(_ images: Tensor) -> Tensor {
      images - images.mean(over: [1, 2, 3], keepingAxes: true)
    }
    let factors = (centred(changed) / centred(images)).reshaped(to: [50, 16])
    let mean = factors.mean(over: [1], keepingAxes: true)
    // Float64's rounding where a pixel is near the mean.
    #expect((factors - mean).absolute().doubles.allSatisfy { $0 < 1e-9 })
    #expect(mean.doubles.allSatisfy { 0.5 <= $0 && $0 <= 1.5 })
  }

  /// Derivatives go through: beside central differences along a direction, in Float64.
  @Test func derivatives() throws {
    var augmentation = Augmentation()
    (augmentation.colour, augmentation.translation, augmentation.cutout) = (true, 0.25, 0.5)
    let stream = RandomStream(seed: 3, purpose: .noise)
    let images = stream.uniform([4, 6, 6, 3], type: .float64)
    let direction = RandomStream(seed: 4, purpose: .noise).uniform([4, 6, 6, 3], type: .float64)
    func value(_ images: Tensor) -> Tensor { augmentation(images, random()).squared().sum() }
    let start = images.tracked()
    let slope = try #require(gradient(of: value(start), at: [start])[0])
    let numeric =
      (value(images + direction * 1e-6).scalar - value(images - direction * 1e-6).scalar) / 2e-6
    // A square function: central differences are exact but for rounding, 1e-16 / 1e-6 of values near
    // 100.
    #expect(abs((slope * direction).sum().scalar - numeric) < 1e-6 * abs(numeric) + 1e-7)
    // The same numbers give the same images, others give others.
    #expect(augmentation(images, random()).doubles == augmentation(images, random()).doubles)
    #expect(augmentation(images, random()).doubles != augmentation(images, random(1)).doubles)
  }

  /// Of many images about as many are changed as the probability says; each kind is drawn for itself.
  @Test(arguments: ["colour", "translation", "cutout"], [0, 0.3, 1])
  func probabilities(_ kind: String, _ probability: Double) {
    var augmentation = Augmentation()
    switch kind {
    case "colour": augmentation.colour = true
    case "translation": augmentation.translation = 0.5
    default: augmentation.cutout = 0.25
    }
    let always = augmentation
    augmentation.likelihood = probability
    let images = RandomStream(seed: 2, purpose: .noise).uniform([400, 8, 8, 3], in: 0.1..<1)
    let changed = augmentation(images, random()).floats
    if probability == 1 { #expect(changed == always(images, random()).floats) }
    let original = images.floats
    let size = 8 * 8 * 3
    let count = (0..<400).count { image in
      (image * size..<(image + 1) * size).contains { abs(changed[$0] - original[$0]) > 1e-5 }
    }
    // Within four standard deviations of a binomial; one shift in 81 moves nothing.
    let expected = 400 * probability * (kind == "translation" ? 80.0 / 81 : 1)
    #expect(abs(Double(count) - expected) <= 4 * (expected * (1 - probability) + 6).squareRoot())
  }
}
