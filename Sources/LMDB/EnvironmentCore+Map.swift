import CLMDB
import Glibc

extension EnvironmentCore {
  /// Takes over the size that another process has given the map (`mdb_env_set_mapsize(0)`).
  func adoptMapSize() throws(LMDBError) {
    try resizeMap { _ in 0 }
  }

  /// Doubles the map, once nobody in this process uses it.
  func growMap() throws(LMDBError) {
    try resizeMap { $0 * 2 }
  }

  private func resizeMap(_ size: (_ current: Int) -> Int) throws(LMDBError) {
    try gate.alone { () throws(LMDBError) in
      if let refusal = gate.withLock({ $0.refusal }) { throw refusal }
      var information = unsafe MDB_envinfo()
      try check(unsafe mdb_env_info(handle, &information), "asking for the map's size")
      let current = unsafe Int(information.me_mapsize)
      let result = unsafe mdb_env_set_mapsize(handle, size(current))
      defer { FaultGuard.note("\(path)/\(DataFile.name)") }
      guard result != 0 else { return }
      let error = LMDBError(
        returnCode: result == ENOMEM ? MDB_MAP_FULL : result, subject: path,
        action: "growing the map beyond \(current) bytes")
      // LMDB has unmapped the old map by now: without it, any access would be a crash.
      if unsafe mdb_env_set_mapsize(handle, current) != 0 { gate.withLock { $0.refusal = error } }
      throw error
    }
  }
}
