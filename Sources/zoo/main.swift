import Variants
import ZooCommands

Zoo.main(builtIn)
