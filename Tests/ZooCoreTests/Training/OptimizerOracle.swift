/// What `torch.optim` gives for the updates of `OptimizerTests`.
enum OptimizerOracle {
  static let adam = [0.9041613241718143, -0.8510334852064545]
  static let rmsprop = [0.9998478023313432, -0.9995870169120054]
  static let sgd = [0.9454999999999999, -0.52]
}
