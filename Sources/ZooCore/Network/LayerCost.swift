// What the layers with weights compute, in multiply-adds for one sample. Padding counts, as in the
// textbook form; doubles, because a config can ask for more than an Int holds.

extension Dense.Spec {
  /// One for each weight.
  public func multiplyAdds(input: Shape) -> Double {
    Double(input.elementCount) * Double(units)
  }
}

extension MaxoutSpec {
  /// One for each weight.
  public func multiplyAdds(input: Shape) -> Double {
    Double(input.elementCount) * Double(units) * Double(pieces)
  }
}

extension Conv2D.Spec {
  /// One for each weight and each pixel that comes out.
  public func multiplyAdds(input: Shape) -> Double {
    guard let output = try? outputShape(for: input) else { return 0 }
    return Double(output[0] * output[1]) * weights(input: input)
  }

  private func weights(input: Shape) -> Double {
    Double(settings.kernel[0] * settings.kernel[1]) * Double(input[2]) * Double(channels)
  }
}

extension ConvTranspose2D.Spec {
  /// One for each weight and each pixel that goes in.
  public func multiplyAdds(input: Shape) -> Double {
    Double(input[0] * input[1]) * Double(settings.kernel[0] * settings.kernel[1])
      * Double(input[2]) * Double(channels)
  }
}

extension TrainingBlock {
  /// Bytes that one network takes in training: values, gradients and two optimizer slots of its
  /// parameters; for each sample of a batch its activations and their derivatives.
  func memory(parameters: Double, activations: Double) -> Double {
    let samples = max(batch, 2 * (discriminatorBatch ?? batch))
    return 4 * (4 * parameters + 2 * Double(samples) * activations)
  }
}
