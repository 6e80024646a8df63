import CLMDB
import Glibc

/// The file systems on which LMDB loses data: their locks and memory maps stop at the machine.
///
/// A FUSE mount such as sshfs cannot be told from a local one, and 9p is usually a local share,
/// so neither is refused.
enum NetworkFileSystem {
  /// Kernel magic numbers (`statfs(2)`, `linux/magic.h`), all 32 bits wide.
  private static let names: [UInt32: String] = [
    0x0000_6969: "NFS",
    0x0000_517B: "SMB",
    0xFF53_4D42: "CIFS",
    0xFE53_4D42: "SMB2",
    0x0000_564C: "NCP",
    0x5346_414F: "AFS",
    0x6B41_4653: "AFS",
    0x7375_7245: "Coda",
    0x00C3_6400: "Ceph",
    0x0BD0_0BD0: "Lustre",
    0x4750_4653: "GPFS",
    0x7461_636F: "OCFS2",
    0x0116_1970: "GFS2",
    0x1983_0326: "BeeGFS",
    0x2003_0528: "OrangeFS",
    0x786F_4256: "VirtualBox's shared folders",
    0xBACB_ACBC: "VMware's shared folders",
  ]

  /// The network file system with this magic number, or `nil` for any other.
  static func name(magic: UInt32) -> String? { names[magic] }

  /// Throws `.networkFileSystem` when `directory` is on one.
  static func refuse(_ directory: String) throws(LMDBError) {
    var information = statfs()
    guard unsafe statfs(directory, &information) == 0 else {
      throw LMDBError(errno: errno, subject: directory, action: "asking for the file system")
    }
    if let name = name(magic: UInt32(truncatingIfNeeded: information.f_type)) {
      throw LMDBError(
        .networkFileSystem,
        "\(directory): expected a local file system, found \(name), where LMDB's locks and maps "
          + "do not hold between machines; move the directory to a local disk")
    }
  }
}
