/// What started this program as one of several, as the environment tells.
package struct Launcher: Equatable {
  /// A kind of launcher.
  package enum Kind: Equatable {
    /// Open MPI's `mpirun`.
    case openMPI
    /// MPICH's `mpiexec`, and what speaks its protocol.
    case hydra
    /// Slurm's `srun`, which starts programs for either.
    case slurm
  }

  package let kind: Kind
  /// How many programs it started.
  package let size: Int
  /// Which of them this is, from 0.
  package let rank: Int
  /// The libraries to try, by name or path.
  package let libraries: [String]

  /// The variable that names the library.
  package static let libraryVariable = "ZOO_MPI_LIBRARY"

  /// What the environment tells; nil where nothing started several programs.
  package init?(_ environment: (String) -> String?) {
    func number(_ name: String) -> Int? { environment(name).flatMap { Int($0) } }
    // srun speaks the others' protocols too.
    let (ofOpenMPI, ofSlurm) = (number("OMPI_COMM_WORLD_SIZE"), number("SLURM_STEP_NUM_TASKS"))
    if let ofOpenMPI {
      (kind, size, rank) = (.openMPI, ofOpenMPI, number("OMPI_COMM_WORLD_RANK") ?? 0)
    } else if let ofSlurm, let own = number("SLURM_PROCID") {
      (kind, size, rank) = (.slurm, ofSlurm, own)
    } else if let ofHydra = number("PMI_SIZE") {
      (kind, size, rank) = (.hydra, ofHydra, number("PMI_RANK") ?? 0)
    } else {
      return nil
    }
    guard size > 1 else { return nil }
    let openMPI = ["libmpi.so.40"]
    let others = ["libmpi_abi.so.1", "libmpi.so.12", "libmpich.so.12"]
    // Slurm tells by the protocol that it speaks: PMIx is Open MPI's.
    let isOpenMPI = kind == .openMPI || kind == .slurm && environment("PMIX_RANK") != nil
    libraries =
      environment(Self.libraryVariable).map { [$0] }
      ?? (isOpenMPI ? openMPI + others : others + openMPI)
  }

  /// What it is called.
  package var name: String {
    switch kind {
    case .openMPI: "mpirun (Open MPI)"
    case .hydra: "mpiexec (MPICH)"
    case .slurm: "srun"
    }
  }

  /// Whether a library that calls itself so can be started by this.
  func understands(_ library: String) -> Bool {
    let isOpenMPI = library.hasPrefix("Open MPI")
    switch kind {
    case .openMPI: return isOpenMPI
    case .hydra: return !isOpenMPI
    case .slurm: return true
    }
  }

  /// That the two do not belong together, and what to do.
  func mismatch(with library: String) -> ZooError {
    let isOpenMPI = library.hasPrefix("Open MPI")
    let right = isOpenMPI ? "Open MPI's mpirun" : "MPICH's mpiexec"
    return ZooError(
      .usage, "\(size) programs were started, but the library (\(library)) cannot join them",
      at: name,
      advice: kind == .slurm
        ? "start them with srun --mpi=\(isOpenMPI ? "pmix" : "pmi2"), or give another library in \(Self.libraryVariable)"
        : "start them with \(right), or give the path of another library in \(Self.libraryVariable)"
    )
  }
}
