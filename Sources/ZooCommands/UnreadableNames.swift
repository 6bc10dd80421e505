import ZooCore

/// Refuses names that are not UTF-8, on the command line and in the environment.
///
/// Swift puts U+FFFD where it cannot read a name; files of that name would be looked for, and written.
enum UnreadableNames {
  static func refuse(in words: [String]) throws(ZooError) {
    if let word = words.first(where: isUnreadable) {
      throw fault("\"\(Text.printable(word))\" is not UTF-8", at: "zoo")
    }
    for variable in ["ZOO_DATA_DIR", "XDG_CACHE_HOME"] {
      if let path = Console.environment(variable), isUnreadable(path) {
        throw fault("the path \"\(Text.printable(path))\" is not UTF-8", at: variable)
      }
    }
  }

  private static func isUnreadable(_ text: String) -> Bool {
    text.unicodeScalars.contains("\u{FFFD}")
  }

  private static func fault(_ problem: String, at place: String) -> ZooError {
    ZooError(
      .usage, problem, at: place,
      advice: "rename the file or folder, or reach it by a symbolic link with another name")
  }
}
