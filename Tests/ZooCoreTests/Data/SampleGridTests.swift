import Testing
import ZooCore

@Suite struct SampleGridTests {
  @Test func pixelsStandWhereTheyBelong() {
    // Two RGB images of 1x2 pixels beside each other; values below, in and above the range.
    let images = Tensor(
      [-2.0, -1, 0, 1, 2, .nan] + [0.0, 0.5, -0.5, 1, 1, 1], shape: [2, 1, 2, 3])
    let picture = SampleGrid(rows: 1, columns: 2).picture(images, range: -1...1)
    #expect(picture.width == 10 && picture.height == 5)
    func pixel(_ x: Int, _ y: Int) -> [UInt8] {
      Array(picture.pixels[(y * 10 + x) * 3..<(y * 10 + x) * 3 + 3])
    }
    #expect(pixel(2, 2) == [0, 0, 128])
    #expect(pixel(3, 2) == [255, 255, 0])
    #expect(pixel(6, 2) == [128, 191, 64])
    #expect(pixel(7, 2) == [255, 255, 255])
    #expect(pixel(0, 0) == [0, 0, 0] && pixel(4, 2) == [0, 0, 0] && pixel(9, 4) == [0, 0, 0])
  }
}
