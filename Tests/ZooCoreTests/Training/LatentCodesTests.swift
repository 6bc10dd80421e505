import Testing
import ZooCore

/// Latent codes part by part.
@Suite struct LatentCodesTests {
  private let space = LatentSpace(size: 3, distribution: .uniform)
    .adding("kind", size: 4, .categorical).adding("slant", size: 2, .normal)

  @Test func partsAreReadBack() {
    let codes = space.draw(20, from: RandomStream(seed: 1, purpose: .latents))
    let kinds = space.values(of: "kind", in: codes)
    #expect(kinds.shape == [20, 4])
    for (row, kind) in space.categories(of: "kind", in: codes).enumerated() {
      #expect(
        kinds.rows(row..<row + 1).doubles == [Double](oneAt: kind, of: 4)
          && codes.doubles[row * 9 + 3 + kind] == 1)
    }
    #expect(space.values(of: "slant", in: codes).doubles[2...3] == codes.doubles[16...17])
  }

  @Test func aGridGoesByPlace() {
    let stream = RandomStream(seed: 2, purpose: .samples)
    let codes = space.codes(
      rows: 2, columns: 3, from: stream,
      setting: [
        "kind": { .init(oneAt: $1, of: 4) }, "slant": { [Double($0), Double($1) / 2] },
      ])
    #expect(codes.shape == [6, 9])
    #expect(space.categories(of: "kind", in: codes) == [0, 1, 2, 0, 1, 2])
    #expect(
      space.values(of: "slant", in: codes).doubles == [0, 0, 0, 0.5, 0, 1, 1, 0, 1, 0.5, 1, 1])
    // The noise of a row is one draw.
    let (noise, drawn) = (
      space.values(of: "latent", in: codes).doubles, space.draw(2, from: stream)
    )
    for place in 0..<6 {
      #expect(
        noise[place * 3..<place * 3 + 3]
          == drawn.doubles[place / 3 * 9..<place / 3 * 9 + 3])
    }
  }
}
