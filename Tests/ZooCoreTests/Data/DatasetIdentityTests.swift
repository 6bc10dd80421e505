import Testing
import ZooCore

/// What is told when a run's data are not those that it began with.
@Suite struct DatasetIdentityTests {
  private func images(_ count: Int, _ classes: [String]) -> ByteImages {
    ByteImages(
      name: "photos", bytes: (0..<UInt8(count)).map { $0 }, sampleShape: [1, 1, 1],
      labels: (0..<count).map { UInt8($0 % classes.count) }, classNames: classes)
  }

  @Test func countsAndClassesAreNamed() throws {
    let known = DatasetIdentity(images(12, ["cat", "dog"]))
    #expect(known.difference(from: images(12, ["cat", "dog"])) == nil)
    let fewer = try #require(known.difference(from: images(11, ["cat", "owl"])))
    #expect(
      fewer.hasPrefix(
        "it had 12 samples, here are 11; 1 class missing: dog; 1 class new: owl; its digest was"))
    let point = PointSet(name: "ring8", points: [.zero])
    let other = try #require(known.difference(from: point))
    #expect(
      other.hasPrefix(
        "it was photos, here is ring8; it had 12 samples, here is 1; samples were [1, 1, 1], here "
          + "are [2]; 2 classes missing: cat, dog; its digest was"), "\(other)")
  }

  /// Checkpoints of earlier versions tell no count.
  @Test func theCountIsOptional() throws {
    let images = images(12, ["cat", "dog"])
    let written = DatasetIdentity(images).written
    let known = try #require(DatasetIdentity(written: written))
    #expect(known.count == 12)
    let old = JSONValue.object((written.object ?? []).filter { $0.key != "count" })
    let other = self.images(2, ["cat", "dog"])
    let difference = DatasetIdentity(written: old)?.difference(from: other)
    #expect(difference?.hasPrefix("here are 2 samples; its digest was") == true)
  }

  @Test func numbersAndNamesAreListed() {
    #expect(Text.counted(1, "sample") == "1 sample" && Text.counted(60_000, "a") == "60,000 as")
    #expect(Text.listed(["a", "b", "c"]) == "a, b, c")
    #expect(Text.listed((0..<6).map { "\($0)" }) == "0, 1, 2, 3, 4, 5")
    #expect(Text.listed((0..<1010).map { "\($0)" }) == "0, 1, 2, 3, 4 and 1,005 more")
  }
}
