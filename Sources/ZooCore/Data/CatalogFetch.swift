/// How far the download of a dataset has come.
public struct FetchProgress: Equatable, Sendable {
  /// The file that is on its way.
  public let file: String
  /// Bytes that are here, of all files that were missing.
  public let done: Int
  /// Bytes of all files that were missing.
  public let total: Int
}

/// A file of a dataset on disk.
public struct FileReport: Equatable, Sendable {
  /// Where it is, or should be.
  public let path: String
  /// How it compares with the published one.
  public let state: FileState
}

extension CatalogEntry {
  /// Compares every file of the set below `directory` with the published one.
  ///
  /// A set that cannot be fetched has no known files, so its list is empty.
  public func verify(in directory: String) throws(ZooError) -> [FileReport] {
    let folder = Files.join(directory, folder)
    var reports: [FileReport] = []
    switch source {
    case .files(let files):
      for file in files {
        let path = Files.join(folder, file.name)
        reports.append(FileReport(path: path, state: try file.state(at: path)))
      }
    case .archive(_, let members):
      let digests = try DigestList.read(in: folder)
      for member in members {
        let path = Files.join(folder, member.name)
        let state = try FileState.of(path, bytes: member.bytes, sha256: digests[member.name])
        reports.append(FileReport(path: path, state: state))
      }
    case .unavailable: break
    }
    return reports
  }

  /// Downloads the files of the set that are missing below `directory`.
  ///
  /// Files that are there stay as they are, even where they differ from the published ones. The
  /// errors are those of `Downloader.fetch`; what had arrived before one stays.
  /// - Parameters:
  ///   - progress: Hears about five times a second how far the set has come.
  ///   - isCancelled: Is asked as often; on true the download ends with an error of kind
  ///     `.interrupted`, and the next one continues it.
  /// - Returns: All files of the set, as `verify` reports them.
  @discardableResult
  public func fetch(
    into directory: String, using downloader: Downloader = Downloader(),
    progress: (FetchProgress) -> Void = { _ in }, isCancelled: () -> Bool = { false }
  ) throws(ZooError) -> [FileReport] {
    switch source {
    case .files(let files):
      let folder = Files.join(directory, folder)
      let wanted = files.filter { !Files.exists(Files.join(folder, $0.name)) }
      let total = wanted.reduce(0) { $0 + $1.bytes }
      var done = 0
      for file in wanted {
        try downloader.fetch(
          file, to: Files.join(folder, file.name),
          progress: { progress(FetchProgress(file: file.name, done: done + $0, total: total)) },
          isCancelled: isCancelled)
        done += file.bytes
      }
    case .archive(let archive, let members):
      let unpacking = Unpacking(
        archive: Files.join(directory, archive.name), members: members,
        folder: Files.join(directory, folder))
      try unpacking.runIfNeeded { path throws(ZooError) in
        try downloader.fetch(
          archive, to: path,
          progress: {
            progress(FetchProgress(file: archive.name, done: $0, total: archive.bytes))
          },
          isCancelled: isCancelled)
      }
    case .unavailable(let reason):
      throw ZooError(
        .usage, "\(name) cannot be downloaded: \(reason)", advice: "its home is \(homePage)")
    }
    return try verify(in: directory)
  }
}
