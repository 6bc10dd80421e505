import ZooCore

/// The variants that ship with zoo; a new one is one file and one line here.
public let builtIn = Registry(
  variants: [
    GAN.self, DCGAN.self, LSGAN.self, WGAN.self, WGANGP.self, ConditionalGAN.self, InfoGAN.self,
    ACGAN.self, VAE.self, Pix2Pix.self, CycleGAN.self, Pix2PixHD.self,
    SNGAN.self, SAGAN.self, BigGAN.self, ProGAN.self, StyleGAN.self, StyleGAN2.self, R3GAN.self,
  ],
  architectures: Backbones.all + TranslationBackbones.all + ResidualBackbones.all
    + RelativisticBackbones.all)
