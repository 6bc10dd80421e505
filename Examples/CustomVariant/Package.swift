// swift-tools-version: 6.2
import PackageDescription

// A package of one's own: a variant, and the whole command line around it.
let package = Package(
  name: "custom-zoo",
  dependencies: [.package(name: "zoo", path: "../..")],
  targets: [
    .executableTarget(
      name: "custom-zoo",
      dependencies: [
        .product(name: "ZooCore", package: "zoo"), .product(name: "Variants", package: "zoo"),
        .product(name: "ZooCommands", package: "zoo"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
