import ZooCore

/// What `zoo help` explains besides commands.
enum HelpTopics {
  struct Topic {
    let name: String
    let text: @Sendable (Program) -> String
  }

  static let all = [
    Topic(name: "configs") { _ in
      """
      A config is a JSON file; only "variant" must be there. zoo describe CONFIG shows what it means.
      The name of a shipped config serves as well (zoo list), and a variant's for its own recipe; a
      file of that name goes before. zoo new --config NAME writes a shipped one out.

      \(HelpCommand.table(RunConfig.fields.map { ($0.key, $0.meaning) } + [
        ("objective", "The variant's own settings; see zoo list VARIANT.")
      ]))

      What is not said is the variant's default. --set PATH=VALUE goes before the file:
        --set training.steps=1000 --set generator.layers[0].dense=64
      zoo run CONFIG --print-config tells for each value who said it. A CONFIG of - is read from
      standard input. zoo schema prints the JSON Schema, with which editors complete the keys.
      """
    },
    Topic(name: "variants") { program in
      """
      \(HelpCommand.table(program.registry.variants.map { ($0.card.name, $0.card.summary) }))

      networks that fit any image size, for "generator" and "discriminator"
      \(HelpCommand.table(program.registry.architectures.map { ($0.name, $0.summary) }))

      zoo list VARIANT shows losses, options, defaults and sources; zoo new NAME begins one of your own.
      """
    },
    Topic(name: "exit-codes") { _ in
      """
      0    everything went well
      1    something failed that is none of the below
      2    the command line or a config is wrong
      3    training diverged: a loss or a gradient was not finite; or training.stopOnCollapse ended it
      4    data or weights are missing, broken or do not fit
      5    the disk, another device or a download failed
      6    another process uses the run
      130  interrupted (Ctrl-C); 129 by a closed terminal, 143 terminated
      """
    },
    Topic(name: "datasets") { _ in
      """
      Datasets: \(DataLibrary.names.joined(separator: ", "))

      zoo data list tells what each is and whether it is here, zoo data fetch NAME downloads it, and
      zoo run fetches what its config needs. Files are looked for in --data-dir, else $ZOO_DATA_DIR,
      else $XDG_CACHE_HOME/zoo, else ~/.cache/zoo. Without a network a config's data.fallback serves;
      stroke-digits, ring8, grid25 and swiss-roll are drawn by the program and need no file.

      Pictures of your own: "data": { "dataset": "folder", "path": "photos", "size": [64, 64] }, with a
      sub-folder for each class or none. Arrays: "npy". Large sets: zoo data import, then "pack".
      """
    },
    Topic(name: "outputs") { _ in
      """
      -o FILE says where a result goes, - is standard output. A FILE that is there is replaced in one
      step, which is said; a link is followed and stays a link, a FIFO is written into once it has a
      reader, and a file that is write-protected is refused.

      What was not named is never replaced: where samples.png, generator.onnx, comparison.html or
      preview.png is there already, the command says so and stops until -o gives a name. In the same
      way --separate refuses a folder with pictures of an earlier sampling, zoo run --out a folder
      that exists, and zoo new what is there. Pages and pictures in a run's own folder, such as
      report.html, are made anew each time.
      """
    },
    Topic(name: "environment") { _ in
      """
      ZOO_DATA_DIR    where dataset files are
      XDG_CACHE_HOME  dataset files are in $XDG_CACHE_HOME/zoo when ZOO_DATA_DIR is not set
      ZOO_OFFLINE     set to anything: nothing is ever downloaded
      ZOO_ISA         the instruction set of the kernels; zoo bench --machine shows the choice
      ZOO_MPI_LIBRARY  the MPI library to open when a launcher has started several programs
      NO_COLOR        set to anything: messages are not coloured; --color goes before it
      """
    },
  ]
}
