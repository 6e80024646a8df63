// The same rows in SQLite: WAL, synchronous=FULL, tables without rowids, prepared statements.
//
//   SQLitePeer replay TRACE FILE         does the changes of a trace again, in its transactions
//   SQLitePeer bulk LEDGER FILE          fills tables with the rows of a ledger, in the order of their keys
//   SQLitePeer tenures TSV FILE          fills a table of tenures as one would design it, with its index
//   SQLitePeer point FILE COUNT SEED     asks who held a random address at a random time
//
// Prints `seconds changes commits`, tab-separated. Errors end it with 1.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static sqlite3 *database;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char *what, const char *why) {
  fprintf(stderr, "SQLitePeer: %s: %s\n", what, why);
  exit(1);
}

static void run(const char *sql) {
  char *error = NULL;
  if (sqlite3_exec(database, sql, NULL, NULL, &error)) fail(sql, error);
}

static sqlite3_stmt *prepared(const char *sql) {
  sqlite3_stmt *statement;
  if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL)) fail(sql, sqlite3_errmsg(database));
  return statement;
}

static void step(sqlite3_stmt *statement) {
  int result = sqlite3_step(statement);
  if (result != SQLITE_DONE && result != SQLITE_ROW) fail("step", sqlite3_errmsg(database));
  sqlite3_reset(statement);
}

static void open_database(const char *path) {
  if (sqlite3_open(path, &database)) fail(path, sqlite3_errmsg(database));
  run("PRAGMA journal_mode=WAL");
  run("PRAGMA synchronous=FULL");
  run("PRAGMA cache_size=-262144");
}

struct table {
  sqlite3_stmt *put, *del;
};

static struct table make_table(const char *name) {
  char sql[256];
  snprintf(sql, sizeof sql, "CREATE TABLE IF NOT EXISTS \"%s\" (k BLOB PRIMARY KEY, v BLOB) WITHOUT ROWID", name);
  run(sql);
  struct table table;
  snprintf(sql, sizeof sql, "INSERT OR REPLACE INTO \"%s\" VALUES (?1, ?2)", name);
  table.put = prepared(sql);
  snprintf(sql, sizeof sql, "DELETE FROM \"%s\" WHERE k = ?1", name);
  table.del = prepared(sql);
  return table;
}

static void replay(const char *trace, const char *path) {
  int file = open(trace, O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status)) fail(trace, strerror(errno));
  unsigned char *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  if (bytes == MAP_FAILED) fail(trace, strerror(errno));
  unsigned char *end = bytes + status.st_size;
  struct table tables[64] = {{0}};
  long changes = 0, commits = 0;
  open_database(path);
  double began = now();
  run("BEGIN IMMEDIATE");
  while (bytes < end) {
    unsigned char kind = *bytes++;
    uint32_t head[4];
    if (kind == 'C') {
      run("COMMIT");
      run("BEGIN IMMEDIATE");
      commits++;
    } else if (kind == 'T') {
      memcpy(head, bytes, 8);
      char name[64] = {0};
      memcpy(name, bytes + 8, head[1]);
      bytes += 8 + head[1];
      tables[head[0]] = make_table(name);
    } else {
      memcpy(head, bytes, 16);
      bytes += 16;
      sqlite3_stmt *statement = kind == 'P' ? tables[head[0]].put : tables[head[0]].del;
      sqlite3_bind_blob(statement, 1, bytes, (int)head[2], SQLITE_STATIC);
      if (kind == 'P') sqlite3_bind_blob(statement, 2, bytes + head[2], (int)head[3], SQLITE_STATIC);
      step(statement);
      bytes += head[2] + head[3];
      changes++;
    }
  }
  run("COMMIT");
  printf("%.6f\t%ld\t%ld\n", now() - began, changes, commits);
}

