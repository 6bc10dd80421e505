import ZooCore

/// The configs of the folder `Configs`, built into the program.
///
/// So it finds them wherever it is installed. A new config is one file there and one line here.
package enum ShippedConfigs {
  /// Names and bytes of all.
  package static let all: [(name: String, bytes: [UInt8])] = [
    ("acgan-mnist", PackageResources.acgan_mnist_json),
    ("biggan-cifar10", PackageResources.biggan_cifar10_json),
    ("biggan-imagenet-folder-128", PackageResources.biggan_imagenet_folder_128_json),
    ("biggan-mnist", PackageResources.biggan_mnist_json),
    ("cdcgan-mnist", PackageResources.cdcgan_mnist_json),
    ("cgan-mnist", PackageResources.cgan_mnist_json),
    ("cyclegan-folder", PackageResources.cyclegan_folder_json),
    ("cyclegan-strokes2mnist", PackageResources.cyclegan_strokes2mnist_json),
    ("cyclegan-thicken", PackageResources.cyclegan_thicken_json),
    ("dcgan-celeba", PackageResources.dcgan_celeba_json),
    ("dcgan-cifar10", PackageResources.dcgan_cifar10_json),
    ("dcgan-mnist", PackageResources.dcgan_mnist_json),
    ("gan-mnist", PackageResources.gan_mnist_json),
    ("gan-mnist-keras", PackageResources.gan_mnist_keras_json),
    ("gan-ring8", PackageResources.gan_ring8_json),
    ("infogan-mnist", PackageResources.infogan_mnist_json),
    ("lsgan-mnist", PackageResources.lsgan_mnist_json),
    ("pix2pix-colour", PackageResources.pix2pix_colour_json),
    ("pix2pix-colourise", PackageResources.pix2pix_colourise_json),
    ("pix2pix-edges2digits", PackageResources.pix2pix_edges2digits_json),
    ("pix2pix-folder", PackageResources.pix2pix_folder_json),
    ("pix2pixhd-scenes", PackageResources.pix2pixhd_scenes_json),
    ("progan-mnist", PackageResources.progan_mnist_json),
    ("r3gan-cifar10", PackageResources.r3gan_cifar10_json),
    ("r3gan-folder-64", PackageResources.r3gan_folder_64_json),
    ("r3gan-grid25", PackageResources.r3gan_grid25_json),
    ("r3gan-mnist", PackageResources.r3gan_mnist_json),
    ("r3gan-ring8", PackageResources.r3gan_ring8_json),
    ("r3gan-stacked", PackageResources.r3gan_stacked_json),
    ("sagan-cifar10", PackageResources.sagan_cifar10_json),
    ("sagan-mnist", PackageResources.sagan_mnist_json),
    ("sngan-cifar10", PackageResources.sngan_cifar10_json),
    ("stylegan-mnist", PackageResources.stylegan_mnist_json),
    ("stylegan2-cifar10", PackageResources.stylegan2_cifar10_json),
    ("stylegan2-folder-256", PackageResources.stylegan2_folder_256_json),
    ("stylegan2-mnist", PackageResources.stylegan2_mnist_json),
    ("vae-mnist", PackageResources.vae_mnist_json),
    ("wgan-gp-grid25", PackageResources.wgan_gp_grid25_json),
    ("wgan-gp-mnist", PackageResources.wgan_gp_mnist_json),
    ("wgan-gp-mnist-paper", PackageResources.wgan_gp_mnist_paper_json),
    ("wgan-gp-ring8", PackageResources.wgan_gp_ring8_json),
    ("wgan-gp-swissroll", PackageResources.wgan_gp_swissroll_json),
    ("wgan-mnist", PackageResources.wgan_mnist_json),
  ]

  /// The bytes of a config, named with or without its ending.
  static func bytes(_ name: String) -> [UInt8]? {
    let name = name.hasSuffix(".json") ? String(name.dropLast(5)) : name
    return all.first { $0.name == name }?.bytes
  }

  /// The variant that a config names, if it can be read.
  static func variant(_ bytes: [UInt8]) -> String? {
    (try? JSONDocument(parsing: bytes, name: ""))?.root["variant"]?.string
  }

  /// Names of those configs whose variants this program knows.
  static func names(_ registry: Registry) -> [String] {
    all.filter { variant($0.bytes).flatMap(registry.variant(named:)) != nil }.map(\.name)
  }

  /// A variant's own recipe: nothing but its name, and drawn digits where there are no data.
  static func recipe(of variant: String) -> [UInt8] {
    Array(#"{ "variant": "\#(variant)", "data": { "fallback": "stroke-digits" } }"#.utf8)
  }
}
