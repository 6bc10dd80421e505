/// "Did you mean …?": the known word that a mistyped one is closest to.
public enum Suggestion {
  /// The candidate nearest to `word`, or nil if none is near.
  ///
  /// Case, dashes and underscores do not count. A candidate is near if at most a third of the
  /// longer word's letters have to be changed. Of several equally near ones the first wins that keeps
  /// most of what was typed: a letter is sooner left out than mistaken for another.
  public static func closest(to word: String, among candidates: [String]) -> String? {
    let typed = letters(of: word)
    var best: (candidate: String, distance: Int, kept: Int)?
    for candidate in candidates {
      let known = letters(of: candidate)
      let limit = max(typed.count, known.count) / 3
      // The lengths alone may rule a candidate out, which also bounds the work.
      guard abs(typed.count - known.count) <= limit else { continue }
      let distance = distance(from: typed, to: known)
      guard distance <= limit else { continue }
      let kept = kept(of: typed, in: known)
      if let best, (best.distance, -best.kept) <= (distance, -kept) { continue }
      best = (candidate, distance, kept)
    }
    return best?.candidate
  }

  private static func letters(of word: String) -> [Character] {
    word.lowercased().filter { $0 != "-" && $0 != "_" }.map { $0 }
  }

  /// How many of the letters of `a` are in `b` too, wherever they stand.
  private static func kept(of a: [Character], in b: [Character]) -> Int {
    var rest = b
    return a.count { letter in
      rest.firstIndex(of: letter).map { rest.remove(at: $0) } != nil
    }
  }

  /// Damerau–Levenshtein distance: letters inserted, deleted, replaced, or swapped with the next.
  private static func distance(from a: [Character], to b: [Character]) -> Int {
    var (beforeLast, last) = ([Int](), Array(0...b.count))
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
