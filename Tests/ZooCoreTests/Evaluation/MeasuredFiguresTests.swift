import Foundation
import Testing
import ZooCore

/// The figures of MNIST's digits and of what is none, as Documentation/metrics.md shows them:
/// `ZOO_MEASURE=10000 ZOO_DATA_DIR=… swift test -c release --filter MeasuredFigures`.
@Suite(.serialized) struct MeasuredFiguresTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let count = environment["ZOO_MEASURE"].flatMap { Int($0) }
  private static let folder = environment["ZOO_DATA_DIR"] ?? ""
  private static let isReady = count != nil && Files.exists("\(folder)/mnist")

  @Test(.enabled(if: isReady, "set ZOO_MEASURE to a number of samples, ZOO_DATA_DIR to MNIST"))
  func realNoiseConstantOneClassAndLearnedByHeart() throws {
    let count = try #require(Self.count)
    let library = DataLibrary(directory: Self.folder)
    let training = try library.open(DataSettings()).dataset
    let data = try EvaluationData(training, test: library.testSplit(of: "mnist"))
    let cache = ClassifierCache(dataDirectory: Self.folder)
    let classifier = try cache.classifier(for: data) { _ in
    } warn: {
      Issue.record("\($0)")
    }
    #expect(try classifier.accuracy(on: data.test) >= 0.99)

    /// Samples by their numbers.
    func samples(_ value: @escaping (_ range: Range<Int>) throws(ZooError) -> [Float])
      -> SampleSource
    {
      SampleSource(count: count) { range throws(ZooError) in
        Tensor(try value(range), shape: [range.count, 28, 28, 1])
      }
    }
    func normal(_ range: Range<Int>) -> [Float] {
      RandomStream(seed: 3, purpose: .noise, step: range.lowerBound)
        .normal([range.count * 784]).floats
    }
    let threes = (0..<training.count).filter { training.label(at: $0) == 3 }
    let constant = try training.values(of: [7])
    let sources: [(String, SampleSource)] = [
      (
        "uniform noise",
        samples { range throws(ZooError) in
          RandomStream(seed: 3, purpose: .noise, step: range.lowerBound)
            .uniform([range.count * 784]).floats
        }
      ),
      (
        "one image",
        samples { range throws(ZooError) in range.flatMap { _ in constant } }
      ),
      (
        "class 3 only",
        samples { range throws(ZooError) in
          try training.values(of: range.map { threes[$0 % threes.count] })
        }
      ),
      (
        "training images with noise of 0.05",
        samples { range throws(ZooError) in
          zip(try training.values(of: Array(range)), normal(range)).map {
            max(0, min(1, $0 + 0.05 * $1))
          }
        }
      ),
      (
        "training images with noise of 0.3",
        samples { range throws(ZooError) in
          zip(try training.values(of: Array(range)), normal(range)).map {
            max(0, min(1, $0 + 0.3 * $1))
          }
        }
      ),
    ]
    var scores: [String: Scores] = [:]
    for (name, source) in sources {
      let evaluation = try Evaluation(of: source, data, .classifier(classifier))
      scores["real"] = evaluation.real
      scores[name] = evaluation.generated
      print("\(name): \(evaluation.generated.json.compact())")
    }
    let real = try #require(scores["real"])
    print("real: \(real.json.compact())")
    func value(_ name: String, _ key: String) throws -> Double {
      try #require(scores[name]?[key])
    }
    let distance = try #require(real["frechetDistance"])
    for (name, _) in sources.dropLast(2) {
      #expect(try value(name, "frechetDistance") > 20 * distance, "\(name)")
      #expect(try value(name, "recall") < 0.5 && value(name, "coverage") < 0.5, "\(name)")
    }
    #expect(try value("one image", "exactDuplicates") == 1)
    #expect(try value("class 3 only", "precision") > 0.7)
    #expect(try value("class 3 only", "classDivergence") > 2)
    // Learned by heart: good by every other figure, and nearer to training images than fresh ones.
    let byHeart = "training images with noise of 0.05"
    #expect(try value(byHeart, "precision") > 0.7 && value(byHeart, "recall") > 0.7)
    #expect(
      try value(byHeart, "trainingDistance") < 0.5 * #require(real["trainingDistance"]))
    #expect(
      try value("training images with noise of 0.3", "frechetDistance") > 5 * distance)
  }
}
