import ZooCore

/// Downloads with a bar for people.
enum Fetching {
  static func fetch(
    _ entry: CatalogEntry, into directory: String, quiet: Bool, _ warnings: Warnings
  ) throws(ZooError) {
    if !quiet, let size = entry.downloadSize {
      Console.say("fetching \(entry.title), \(Text.byteSize(size)), to \(directory)")
    }
    let bar = !quiet && Console.errorIsTerminal
    let reports: [FileReport]
    do throws(ZooError) {
      reports = try entry.fetch(
        into: directory, progress: { if bar { Console.status(line($0)) } },
        isCancelled: { Interruption.shared.received != nil })
    } catch {
      if bar { Console.status("") }
      throw error
    }
    if bar { Console.status("") }
    // Files that were there already stay, whatever they are; that they differ is worth a word.
    for report in reports where report.state != .ok && report.state != .rightSize {
      warnings.add(notice: "\(report.path): \(report.state)")
    }
  }

  private static func line(_ progress: FetchProgress) -> String {
    let share = Double(progress.done) / Double(max(progress.total, 1))
    let filled = Int(share * 24)
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 24 - filled)
    return "\(progress.file)  [\(bar)] \(Text.byteSize(progress.done)) of "
      + Text.byteSize(progress.total)
  }
}
