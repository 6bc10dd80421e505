import ZooCore

/// `zoo completions SHELL`.
enum CompletionsCommand: Command {
  static let name = "completions"
  static let operands = "bash|zsh|fish"
  static let summary = "Prints what a shell needs to complete commands, flags and names"
  static let options: [Option] = []
  static let examples = [
    "zoo completions bash > ~/.local/share/bash-completion/completions/zoo",
    "zoo completions zsh > ~/.zfunc/_zoo",
    "zoo completions fish > ~/.config/fish/completions/zoo.fish",
  ]

  static func run(_ arguments: Arguments, _ program: Program) throws(ZooError) {
    let shells: [(name: String, script: (CompletionTable) -> String)] = [
      ("bash", \.bash), ("zsh", \.zsh), ("fish", \.fish),
    ]
    let word = try arguments.only("SHELL", name)
    guard let shell = shells.first(where: { $0.name == word }) else {
      throw ZooError(
        .usage, "there are no completions for \"\(Text.printable(word))\"", at: "zoo completions",
        advice: "one of \(shells.map(\.name).joined(separator: ", "))")
    }
    try Console.result(shell.script(CompletionTable(program.registry)))
  }
}

/// What can follow what, from the command table.
package struct CompletionTable {
  /// What can stand in one place.
  struct Choice {
    var words: [String] = []
    var files = false
  }

  struct Entry {
    let name: String
    let summary: String
    let options: [(option: Option, value: Choice)]
    let operands: Choice
  }

  let entries: [Entry]

  /// The table of a program with these variants.
  package init(_ registry: Registry) {
    let names = [
      "VARIANT": registry.variants.map { $0.card.name },
      "COMMAND": CommandTable.all.map { $0.name },
      "TOPIC": HelpTopics.all.map(\.name),
      "DATASET": DataLibrary.names,
    ]
    entries = CommandTable.all.map { command in
      Entry(
        name: command.name, summary: command.summary,
        options: command.options.map { ($0, Self.choice($0.value ?? "", names)) }
          + [
            (Option("--help", nil, "Explains the command."), Choice()),
            (
              Option("--color", "auto|always|never", "Whether messages are coloured."),
              Self.choice("auto|always|never", names)
            ),
          ],
        operands: Self.choice(command.operands, names))
    }
  }

  /// Reads a usage such as `RUN|latest`: small words stand for themselves, large ones for names or
  /// files.
  private static func choice(_ usage: String, _ names: [String: [String]]) -> Choice {
    var choice = Choice()
    for part in usage.split(whereSeparator: { !$0.isLetter && $0 != "-" }).map(String.init) {
      if let known = names[part] {
        choice.words += known
      } else if ["CONFIG", "RUN", "CHECKPOINT", "FILE", "DIR", "FOLDER"].contains(part) {
        choice.files = true
      } else if part == part.lowercased() {
        choice.words.append(part)
      }
    }
    var seen = Set<String>()
    choice.words = choice.words.filter { seen.insert($0).inserted }
    return choice
  }
}

// MARK: - bash

extension CompletionTable {
  /// The script for bash.
  package var bash: String {
    func reply(_ choice: Choice) -> String {
      // `compopt -o filenames` lets a folder's completion go on without a space.
      let files = choice.files ? "compopt -o filenames; " : ""
      let words = "-W '\(choice.words.joined(separator: " "))'"
      return "\(files)COMPREPLY=($(compgen \(choice.files ? "-f " : "")\(words) -- \"$word\"))"
    }
    let cases = entries.map { entry in
      let values = entry.options.filter { $0.option.value != nil }.map { option, value in
        "        \(option.spellings.joined(separator: "|"))) \(reply(value)); return;;"
      }
      let flags = Choice(words: entry.options.map(\.option.name))
      return """
            \(entry.name))
              case $before in
        \(values.joined(separator: "\n"))
              esac
              if [[ $word == -* ]]; then \(reply(flags))
              else \(reply(entry.operands)); fi;;
        """
    }
    return """
      # zoo's completions for bash
      _zoo() {
        local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
        if ((COMP_CWORD == 1)); then
          COMPREPLY=($(compgen -W '\(entries.map(\.name).joined(separator: " "))' -- "$word"))
          return
        fi
        case ${COMP_WORDS[1]} in
      \(cases.joined(separator: "\n"))
        esac
      }
      complete -F _zoo zoo
      """
  }
}

// MARK: - zsh

extension CompletionTable {
  /// The script for zsh.
  package var zsh: String {
    /// A word and its meaning for `_describe`, where a colon divides the two.
    func described(_ word: String, _ meaning: String) -> String {
      Self.quoted("\(word):\(meaning.replacing(":", with: "\\:"))")
    }
    func offer(_ choice: Choice) -> String {
      let words = choice.words.map { Self.quoted($0) }.joined(separator: " ")
      return [choice.words.isEmpty ? nil : "compadd -- \(words)", choice.files ? "_files" : nil]
        .compactMap { $0 }.joined(separator: "; ")
    }
    let cases = entries.map { entry in
      let values = entry.options.filter { $0.option.value != nil }.map { option, value in
        "        \(option.spellings.joined(separator: "|"))) \(offer(value)); return;;".replacing(
          ") ;", with: ")")
      }
      let flags = entry.options.map { described($0.option.name, $0.option.meaning) }
      let operands = offer(entry.operands)
      return """
            \(entry.name))
              case ${words[CURRENT-1]} in
        \(values.joined(separator: "\n"))
              esac
              if [[ $PREFIX == -* ]]; then
                choices=(\(flags.joined(separator: " ")))
                _describe option choices
              else
                \(operands.isEmpty ? ":" : operands)
              fi;;
        """
    }
    return """
      #compdef zoo
      # zoo's completions for zsh
      _zoo() {
        local -a choices
        if ((CURRENT == 2)); then
          choices=(\(entries.map { described($0.name, $0.summary) }.joined(separator: " ")))
          _describe command choices
          return
        fi
        case ${words[2]} in
      \(cases.joined(separator: "\n"))
        esac
      }
      if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _zoo "$@"; else compdef _zoo zoo; fi
      """
  }

  /// Text between single quotes, as all three shells read it.
  fileprivate static func quoted(_ text: String) -> String {
    "'\(text.replacing("'", with: "'\\''"))'"
  }
}

// MARK: - fish

extension CompletionTable {
  /// The script for fish.
  package var fish: String {
    let commands = entries.map {
      "complete -c zoo -n __fish_use_subcommand -f -a \($0.name) -d \(Self.quoted($0.summary))"
    }
    let rest = entries.flatMap { entry in
      let condition = "complete -c zoo -n '__fish_seen_subcommand_from \(entry.name)'"
      let operands = entry.operands
      let words = operands.words.joined(separator: " ")
      return ["\(condition) \(operands.files ? "-F" : "-f") -a \(Self.quoted(words))"]
        + entry.options.map { option, value in
          let argument =
            option.value == nil
            ? ""
            : " \(value.files ? "-r -F" : "-x") -a \(Self.quoted(value.words.joined(separator: " ")))"
          return
            "\(condition) \(option.spellings.count == 2 ? "-s \(option.spellings[1].dropFirst()) " : "")-l \(option.name.dropFirst(2))\(argument) -d \(Self.quoted(option.meaning))"
        }
    }
    return (["# zoo's completions for fish"] + commands + rest).joined(separator: "\n")
  }
}
