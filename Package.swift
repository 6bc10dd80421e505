// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "zoo",
  products: [
    .executable(name: "zoo", targets: ["zoo"]),
    .library(name: "ZooCore", targets: ["ZooCore"]),
    .library(name: "Variants", targets: ["Variants"]),
    .library(name: "ZooCommands", targets: ["ZooCommands"]),
  ],
  dependencies: [],
  targets: [
    .target(name: "CKernels"),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"]), .yum(["zlib-devel"])]),
    .target(name: "CImageLibraries"),
    .target(name: "CMessages"),
    .target(
      name: "ZooCore", dependencies: ["CImageLibraries", "CKernels", "CMessages", "CZlib"]),
    .target(name: "Variants", dependencies: ["ZooCore"]),
    .target(
      name: "ZooCommands", dependencies: ["ZooCore", "Variants"],
      // A link to the folder Configs.
      resources: [.embedInCode("Configs")]),
    .executableTarget(name: "zoo", dependencies: ["Variants", "ZooCommands"]),
    .testTarget(
      name: "ZooCoreTests", dependencies: ["ZooCore"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "VariantsTests", dependencies: ["Variants", "ZooCore"], resources: [.copy("Fixtures")]),
    .testTarget(name: "ZooCommandsTests", dependencies: ["ZooCommands", "Variants", "ZooCore"]),
  ],
  swiftLanguageModes: [.v6]
)
