import ZooCore

/// What maps of labels leave open, such as the colour of a car: an encoder's features of images, averaged
/// over each thing.
///
/// Source: Wang et al. 2018, arXiv:1711.11585, §3.4. Deviation: where nobody knows the image, a thing
/// gets one of the last ten that were seen of its class in training, not one of ten k-means centres.
struct InstanceStyles {
  static let role = NetworkRole("encoder", trainedBy: .generator, "tells what maps leave open")
  /// Features of a thing.
  static let channels = 3
  private static let room = 10

  private let encoder: Network
  private let classes: Int
  /// The last features of each class, `[classes · room, channels]`.
  private let memory: Parameter
  /// How many of each class were seen, `[classes]`.
  private let seen: Parameter

  /// The encoder as a request's config has it; maps that tell no things are refused.
  init<Options>(_ request: BuildRequest<Options>, _ maps: LabelMaps?) {
    if maps?.hasInstances != true {
      request.refuse(
        ["objective", "encoder"], "an encoder needs maps that tell things apart",
        advice: "set objective.encoder to false, or choose data such as \"scenes\"")
    }
    let sample = request.data.sample
    encoder = request.network(
      Self.role, from: sample, to: sample.dropLast() + [Self.channels])
    classes = maps?.classes ?? 1
    let scope = request.scope(.generator) / "styles"
    memory = scope.buffer(
      "memory", repeating: 0, shape: [classes * Self.room, Self.channels], merging: .first)
    seen = scope.buffer("seen", repeating: 0, shape: [classes], merging: .first)
  }

  /// Things of a batch of maps, numbered: that of each pixel, and the class of each.
  private struct Things {
    var ofPixels: [Int32] = []
    var classes: [Int] = []

    init(_ maps: Tensor) {
      let (values, size) = (maps.floats, maps.shape[1] * maps.shape[2])
      var known: [Float: Int32] = [:]
      for pixel in 0..<values.count / 2 {
        // Numbers are a map's own.
        if pixel % size == 0 { known = [:] }
        let thing: Int32
        if let old = known[values[2 * pixel + 1]] {
          thing = old
        } else {
          thing = Int32(classes.count)
          known[values[2 * pixel + 1]] = thing
          classes.append(Int(values[2 * pixel]))
        }
        ofPixels.append(thing)
      }
    }
  }

  /// The encoder's features `[N, H, W, channels]` of a batch, the same at all pixels of a thing; those
  /// of the last things of each class are remembered.
  func told(by batch: Batch, _ context: Context) -> Tensor {
    let things = Things(batch.condition.images())
    let features = encoder(batch.samples, context)
    let rows = features.reshaped(to: [things.ofPixels.count, Self.channels])
    let count = things.classes.count
    let sums = rows.summed(into: count, by: things.ofPixels)
    let ones = Tensor(repeating: 1, shape: [things.ofPixels.count, 1], type: rows.type)
    let means = sums / ones.summed(into: count, by: things.ofPixels)
    remember(means.detached(), things.classes)
    return means.gathered(things.ofPixels).reshaped(to: features.shape)
  }

  private func remember(_ means: Tensor, _ classes: [Int]) {
    let new = means.doubles
    var (kept, counts) = (memory.value.doubles, seen.value.doubles)
    for (thing, label) in classes.enumerated() where label < self.classes {
      let place = label * Self.room + Int(counts[label]) % Self.room
      for channel in 0..<Self.channels {
        kept[place * Self.channels + channel] = new[thing * Self.channels + channel]
      }
      // Between one and two rounds, so that it never grows beyond what a float counts.
      counts[label] += counts[label] >= Double(2 * Self.room - 1) ? Double(1 - Self.room) : 1
    }
    memory.assign(Tensor(kept, shape: memory.shape, type: memory.type))
    seen.assign(Tensor(counts, shape: seen.shape, type: seen.type))
  }

  /// Features out of memory for each thing of maps, drawn for each map by its own numbers.
  func kept(for condition: Condition, _ context: Context) -> Tensor {
    let maps = condition.images()
    let (things, counts) = (Things(maps), seen.value.doubles)
    let size = maps.shape[1] * maps.shape[2]
    let draws = context.random.next(.noise).uniform([maps.shape[0], Self.mostDraws]).doubles
    var place: [Int] = []
    for (pixel, thing) in things.ofPixels.enumerated() where Int(thing) == place.count {
      let label = min(things.classes[Int(thing)], classes - 1)
      let known = max(1, min(Self.room, Int(counts[label])))
      let draw = draws[pixel / size * Self.mostDraws + Int(thing) % Self.mostDraws]
      place.append(label * Self.room + min(Int(draw * Double(known)), known - 1))
    }
    return memory.value.gathered(things.ofPixels.map { Int32(place[Int($0)]) })
      .reshaped(to: maps.shape.dropLast() + [Self.channels])
  }

  /// Random numbers of a map; those of further things repeat.
  private static let mostDraws = 64
}
