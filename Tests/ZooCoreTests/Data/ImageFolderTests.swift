import Testing
import ZooCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("Image folders")
struct ImageFolderTests {
  /// A 2x2 picture of one grey.
  private func picture(_ value: UInt8) -> [UInt8] {
    PNG.encode([value, value, value, value], width: 2, height: 2, channels: 1)
  }

  /// Writes files, given by their paths below a directory, with the folders they need.
  private func fill(_ directory: String, _ files: [String: [UInt8]]) throws {
    for (path, bytes) in files {
      let path = "\(directory)/\(path)"
      try Files.createDirectory(Files.split(path).directory)
      try Files.write(bytes, to: path)
    }
  }

  @Test("sub-folders are classes, in the order of their bytes, at any depth")
  func classes() throws {
    try withTemporaryDirectory { root in
      let paths = ["b/2.png", "b/10.JPG", "B/x.jpeg", "é/a.png", "b/deep/er/1.Png", "empty/a.txt"]
      try fill(root, Dictionary(uniqueKeysWithValues: paths.map { ($0, [1]) }))
      let index = try ImageFolderIndex(scanning: root)
      #expect(index.classNames == ["B", "b", "é"])
      #expect(
        index.entries.map(\.path)
          == ["B/x.jpeg", "b/10.JPG", "b/2.png", "b/deep/er/1.Png", "é/a.png"])
      #expect(index.entries.map(\.classIndex) == [0, 1, 1, 1, 2])
      #expect(index.skipped == [.file(ending: ".txt"): 1])
    }
  }

  /// The same letters in two Unicode forms are equal as Swift strings, but not as names of files.
  @Test("class names that differ in their Unicode form only are refused, with both forms")
  func unicodeForms() throws {
    try withTemporaryDirectory { root in
      try fill(root, ["e\u{301}/a.png": [1]])
      try fill(root, ["\u{e9}/a.png": [1], "z/a.png": [1]])
      // Some file systems take both names for one; then there is nothing to tell apart.
      guard try Files.list(root).count == 3 else { return }
      let error = try fault { () throws(ZooError) in try ImageFolderIndex(scanning: root) }
      #expect(error.kind == .data)
      #expect(
        error.findings[0].problem.hasPrefix("two sub-folders have the same name")
          && error.findings[0].problem.contains("U+301") && error.description.contains("U+E9"))
    }
  }

  @Test("pictures of one class are told apart by their names' bytes")
  func unicodeFormsOfPictures() throws {
    try withTemporaryDirectory { root in
      try fill(root, ["a/e\u{301}.png": [1]])
      try fill(root, ["a/\u{e9}.png": [1]])
      guard try Files.list("\(root)/a").count == 2 else { return }
      let index = try ImageFolderIndex(scanning: root)
      #expect(index.entries.map { Array($0.path.utf8).count } == [9, 8])
    }
  }

  @Test("pictures in the folder itself have no class")
  func flat() throws {
    try withTemporaryDirectory { root in
      try fill(root, ["b.png": [1], "a.png": [1], "notes/readme.md": [1]])
      let index = try ImageFolderIndex(scanning: root)
      #expect(index.entries.map(\.path) == ["a.png", "b.png"] && index.classNames.isEmpty)
      #expect(index.entries.allSatisfy { $0.classIndex == nil })
    }
  }

  @Test("pictures in the folder and in sub-folders are an error that names both")
  func mixed() throws {
    try withTemporaryDirectory { root in
      try fill(root, ["b.png": [1], "c/a.png": [1]])
      let error = try fault { () throws(ZooError) in try ImageFolderIndex(scanning: root) }
      #expect(error.kind == .data)
      #expect(
        error.findings[0].problem.contains("(b.png, …)")
          && error.findings[0].problem.contains("(c/a.png, …)"))
    }
  }

  @Test("links, FIFOs, hidden files and directories named like pictures are left aside")
  func hostile() throws {
    try withTemporaryDirectory { outside in
      try withTemporaryDirectory { root in
        try fill(outside, ["secret.png": picture(9), "class/secret.png": picture(9)])
        try fill(
          root,
          [
            "c/good.png": picture(7), "c/.hidden.png": [1], ".git/a.png": [1], "x.png/a.png": [1],
            "c/y.JPG/a.png": [1], "c/note.txt": [1],
          ])
        try #require(mkfifo("\(root)/c/pipe.png", 0o600) == 0)
        try Files.link("\(root)/c/link.png", to: "\(outside)/secret.png")
        try Files.link("\(root)/c/dangling.png", to: "nowhere")
        try Files.link("\(root)/linked", to: "\(outside)/class")
        try Files.link("\(root)/c/loop", to: "..")
        let index = try ImageFolderIndex(scanning: root)
        #expect(index.entries.map(\.path) == ["c/good.png"] && index.classNames == ["c"])
        #expect(
          index.skipped == [
            .file(ending: ".txt"): 1, .link: 4, .directoryNamedAsImage: 2, .special: 1,
          ])
        #expect(
          ImageFolderIndex.summary(of: index.skipped)
            == "; skipped 4 symbolic links (not followed: copy what they lead to), "
            + "2 directories named like a picture (not looked into: rename), 1 .txt file, "
            + "1 device, FIFO or socket")
      }
    }
  }

  @Test("what is left aside is named by kind and count, first what can be helped")
  func kinds() {
    typealias Reason = ImageFolderIndex.SkipReason
    func file(_ ending: String) -> Reason { .file(ending: ending) }
    #expect(
      ImageFolderIndex.summary(of: [
        file(".webp"): 12, file(".jfif"): 3, file(".zip"): 1, file(""): 40, file(".txt"): 30,
        file(".csv"): 5, file(".md"): 4, file(".json"): 2, .unreadableName: 1,
      ])
        == "; skipped 12 .webp files (convert to PNG or JPEG), 3 .jfif files (JPEG: rename to .jpg), "
        + "1 .zip file (unpack), 1 name that is not UTF-8 (rename), 40 other files, 30 .txt files, "
        + "11 of other kinds")
    #expect(ImageFolderIndex.summary(of: [:]) == "")
  }

  @Test("endings are letters and digits, whatever a name says")
  func endings() throws {
    try withTemporaryDirectory { root in
      let names = ["a.WebP", "b.webp", "noending", "dot.", "x.\u{1B}[2J", "y.loooooooong", "é.ö"]
      try fill(root, Dictionary(uniqueKeysWithValues: (names + ["1.png"]).map { ($0, [1]) }))
      let index = try ImageFolderIndex(scanning: root)
      #expect(index.skipped == [.file(ending: ".webp"): 2, .file(ending: ""): 5])
    }
  }

  #if os(Linux)  // Other systems refuse such names.
    @Test("a name that is not UTF-8 is left aside")
    func wrongEncoding() throws {
      try withTemporaryDirectory { root in
        // The second is what the name would be taken for.
        try fill(root, ["good.png": picture(7), "caf\u{FFFD}.png": picture(7)])
        let latin1 = Array("\(root)/caf".utf8.map { CChar(bitPattern: $0) }) + [CChar(-23)]
        let name = latin1 + ".png".utf8.map { CChar(bitPattern: $0) } + [0]
        let file = open(name, O_CREAT | O_WRONLY, 0o600)
        try #require(file >= 0)
        close(file)
        let index = try ImageFolderIndex(scanning: root)
        #expect(index.entries.count == 2 && index.skipped == [.unreadableName: 1])
      }
    }
  #endif

  @Test("a folder without pictures says what was expected and what is there")
  func nothing() throws {
    try withTemporaryDirectory { root in
      try fill(root, ["a.gif": [1], "b/c.txt": [1]])
      let error = try fault { () throws(ZooError) in try ImageFolderIndex(scanning: root) }
      #expect(error.kind == .data && error.findings[0].place == root)
      #expect(
        error.findings[0].problem
          == "zero images found, expected .png, .jpg or .jpeg files in the folder or its "
          + "sub-folders; skipped 1 .gif file (convert to PNG or JPEG), 1 .txt file")
      _ = try fault { () throws(ZooError) in
        try ImageFolderIndex(scanning: "\(root)/nowhere")
      }
      _ = try fault { () throws(ZooError) in try ImageFolderIndex(scanning: "\(root)/a.gif") }
    }
  }

  @Test("a picture comes prepared, whatever its name says it is", .needsPNG)
  func image() throws {
    try withTemporaryDirectory { root in
      try fill(root, ["a/1.jpg": picture(7), "b/2.png": picture(200)])
      let folder = ImageFolder(
        try ImageFolderIndex(scanning: root),
        preparation: ImagePreparation(height: 3, width: 5, channels: 1))
      #expect(folder.count == 2 && folder.classIndex(at: 1) == 1)
      #expect(try folder.image(at: 0) == [UInt8](repeating: 7, count: 15))
      #expect(try folder.image(at: 1) == [UInt8](repeating: 200, count: 15))
    }
  }

  @Test("broken pictures among good ones are told apart, and classes keep their numbers", .needsPNG)
  func checked() throws {
    try withTemporaryDirectory { root in
      try fill(
        root,
        [
          "a/html.png": Array("<html>".utf8), "b/cut.png": picture(8).dropLast(5),
          "b/good.png": picture(7), "b/empty.png": [],
          "c/small.png": PNG.encode([1], width: 1, height: 1, channels: 1),
        ])
      let preparation = ImagePreparation(height: 2, width: 2, channels: 1, crop: .pixels(2))
      let folder = ImageFolder(try ImageFolderIndex(scanning: root), preparation: preparation)
      let (usable, broken) = try folder.checked()
      #expect(usable.index.entries.map(\.path) == ["b/good.png"])
      #expect(usable.classIndex(at: 0) == 1 && usable.index.classNames == ["a", "b", "c"])
      #expect(try usable.image(at: 0) == [7, 7, 7, 7])
      #expect(
        broken.map(\.entry.path) == ["a/html.png", "b/cut.png", "b/empty.png", "c/small.png"])
      for item in broken {
        #expect(item.fault.findings[0].place == "\(root)/\(item.entry.path)")
      }
      for number in [0, 1, 2, 4] {
        #expect(try fault { () throws(ZooError) in try folder.image(at: number) }.kind == .data)
      }
    }
  }

  @Test("a folder with nothing usable is an error with the first reasons")
  func nothingUsable() throws {
    try withTemporaryDirectory { root in
      try fill(root, ["a.png": [], "b.png": [1, 2]])
      let folder = ImageFolder(
        try ImageFolderIndex(scanning: root), preparation: ImagePreparation(height: 2, width: 2))
      let error = try fault { () throws(ZooError) in try folder.checked() }
      #expect(error.kind == .data && error.findings.count == 3)
      #expect(error.findings[0].problem.hasPrefix("none of the 2 images can be used"))
    }
  }

  @Test("a file that is gone, or has become a FIFO, is an error and no hang")
  func changedAfterwards() throws {
    try withTemporaryDirectory { root in
      try fill(root, ["a.png": picture(1), "b.png": picture(1)])
      let folder = ImageFolder(
        try ImageFolderIndex(scanning: root), preparation: ImagePreparation(height: 2, width: 2))
      try Files.remove("\(root)/a.png")
      try Files.remove("\(root)/b.png")
      try #require(mkfifo("\(root)/b.png", 0o600) == 0)
      for number in 0..<2 {
        #expect(try fault { () throws(ZooError) in try folder.image(at: number) }.kind == .data)
      }
    }
  }
}
