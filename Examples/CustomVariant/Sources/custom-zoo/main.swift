import Variants
import ZooCommands
import ZooCore

Zoo.main(
  Registry(
    variants: builtIn.variants + [HingeGAN.self, EnergyGAN.self],
    architectures: builtIn.architectures))
