import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension CPUBackend {
  /// The names of the instruction sets that this machine can run, best first.
  public static var instructionSets: [String] {
    (0...).lazy.map { zk_available($0) }.prefix { $0 != nil }.compactMap {
      $0.map(String.init(cString:))
    }
  }

  /// The instruction set that the environment asks for (`ZOO_ISA`), or nil where it asks for none.
  ///
  /// It may be one that this machine does not run: the command line refuses that.
  public static var requestedInstructionSet: String? {
    guard let value = getenv("ZOO_ISA") else { return nil }
    let name = String(cString: value)
    return name.isEmpty ? nil : name
  }
}