static void bulk(const char *ledger, const char *path) {
  MDB_env *env;
  MDB_txn *txn;
  MDB_dbi names_table;
  MDB_cursor *names;
  MDB_val name, info, key, value;
  long rows = 0, commits = 0;
  if (mdb_env_create(&env) || mdb_env_set_mapsize(env, (size_t)64 << 30) || mdb_env_set_maxdbs(env, 64) ||
      mdb_env_open(env, ledger, MDB_RDONLY, 0600) || mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) ||
      mdb_dbi_open(txn, NULL, 0, &names_table) || mdb_cursor_open(txn, names_table, &names))
    fail(ledger, "cannot be read");
  open_database(path);
  double began = now();
  while (!mdb_cursor_get(names, &name, &info, MDB_NEXT)) {
    char text[64] = {0};
    memcpy(text, name.mv_data, name.mv_size < 63 ? name.mv_size : 63);
    MDB_dbi handle;
    MDB_cursor *cursor;
    if (!strcmp(text, "log")) continue;
    if (mdb_dbi_open(txn, text, 0, &handle) || mdb_cursor_open(txn, handle, &cursor)) fail(text, "no table");
    struct table table = make_table(text);
    run("BEGIN IMMEDIATE");
    while (!mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
      sqlite3_bind_blob(table.put, 1, key.mv_data, (int)key.mv_size, SQLITE_STATIC);
      sqlite3_bind_blob(table.put, 2, value.mv_data, (int)value.mv_size, SQLITE_STATIC);
      step(table.put);
      rows++;
    }
    run("COMMIT");
    commits++;
  }
  printf("%.6f\t%ld\t%ld\n", now() - began, rows, commits);
}

static void tenures(const char *tsv, const char *path) {
  FILE *file = fopen(tsv, "r");
  if (!file) fail(tsv, strerror(errno));
  open_database(path);
  run("CREATE TABLE tenures (address TEXT, begun INTEGER, ended INTEGER, cluster TEXT, namespace TEXT, "
      "name TEXT, uid TEXT)");
  run("BEGIN");
  sqlite3_stmt *insert = prepared("INSERT INTO tenures VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  char line[2048];
  long rows = 0;
  double began = now();
  while (fgets(line, sizeof line, file)) {
    char *rest = line, *field;
    for (int column = 1; column <= 7 && (field = strsep(&rest, "\t\n")); column++) {
      if (column == 2 || column == 3) sqlite3_bind_int64(insert, column, atoll(field));
      else sqlite3_bind_text(insert, column, field, -1, SQLITE_TRANSIENT);
    }
    step(insert);
    rows++;
  }
  run("COMMIT");
  run("CREATE INDEX by_address ON tenures (address, begun)");
  run("ANALYZE");
  run("PRAGMA wal_checkpoint(TRUNCATE)");
  printf("%.6f\t%ld\t1\n", now() - began, rows);
}

static uint64_t state;
static uint64_t next_random(void) {
  uint64_t word = state += 0x9E3779B97F4A7C15u;
  word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9u;
  word = (word ^ word >> 27) * 0x94D049BB133111EBu;
  return word ^ word >> 31;
}

static void point(const char *path, long count, uint64_t seed) {
  open_database(path);
  sqlite3_stmt *every = prepared("SELECT DISTINCT address FROM tenures");
  char **addresses = NULL;
  size_t total = 0;
  while (sqlite3_step(every) == SQLITE_ROW) {
    addresses = realloc(addresses, (total + 1) * sizeof *addresses);
    addresses[total++] = strdup((const char *)sqlite3_column_text(every, 0));
  }
  sqlite3_finalize(every);
  sqlite3_stmt *range = prepared("SELECT min(begun), max(begun) FROM tenures");
  if (!total || sqlite3_step(range) != SQLITE_ROW) fail("tenures", "there are none");
  int64_t first = sqlite3_column_int64(range, 0), last = sqlite3_column_int64(range, 1);
  sqlite3_finalize(range);
  sqlite3_stmt *query = prepared(
      "SELECT cluster, namespace, name, uid, ended FROM tenures WHERE address = ?1 AND begun <= ?2 "
      "ORDER BY begun DESC LIMIT 1");
  state = seed;
  run("BEGIN");
  double began = now();
  for (long i = 0; i < count; i++) {
    sqlite3_bind_text(query, 1, addresses[next_random() % total], -1, SQLITE_STATIC);
    sqlite3_bind_int64(query, 2, first + (int64_t)(next_random() % (uint64_t)(last - first)));
    step(query);
  }
  printf("%.6f\t%ld\t0\n", now() - began, count);
}

int main(int count, char **arguments) {
  if (count == 4 && !strcmp(arguments[1], "replay")) replay(arguments[2], arguments[3]);
  else if (count == 4 && !strcmp(arguments[1], "bulk")) bulk(arguments[2], arguments[3]);
  else if (count == 4 && !strcmp(arguments[1], "tenures")) tenures(arguments[2], arguments[3]);
  else if (count == 5 && !strcmp(arguments[1], "point"))
    point(arguments[2], atol(arguments[3]), strtoull(arguments[4], NULL, 10));
  else {
    fprintf(stderr, "SQLitePeer replay TRACE FILE | bulk LEDGER FILE | tenures TSV FILE | point FILE COUNT SEED\n");
    return 64;
  }
  return 0;
}
