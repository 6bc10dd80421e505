#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Small bridges to the C library.
package enum Platform {
  /// The system's text for an error number, such as "No such file or directory".
  package static func errorText(_ code: Int32) -> String {
    // glibc and Darwin keep the text of `strerror` per thread.
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text)
  }

  /// The machine's name.
  package static var hostName: String {
    let longest = 255
    var buffer = [CChar](repeating: 0, count: longest + 1)
    guard gethostname(&buffer, longest) == 0 else { return "localhost" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Calls until a signal no longer interrupts; a negative result leaves the cause in `errno`.
  static func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }

  /// What a person can do about an error number, where there is something to say.
  static func advice(for code: Int32) -> String? {
    switch code {
    case ENOENT, ENOTDIR: "check the path; every directory in it must exist"
    case EACCES, EPERM: "check who owns it and its permissions"
    case EROFS: "the file system is mounted read-only; choose another place"
    case ENOSPC, EDQUOT: "free some space or choose another place"
    case EFBIG: "the file-size limit is reached; see `ulimit -f`"
    case EMFILE, ENFILE: "too many files are open; see `ulimit -n`"
    case ENOMEM: "the memory is used up, or limited; see `ulimit -v`"
    case ENAMETOOLONG: "choose a shorter name"
    case ELOOP: "the symbolic links form a loop; remove one of them"
    case EISDIR: "it is a directory; name a file"
    case EEXIST: "choose another name or remove what is there"
    default: nil
    }
  }
}
