import Variants
import ZooCommands
import ZooCore

Zoo.main(
  Registry(
    variants: builtIn.variants + [HingeGAN.self], architectures: builtIn.architectures))
