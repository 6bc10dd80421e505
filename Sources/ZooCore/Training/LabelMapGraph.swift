extension GraphBuilder {
  /// Encodes maps of labels, which the graph starts from, as `LabelMaps.encoded` does.
  package func encode(_ maps: LabelMaps) {
    let (start, image) = (fork {}, shape)
    func channel(_ number: Int) -> String {
      value(
        of: "Slice",
        [start, constant([number]), constant([number + 1]), constant([1])])
    }
    let labels = value(
      of: "Cast", [value(of: "Squeeze", [channel(0), constant([1])])], ["to": .int(7)])
    var encoded = value(
      of: "OneHot", [labels, constant([maps.classes]), constant([0, 1] as [Float], shape: [2])],
      ["axis": .int(1)])
    if maps.hasInstances {
      let things = channel(1)
      // Among a pixel and its neighbours in one direction, the largest less the smallest number.
      func spread(_ kernel: [Int], _ pads: [Int]) -> String {
        let window: [String: ONNXModel.Attribute] = [
          "kernel_shape": .ints(kernel), "pads": .ints(pads),
        ]
        let most = value(of: "MaxPool", [things], window)
        let least = value(of: "MaxPool", [value(of: "Neg", [things])], window)
        return value(of: "Add", [most, least])
      }
      let sum = value(
        of: "Add", [spread([3, 1], [1, 0, 1, 0]), spread([1, 3], [0, 1, 0, 1])])
      let edges = value(
        of: "Cast", [value(of: "Greater", [sum, constant([0] as [Float], shape: [])])],
        ["to": .int(1)])
      encoded = value(of: "Concat", [encoded, edges], ["axis": .int(1)])
    }
    proceed(from: encoded, shape: [image[0], image[1], maps.encodedChannels])
  }
}
