// What C does on LMDB with none of the meaning: the limit that ipledger is measured against.
//
//   LMDBPeer replay TRACE DIR        does the changes of a trace again, in its transactions, durable
//   LMDBPeer bulk FROM TO            fills tables like those of FROM in the order of their keys, having
//                                    read the whole log
//   LMDBPeer bytes DIR               adds up the bytes of the log
//   LMDBPeer point DIR COUNT SEED    looks so many random places of the tenures' table up
//
// Prints `seconds changes commits`, tab-separated. Errors end it with 1.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void check(int result, const char *what) {
  if (result == 0) return;
  fprintf(stderr, "LMDBPeer: %s: %s\n", what, mdb_strerror(result));
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static MDB_env *open_environment(const char *path, unsigned flags) {
  MDB_env *env;
  if (!(flags & MDB_RDONLY)) mkdir(path, 0700);
  check(mdb_env_create(&env), "create");
  check(mdb_env_set_mapsize(env, (size_t)64 << 30), "map size");
  check(mdb_env_set_maxdbs(env, 64), "tables");
  check(mdb_env_open(env, path, flags, 0600), path);
  return env;
}

static unsigned char *mapped(const char *path, size_t *size) {
  int file = open(path, O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status)) check(errno, path);
  *size = (size_t)status.st_size;
  // Read before anything is measured.
  unsigned char *bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  if (bytes == MAP_FAILED) check(errno, path);
  return bytes;
}

static void replay(const char *trace, const char *path) {
  size_t size;
  unsigned char *bytes = mapped(trace, &size), *end = bytes + size;
  MDB_env *env = open_environment(path, 0);
  MDB_txn *txn = NULL;
  MDB_dbi tables[64] = {0};
  long changes = 0, commits = 0;
  double began = now();
  check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
  while (bytes < end) {
    unsigned char kind = *bytes++;
    if (kind == 'C') {
      check(mdb_txn_commit(txn), "commit");
      check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
      commits++;
      continue;
    }
    uint32_t head[4];
    if (kind == 'T') {
      memcpy(head, bytes, 8);
      char name[64] = {0};
      memcpy(name, bytes + 8, head[1]);
      bytes += 8 + head[1];
      check(mdb_dbi_open(txn, name, MDB_CREATE, &tables[head[0]]), name);
      continue;
    }
    memcpy(head, bytes, 16);
    bytes += 16;
    MDB_val key = {head[2], bytes}, value = {head[3], bytes + head[2]};
    bytes += head[2] + head[3];
    int result = kind == 'P' ? mdb_put(txn, tables[head[0]], &key, &value, head[1])
                             : mdb_del(txn, tables[head[0]], &key, NULL);
    if (result != MDB_NOTFOUND) check(result, "change");
    changes++;
  }
  check(mdb_txn_commit(txn), "commit");
  printf("%.6f\t%ld\t%ld\n", now() - began, changes, commits);
  mdb_env_close(env);
}

static void bulk(const char *from, const char *to) {
  MDB_env *source = open_environment(from, MDB_RDONLY), *target = open_environment(to, 0);
  MDB_txn *reading, *naming, *txn;
  MDB_dbi main_table;
  MDB_cursor *names;
  MDB_val name, info;
  long rows = 0, commits = 0;
  volatile unsigned char sum = 0;
  double began = now();
  check(mdb_txn_begin(source, NULL, MDB_RDONLY, &reading), "begin");
  check(mdb_dbi_open(reading, NULL, 0, &main_table), "main");
  check(mdb_cursor_open(reading, main_table, &names), "cursor");
  (void)naming;
  while (!mdb_cursor_get(names, &name, &info, MDB_NEXT)) {
    char text[64] = {0};
    memcpy(text, name.mv_data, name.mv_size < 63 ? name.mv_size : 63);
    MDB_dbi table, copy;
    MDB_cursor *cursor;
    MDB_val key, value;
    check(mdb_dbi_open(reading, text, 0, &table), text);
    check(mdb_cursor_open(reading, table, &cursor), text);
    if (!strcmp(text, "log")) {
      // The log is read, not written: each byte of it once.
      while (!mdb_cursor_get(cursor, &key, &value, MDB_NEXT))
        for (size_t i = 0; i < value.mv_size; i += 64) sum ^= ((unsigned char *)value.mv_data)[i];
      mdb_cursor_close(cursor);
      continue;
    }
    check(mdb_txn_begin(target, NULL, 0, &txn), "begin");
    check(mdb_dbi_open(txn, text, MDB_CREATE, &copy), text);
    long pending = 0;
    while (!mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
      check(mdb_put(txn, copy, &key, &value, MDB_APPEND), "append");
      rows++;
      if (++pending == 200000) {
        check(mdb_txn_commit(txn), "commit");
        commits++;
        pending = 0;
        check(mdb_txn_begin(target, NULL, 0, &txn), "begin");
      }
    }
    check(mdb_txn_commit(txn), "commit");
    commits++;
    mdb_cursor_close(cursor);
  }
  printf("%.6f\t%ld\t%ld\n", now() - began, rows, commits);
}

