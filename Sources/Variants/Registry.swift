import ZooCore

/// The variants that ship with zoo; a new one is one file and one line here.
public let builtIn = Registry(
  variants: [
    WGANGP.self
  ], architectures: Backbones.all)
