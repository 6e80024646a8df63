#define _GNU_SOURCE
#include "FaultShim.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SECTOR = 512 };

/* A sector as it was when the last sync returned. */
struct old_sector {
  off_t offset;
  /* How much of it was in the file then. */
  ssize_t length;
  char bytes[SECTOR];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static dev_t device;
static ino_t inode;
static enum fault armed;
static long armed_call, calls;
static int happened, is_on, is_lying;
static unsigned long random_state;
static struct old_sector *journal;
static size_t journal_count, journal_capacity;
static off_t synced_size;

// Any thread may ask first: all of them find the same.
#define REAL(name, type) \
  static _Atomic(type) found; \
  type real = atomic_load_explicit(&found, memory_order_relaxed); \
  if (!real) { \
    real = (type)dlsym(RTLD_NEXT, #name); \
    atomic_store_explicit(&found, real, memory_order_relaxed); \
  }

static ssize_t real_pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  typedef ssize_t (*function)(int, const void *, size_t, off_t);
  REAL(pwrite, function);
  return real(fd, bytes, count, offset);
}

static int real_ftruncate(int fd, off_t size) {
  typedef int (*function)(int, off_t);
  REAL(ftruncate, function);
  return real(fd, size);
}

static unsigned long next_random(void) {
  random_state += 0x9E3779B97F4A7C15ul;
  unsigned long z = random_state;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ul;
  z = (z ^ z >> 27) * 0x94D049BB133111EBul;
  return z ^ z >> 31;
}

static off_t size_of(int fd) {
  struct stat information;
  return fstat(fd, &information) == 0 ? information.st_size : 0;
}

int fault_arm(const char *path, enum fault fault, long call, unsigned long seed) {
  struct stat information;
  if (stat(path, &information) != 0) return errno;
  pthread_mutex_lock(&lock);
  device = information.st_dev;
  inode = information.st_ino;
  synced_size = information.st_size;
  armed = fault;
  armed_call = call;
  random_state = seed;
  calls = 0;
  happened = 0;
  journal_count = 0;
  is_on = 1;
  pthread_mutex_unlock(&lock);
  return 0;
}

void fault_disarm(void) {
  pthread_mutex_lock(&lock);
  armed = FAULT_NONE;
  pthread_mutex_unlock(&lock);
}

void fault_lie(void) { is_lying = 1; }

long fault_calls(void) { return calls; }

int fault_happened(void) { return happened; }

int fault_fork(void) { return fork(); }

static int is_watched(int fd) {
  struct stat information;
  return is_on && fstat(fd, &information) == 0 && information.st_dev == device &&
         information.st_ino == inode;
}

/* Keeps the sectors that a write changes as they were at the last sync. */
static void remember(int fd, off_t offset, size_t count) {
  int reader = -1;
  for (off_t at = offset / SECTOR * SECTOR; at < offset + (off_t)count; at += SECTOR) {
    size_t index = 0;
    while (index < journal_count && journal[index].offset != at) index++;
    if (index < journal_count) continue;
    if (journal_count == journal_capacity) {
      journal_capacity = journal_capacity ? 2 * journal_capacity : 1024;
      journal = realloc(journal, journal_capacity * sizeof *journal);
      if (!journal) abort();
    }
    struct old_sector *sector = &journal[journal_count++];
    sector->offset = at;
    if (reader < 0) {
      /* LMDB's second descriptor is for writing only. */
      char name[64] = "/proc/self/fd/";
      char digits[24];
      int length = 0;
      for (int rest = fd; rest > 0 || length == 0; rest /= 10) digits[length++] = '0' + rest % 10;
      size_t end = strlen(name);
      while (length > 0) name[end++] = digits[--length];
      name[end] = 0;
      reader = open(name, O_RDONLY | O_CLOEXEC);
    }
    sector->length = pread(reader, sector->bytes, SECTOR, at);
    if (sector->length < 0) sector->length = 0;
  }
  if (reader >= 0) close(reader);
}

static void die(void) {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static void cut_power(int fd) {
  for (size_t index = 0; index < journal_count; index++) {
    struct old_sector *sector = &journal[index];
    if (next_random() & 1) continue;
    /* What was beyond the end of the file then is zeros where the file stays as long as it is. */
    memset(sector->bytes + sector->length, 0, SECTOR - sector->length);
    real_pwrite(fd, sector->bytes, SECTOR, sector->offset);
  }
  if (size_of(fd) > synced_size && next_random() & 1) real_ftruncate(fd, synced_size);
  die();
}

static void note_sync(int fd) {
  if (is_lying) return;
  journal_count = 0;
  synced_size = size_of(fd);
}

static int is_synchronous(int fd) { return !is_lying && (fcntl(fd, F_GETFL) & O_DSYNC) != 0; }

/* Counts a call; says what happens at it. */
static enum fault count_call(void) {
  calls++;
  if (armed == FAULT_NONE || calls < armed_call) return FAULT_NONE;
  if (calls > armed_call && armed != FAULT_EIO_FOR_GOOD) return FAULT_NONE;
  happened = 1;
  return armed;
}

static ssize_t watched_write(int fd, const char *bytes, size_t count, off_t offset) {
  ssize_t result;
  enum fault fault = count_call();
  switch (fault) {
  case FAULT_KILL: die(); break;
  case FAULT_EIO:
  case FAULT_EIO_FOR_GOOD: errno = EIO; return -1;
  case FAULT_ENOSPC: errno = ENOSPC; return -1;
  case FAULT_TEAR: real_pwrite(fd, bytes, count / 2, offset); die(); break;
  case FAULT_SHORT: remember(fd, offset, count / 2); return real_pwrite(fd, bytes, count / 2, offset);
  default: break;
  }
  if (is_synchronous(fd) && fault != FAULT_POWER) {
    /* These bytes are on the disk when the call returns; what was not synced before is not. */
    result = real_pwrite(fd, bytes, count, offset);
  } else {
    remember(fd, offset, count);
    result = real_pwrite(fd, bytes, count, offset);
  }
  if (fault == FAULT_POWER) cut_power(fd);
  if (fault == FAULT_KILL_AFTER) die();
  return result;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  if (!is_watched(fd)) return real_pwrite(fd, bytes, count, offset);
  pthread_mutex_lock(&lock);
  ssize_t result = watched_write(fd, bytes, count, offset);
  pthread_mutex_unlock(&lock);
  return result;
}

ssize_t write(int fd, const void *bytes, size_t count) {
  typedef ssize_t (*function)(int, const void *, size_t);
  REAL(write, function);
  if (!is_watched(fd)) return real(fd, bytes, count);
  pthread_mutex_lock(&lock);
  off_t offset = lseek(fd, 0, SEEK_CUR);
  ssize_t result = watched_write(fd, bytes, count, offset);
  if (result > 0) lseek(fd, offset + result, SEEK_SET);
  pthread_mutex_unlock(&lock);
  return result;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  typedef ssize_t (*function)(int, const struct iovec *, int);
  REAL(writev, function);
  if (!is_watched(fd)) return real(fd, parts, count);
  size_t length = 0;
  for (int index = 0; index < count; index++) length += parts[index].iov_len;
  char *bytes = malloc(length);
  if (!bytes) abort();
  size_t end = 0;
  for (int index = 0; index < count; index++) {
    memcpy(bytes + end, parts[index].iov_base, parts[index].iov_len);
    end += parts[index].iov_len;
  }
  pthread_mutex_lock(&lock);
  off_t offset = lseek(fd, 0, SEEK_CUR);
  ssize_t result = watched_write(fd, bytes, length, offset);
  if (result > 0) lseek(fd, offset + result, SEEK_SET);
  pthread_mutex_unlock(&lock);
  free(bytes);
  return result;
}

static int watched_sync(int fd, int (*real)(int)) {
  if (!is_watched(fd)) return real(fd);
  pthread_mutex_lock(&lock);
  enum fault fault = count_call();
  int result = 0;
  switch (fault) {
  case FAULT_KILL:
  case FAULT_TEAR: die(); break;
  case FAULT_POWER: cut_power(fd); break;
  case FAULT_EIO:
  case FAULT_EIO_FOR_GOOD:
  case FAULT_SHORT: errno = EIO; result = -1; break;
  case FAULT_ENOSPC: errno = ENOSPC; result = -1; break;
  default: result = real(fd);
  }
  if (result == 0) note_sync(fd);
  if (fault == FAULT_KILL_AFTER) die();
  pthread_mutex_unlock(&lock);
  return result;
}

int fdatasync(int fd) {
  typedef int (*function)(int);
  REAL(fdatasync, function);
  return watched_sync(fd, real);
}

int fsync(int fd) {
  typedef int (*function)(int);
  REAL(fsync, function);
  return watched_sync(fd, real);
}

int ftruncate(int fd, off_t size) {
  if (!is_watched(fd)) return real_ftruncate(fd, size);
  pthread_mutex_lock(&lock);
  enum fault fault = count_call();
  if (fault == FAULT_KILL || fault == FAULT_TEAR) die();
  if (fault == FAULT_POWER) cut_power(fd);
  int result = -1;
  if (fault == FAULT_NONE || fault == FAULT_KILL_AFTER) {
    result = real_ftruncate(fd, size);
  } else {
    errno = fault == FAULT_ENOSPC ? ENOSPC : EIO;
  }
  if (fault == FAULT_KILL_AFTER) die();
  pthread_mutex_unlock(&lock);
  return result;
}
