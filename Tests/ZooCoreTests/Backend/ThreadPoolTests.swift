import Testing
import ZooCore

@Suite struct ThreadPoolTests {
  /// Every tile runs exactly once, whatever the pool's size, called from many threads at once.
  @Test(arguments: [1, 2, 3, 8])
  func everyTileRunsOnce(_ threads: Int) async {
    let pool = ThreadPool(threadCount: threads)
    await withTaskGroup(of: Bool.self) { group in
      for count in [0, 1, 2, 7, 100, 1000] {
        group.addTask {
          (0..<20).allSatisfy { _ in
            let buffer = HostMemory.shared.allocate(byteCount: max(1, count))
            let marks = Marks(buffer, count: count)
            pool.run(count) { tile in marks.mark(tile) }
            return marks.allOnce
          }
        }
      }
      for await fine in group { #expect(fine) }
    }
  }

  /// A computation within a tile of another one ends, with every tile run once.
  @Test(arguments: [1, 3])
  func computationsNest(_ threads: Int) {
    let pool = ThreadPool(threadCount: threads)
    for count in [1, 7] {
      let buffer = HostMemory.shared.allocate(byteCount: count * 9)
      let marks = Marks(buffer, count: count * 9)
      pool.run(count) { outer in pool.run(9) { inner in marks.mark(outer * 9 + inner) } }
      #expect(marks.allOnce)
    }
  }

  private struct Marks: @unchecked Sendable {
    // Unchecked: tiles write to disjoint bytes.
    private let buffer: Buffer
    private let count: Int

    init(_ buffer: Buffer, count: Int) {
      self.buffer = buffer
      self.count = count
      buffer.elements(UInt8.self, count: count).update(repeating: 0)
    }

    func mark(_ tile: Int) { buffer.elements(UInt8.self, count: count)[tile] += 1 }
    var allOnce: Bool { buffer.elements(UInt8.self, count: count).allSatisfy { $0 == 1 } }
  }

  /// After the first steps a training step takes no memory from the system.
  @Test func buffersAreReused() {
    let memory = HostMemory()
    func step() {
      let buffers = [100, 4096, 100_000, 1_000_000].map { memory.allocate(byteCount: $0) }
      #expect(Set(buffers.map { $0.address }).count == 4)
    }
    step()
    let taken = memory.bytesFromSystem
    for _ in 0..<100 { step() }
    #expect(memory.bytesFromSystem == taken)
  }
}
