import Foundation
import Testing
import ZooCore

/// The matrices and values that `Fixtures/make_metrics.py` wrote.
struct MetricsFixture {
  private let file: Safetensors

  init() throws {
    let folder = try #require(Bundle.module.resourcePath)
    let path = "\(folder)/Fixtures/metrics.safetensors"
    file = try Safetensors(parsing: Files.read(path), name: path)
  }

  func matrix(_ name: String) throws -> FeatureMatrix {
    let entry = try #require(file[name], "\(name)")
    return try FeatureMatrix(
      entry.values(as: Double.self), columns: try #require(entry.shape.last), of: name)
  }

  func integers(_ name: String) throws -> [Int] {
    try #require(file[name], "\(name)").values(as: Int64.self).map { Int($0) }
  }

  func expected(_ name: String) throws -> [Double] {
    try #require(file["expected.\(name)"], "\(name)").values(as: Double.self)
  }
}

/// Requires each value to be as expected, up to a share of the largest expected one.
func expectClose(
  _ values: [Double], _ expected: [Double], relative tolerance: Double,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(values.count == expected.count, sourceLocation: sourceLocation)
  let scale = expected.reduce(0) { max($0, abs($1)) }
  for (index, (value, reference)) in zip(values, expected).enumerated() {
    #expect(
      abs(value - reference) <= tolerance * scale,
      "value \(index): \(value), expected \(reference)", sourceLocation: sourceLocation)
  }
}

/// Numbers between −1 and 1 that are the same in each run.
func metricNumbers(_ count: Int, seed: UInt64) -> [Double] {
  var random = SplitMix(seed: seed)
  return (0..<count).map { _ in Double(Int64(bitPattern: random.next())) / 0x1p63 }
}

/// Features between −1 and 1 that are the same in each run.
func metricFeatures(_ rows: Int, _ columns: Int, seed: UInt64) throws -> FeatureMatrix {
  try FeatureMatrix(metricNumbers(rows * columns, seed: seed), columns: columns, of: "test")
}
