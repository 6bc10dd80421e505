import Foundation
import ZooCore

/// Gives the body a new folder, which goes away with it.
func inFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "zoo-\(UUID())").path
  defer { try? FileManager.default.removeItem(atPath: folder) }
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  try body(folder)
}

/// The eight points of a ring, which need no files.
func ringOfEight() throws -> any Dataset {
  var settings = DataSettings()
  settings.dataset = "ring8"
  return try DataLibrary(directory: "none").open(settings).dataset
}