static void log_bytes(const char *path) {
  MDB_env *env = open_environment(path, MDB_RDONLY);
  MDB_txn *txn;
  MDB_dbi table;
  MDB_cursor *cursor;
  MDB_val key, value;
  long total = 0, events = 0;
  check(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), "begin");
  check(mdb_dbi_open(txn, "log", 0, &table), "log");
  check(mdb_cursor_open(txn, table, &cursor), "cursor");
  for (; !mdb_cursor_get(cursor, &key, &value, MDB_NEXT); events++) total += key.mv_size + value.mv_size;
  printf("%ld\t%ld\n", total, events);
}

static uint64_t state;
static uint64_t next_random(void) {
  uint64_t word = state += 0x9E3779B97F4A7C15u;
  word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9u;
  word = (word ^ word >> 27) * 0x94D049BB133111EBu;
  return word ^ word >> 31;
}

static void point(const char *path, long count, uint64_t seed) {
  MDB_env *env = open_environment(path, MDB_RDONLY);
  MDB_txn *txn;
  MDB_dbi main_table, table = 0;
  MDB_cursor *names, *cursor;
  MDB_val name, info, key, value;
  char text[64];
  check(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), "begin");
  check(mdb_dbi_open(txn, NULL, 0, &main_table), "main");
  check(mdb_cursor_open(txn, main_table, &names), "cursor");
  while (!mdb_cursor_get(names, &name, &info, MDB_NEXT)) {
    memset(text, 0, sizeof text);
    memcpy(text, name.mv_data, name.mv_size < 63 ? name.mv_size : 63);
    if (!strncmp(text, "tenures.", 8)) check(mdb_dbi_open(txn, text, 0, &table), text);
  }
  check(mdb_cursor_open(txn, table, &cursor), "cursor");
  // The keys of all tenures, to take random ones from.
  MDB_stat stat;
  check(mdb_stat(txn, table, &stat), "stat");
  if (!stat.ms_entries) check(MDB_NOTFOUND, "tenures");
  MDB_val *keys = malloc(stat.ms_entries * sizeof *keys);
  size_t total = 0;
  while (!mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) keys[total++] = key;
  state = seed;
  MDB_val *wanted = malloc((size_t)count * sizeof *wanted);
  for (long i = 0; i < count; i++) wanted[i] = keys[next_random() % total];
  volatile unsigned char sum = 0;
  double began = now();
  for (long i = 0; i < count; i++) {
    key = wanted[i];
    check(mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE), "look up");
    sum ^= *(unsigned char *)value.mv_data;
  }
  printf("%.6f\t%ld\t0\n", now() - began, count);
}

int main(int count, char **arguments) {
  if (count == 4 && !strcmp(arguments[1], "replay")) replay(arguments[2], arguments[3]);
  else if (count == 4 && !strcmp(arguments[1], "bulk")) bulk(arguments[2], arguments[3]);
  else if (count == 5 && !strcmp(arguments[1], "point"))
    point(arguments[2], atol(arguments[3]), strtoull(arguments[4], NULL, 10));
  else if (count == 3 && !strcmp(arguments[1], "bytes")) log_bytes(arguments[2]);
  else {
    fprintf(stderr, "LMDBPeer bytes DIR | replay TRACE DIR | bulk FROM TO | point DIR COUNT SEED\n");
    return 64;
  }
  return 0;
}
