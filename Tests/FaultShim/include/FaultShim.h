/* Faults of a disk, for the tests: stands between LMDB and the C library.
 *
 * A program that is linked with this has its own pwrite, write, writev, fdatasync, fsync and ftruncate,
 * which LMDB's library finds before those of the C library. They count the calls on one file, and at one
 * of them they do what a disk, a kernel or a power cut would do. */

#ifndef FAULT_SHIM_H
#define FAULT_SHIM_H

/* What happens at a call. */
enum fault {
  /* Nothing: calls are counted. */
  FAULT_NONE = 0,
  /* The process is killed before the call. */
  FAULT_KILL = 1,
  /* The process is killed after the call. */
  FAULT_KILL_AFTER = 2,
  /* The process is killed when half of the bytes are written. */
  FAULT_TEAR = 3,
  /* The power goes: of all sectors that were written and not synced, those of this call with them, some
   * are lost at random, and perhaps what the file grew by. */
  FAULT_POWER = 4,
  /* The call fails with EIO; the next ones do not. */
  FAULT_EIO = 5,
  /* The call and all after it fail with EIO. */
  FAULT_EIO_FOR_GOOD = 6,
  /* The call fails with ENOSPC; the next ones do not. */
  FAULT_ENOSPC = 7,
  /* Half of the bytes are written, and the call says so. */
  FAULT_SHORT = 8,
};

/* Counts the calls on a file from now on, and lets a fault happen at the call of this number, from 1.
 * Randomness comes from the seed only. Returns 0, or an errno where the file cannot be found. */
int fault_arm(const char *path, enum fault fault, long call, unsigned long seed);

/* Lets nothing happen any more. */
void fault_disarm(void);

/* From now on syncs do nothing and say that they did, as some disks do. */
void fault_lie(void);

/* How many calls there were since the file was named. */
long fault_calls(void);

/* Whether the fault has happened. */
int fault_happened(void);

/* fork(2), for a program that has one thread and has not used Swift's concurrency yet. */
int fault_fork(void);

#endif
