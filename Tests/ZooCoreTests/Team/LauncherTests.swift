import Testing
import ZooCore

/// What started a program, and whether the programs of a team can work together.
@Suite struct LauncherTests {
  private func launcher(_ environment: [String: String]) -> Launcher? {
    Launcher { environment[$0] }
  }

  @Test func theEnvironmentTells() {
    #expect(launcher([:]) == nil)
    // One program is no team.
    #expect(launcher(["OMPI_COMM_WORLD_SIZE": "1"]) == nil)
    #expect(launcher(["OMPI_COMM_WORLD_SIZE": "many"]) == nil)
    // A shell inside an allocation of Slurm is no task of a step.
    #expect(launcher(["SLURM_NTASKS": "4"]) == nil)
    let openMPI = launcher(["OMPI_COMM_WORLD_SIZE": "3", "PMIX_RANK": "0"])
    #expect(openMPI?.kind == .openMPI)
    #expect(openMPI?.size == 3)
    #expect(openMPI?.rank == 0)
    #expect(openMPI?.libraries.first == "libmpi.so.40")
    #expect(launcher(["PMI_SIZE": "2", "PMI_RANK": "1"])?.kind == .hydra)
    #expect(launcher(["PMI_SIZE": "2", "PMI_RANK": "1"])?.rank == 1)
    #expect(launcher(["PMI_SIZE": "2"])?.libraries.first == "libmpi_abi.so.1")
    let slurm = ["SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "4"]
    #expect(launcher(slurm)?.kind == .slurm)
    #expect(launcher(slurm.merging(["PMI_SIZE": "4"]) { $1 })?.kind == .slurm)
    #expect(launcher(slurm.merging(["PMIX_RANK": "0"]) { $1 })?.libraries.first == "libmpi.so.40")
    #expect(
      launcher(["PMI_SIZE": "2", "ZOO_MPI_LIBRARY": "/a/libmpi.so"])?.libraries == ["/a/libmpi.so"])
  }

  private func member(
    program: String = "p", host: String = "a", sets: [String] = ["avx512", "avx2", "baseline"],
    asked: String? = nil, processors: String = "ff", count: Int = 8
  ) -> TeamMember {
    TeamMember(
      program: program, host: host, instructionSets: sets, requestedSet: asked,
      processors: processors, processorCount: count)
  }

  @Test func aMemberTravels() {
    for member in [member(), member(asked: "avx2")] { #expect(TeamMember(member.json) == member) }
    #expect(TeamMember(["host": "a"]) == nil)
  }

  /// The best that all have and nobody wants to stay below.
  @Test(arguments: [
    ([], nil, "avx512"), (["avx2", "baseline"], nil, "avx2"), ([], "baseline", "baseline"),
    (["avx2", "baseline"], "avx512", "avx2"),
  ])
  func allComputeWithTheLeast(_ second: [String], _ asked: String?, _ expected: String) throws {
    let sets = ["avx512", "avx2", "baseline"]
    let agreement = try TeamAgreement(of: [
      member(asked: asked), member(host: "b", sets: second.isEmpty ? sets : second),
    ])
    #expect(agreement.instructionSet == expected)
    let isMixed = !second.isEmpty || asked == "baseline"
    #expect((agreement.notice == nil) == !isMixed)
  }

  @Test func whatDoesNotFitIsRefusedByRankAndMachine() {
    let other = #expect(throws: ZooError.self) {
      try TeamAgreement(of: [member(), member(), member(program: "q", host: "b")])
    }
    #expect(other?.description.contains("rank 2 (b) runs another program than rank 0 (a)") == true)
    let asked = #expect(throws: ZooError.self) {
      try TeamAgreement(of: [member(), member(host: "b", asked: "neon")])
    }
    #expect(asked?.description.contains("rank 1 (b) does not run \"neon\"") == true)
    #expect(throws: ZooError.self) {
      try TeamAgreement(of: [member(), member(sets: ["neon"])])
    }
  }

  /// Ranks share the processors that they have in common, and those of a machine alone.
  @Test func processorsAreShared() throws {
    let agreement = try TeamAgreement(of: [
      member(), member(), member(host: "b"), member(host: "c", processors: "1", count: 1),
      member(host: "c", processors: "2", count: 1), member(), member(), member(), member(),
      member(), member(), member(), member(),
    ])
    // Eleven on a, alone on b, and each bound to a processor of its own on c.
    #expect((0..<5).map { agreement.threads(of: $0) } == [1, 1, 8, 1, 1])
    let two = try TeamAgreement(of: [member(), member()])
    #expect(two.threads(of: 1) == 4)
  }
}
