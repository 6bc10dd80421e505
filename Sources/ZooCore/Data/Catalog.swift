/// A file as its publisher made it.
public struct PublishedFile: Sendable {
  /// The file's name on disk.
  public let name: String
  /// Its size.
  public let bytes: Int
  /// Its SHA-256 digest in hexadecimal digits.
  public let sha256: String
  /// Where it can be had, the best place first; `http` serves too, since the digest decides.
  public let mirrors: [String]

  /// A file with everything that tells it from a wrong one.
  public init(name: String, bytes: Int, sha256: String, mirrors: [String]) {
    self.name = name
    self.bytes = bytes
    self.sha256 = sha256
    self.mirrors = mirrors
  }
}

/// A dataset that others publish: what it is, under which terms, and how to get it.
public struct CatalogEntry: Sendable {
  /// How the files are published.
  public enum Source: Sendable {
    /// One by one.
    case files([PublishedFile])
    /// In a gzip-compressed tar archive, whose members lie in the entry's folder.
    case archive(PublishedFile, members: [Member])
    /// Not to be fetched, and why.
    case unavailable(String)
  }

  /// A file in an archive; its digest is recorded when a verified archive is unpacked.
  public struct Member: Sendable {
    /// Its name on disk, without the folder.
    public let name: String
    /// Its size.
    public let bytes: Int

    /// A member of the entry's folder.
    public init(name: String, bytes: Int) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// The name in configs and on the command line.
  public let name: String
  /// What it is, in a line.
  public let title: String
  /// The terms of use, as far as they are stated.
  public let licence: String
  /// Where it is described.
  public let homePage: String
  /// The folder of its files, below the data directory.
  public let folder: String
  /// How the files are published.
  public let source: Source

  /// A dataset; the catalog has the known ones.
  public init(
    name: String, title: String, licence: String, homePage: String, folder: String, source: Source
  ) {
    self.name = name
    self.title = title
    self.licence = licence
    self.homePage = homePage
    self.folder = folder
    self.source = source
  }

  /// The bytes to download for the whole set, or nil when it cannot be fetched.
  public var downloadSize: Int? {
    switch source {
    case .files(let files): files.reduce(0) { $0 + $1.bytes }
    case .archive(let archive, _): archive.bytes
    case .unavailable: nil
    }
  }
}

/// The published datasets that the program knows.
///
/// Sizes and digests are those of TensorFlow Datasets, which agree with torchvision's MD5 sums.
public enum Catalog {
  /// All entries, in the order of listings.
  public static let all = [mnist, fashionMNIST, kmnist, qmnist] + emnist + [cifar10, cifar100]

  /// The entry of this name.
  public static func entry(named name: String) -> CatalogEntry? {
    all.first { $0.name == name }
  }

  private static let mnist = CatalogEntry(
    name: "mnist",
    title: "MNIST: 70,000 handwritten digits, 28x28, grey",
    licence: "CC BY-SA 3.0, as commonly stated",
    homePage: "http://yann.lecun.com/exdb/mnist/",
    folder: "mnist",
    source: idxFiles(
      at: [
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
      ],
      trainingImages: (
        9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
      ),
      trainingLabels: (28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
      testImages: (1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
      testLabels: (4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6")))

  private static let fashionMNIST = CatalogEntry(
    name: "fashion-mnist",
    title: "Fashion-MNIST: 70,000 pictures of clothes, 28x28, grey",
    licence: "MIT",
    homePage: "https://github.com/zalandoresearch/fashion-mnist",
    folder: "fashion-mnist",
    source: idxFiles(
      // Amazon's website addresses speak no https.
      at: ["http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"],
      trainingImages: (
        26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"
      ),
      trainingLabels: (29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
      testImages: (4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
      testLabels: (5148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5")))

  private static let kmnist = CatalogEntry(
    name: "kmnist",
    title: "Kuzushiji-MNIST: 70,000 cursive Japanese characters, 28x28, grey",
    licence: "CC BY-SA 4.0",
    homePage: "http://codh.rois.ac.jp/kmnist/",
    folder: "kmnist",
    source: idxFiles(
      at: ["http://codh.rois.ac.jp/kmnist/dataset/kmnist/"],
      trainingImages: (
        18_165_135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"
      ),
      trainingLabels: (29_497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
      testImages: (3_041_136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1695695a792adfac43c5"),
      testLabels: (5120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c")))

  private static let qmnist = CatalogEntry(
    name: "qmnist",
    title: "QMNIST: MNIST made anew from its sources, with 60,000 test digits, 28x28, grey",
    licence: "BSD 3-clause, as its repository states",
    homePage: "https://github.com/facebookresearch/qmnist",
    folder: "qmnist",
    source: .unavailable("the SHA-256 digests of its files are not on record to prove them"))

  /// Their titles are the sizes that the paper gives.
  private static let emnist = [
    ("balanced", "131,600 digits and letters in 47 classes"),
    ("bymerge", "814,255 digits and letters in 47 classes, as they occur"),
    ("byclass", "814,255 digits and letters in 62 classes, as they occur"),
    ("letters", "145,600 letters in 26 classes"), ("digits", "280,000 digits"),
    ("mnist", "70,000 digits"),
  ].map { name, title in
    CatalogEntry(
      name: "emnist-\(name)", title: "EMNIST: \(title), 28x28, grey",
      licence: "none stated; cite Cohen et al. 2017",
      homePage: "https://www.nist.gov/itl/products-and-services/emnist-dataset",
      folder: "emnist",
      source: .unavailable(
        "the SHA-256 digest of its archive is not on record, so nothing proves it"))
  }

  private static let cifar10 = CatalogEntry(
    name: "cifar-10",
    title: "CIFAR-10: 60,000 photographs in ten classes, 32x32, colour",
    licence: "none stated; cite Krizhevsky 2009",
    homePage: "https://www.cs.toronto.edu/~kriz/cifar.html",
    folder: "cifar-10-batches-bin",
    source: .archive(
      PublishedFile(
        name: "cifar-10-binary.tar.gz", bytes: 170_052_171,
        sha256: "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
        mirrors: ["https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"]),
      members: ((1...5).map { "data_batch_\($0).bin" } + ["test_batch.bin"]).map {
        CatalogEntry.Member(name: $0, bytes: 30_730_000)
      }))

  private static let cifar100 = CatalogEntry(
    name: "cifar-100",
    title: "CIFAR-100: 60,000 photographs in a hundred classes, 32x32, colour",
    licence: "none stated; cite Krizhevsky 2009",
    homePage: "https://www.cs.toronto.edu/~kriz/cifar.html",
    folder: "cifar-100-binary",
    source: .unavailable("the SHA-256 digest of its archive is not on record, so nothing proves it")
  )

  /// The four files of a set in MNIST's layout, each as (bytes, SHA-256).
  private static func idxFiles(
    at places: [String], trainingImages: (Int, String), trainingLabels: (Int, String),
    testImages: (Int, String), testLabels: (Int, String)
  ) -> CatalogEntry.Source {
    let files = [
      ("train-images-idx3-ubyte.gz", trainingImages),
      ("train-labels-idx1-ubyte.gz", trainingLabels),
      ("t10k-images-idx3-ubyte.gz", testImages), ("t10k-labels-idx1-ubyte.gz", testLabels),
    ]
    return .files(
      files.map { name, facts in
        PublishedFile(
          name: name, bytes: facts.0, sha256: facts.1, mirrors: places.map { $0 + name })
      })
  }
}
