// Stands between ipledger and LMDB, and writes down each change in its order: what a C program then does
// again without any of the meaning. The functions have LMDB's names, so the linker takes these.
#define _GNU_SOURCE
#include "PutTrace.h"
#include <dlfcn.h>
#include <lmdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// One record: 'T' a table (handle, length of its name, its name), 'P' a put and 'D' a deletion (handle,
// flags, length of the key, of the value, both), 'C' a commit. Native byte order: it is read at once.
static FILE *trace;
static MDB_txn *changed;
static char names[64][64];

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static void table(MDB_dbi handle) {
  uint32_t length = (uint32_t)strlen(names[handle]);
  fputc('T', trace);
  fwrite(&handle, sizeof handle, 1, trace);
  fwrite(&length, sizeof length, 1, trace);
  fwrite(names[handle], 1, length, trace);
}

int put_trace_begin(const char *path) {
  FILE *file = fopen(path, "wb");
  if (!file) return -1;
  setvbuf(file, NULL, _IOFBF, 1 << 20);
  trace = file;
  for (MDB_dbi handle = 0; handle < 64; handle++)
    if (names[handle][0]) table(handle);
  return 0;
}

void put_trace_end(void) {
  if (trace) fclose(trace);
  trace = NULL;
}

static void change(char kind, MDB_txn *txn, MDB_dbi handle, unsigned flags, MDB_val *key, MDB_val *value) {
  if (!trace) return;
  uint32_t head[4] = {handle, flags, (uint32_t)key->mv_size, value ? (uint32_t)value->mv_size : 0};
  changed = txn;
  fputc(kind, trace);
  fwrite(head, sizeof head, 1, trace);
  fwrite(key->mv_data, 1, key->mv_size, trace);
  if (value) fwrite(value->mv_data, 1, value->mv_size, trace);
}

int mdb_dbi_open(MDB_txn *txn, const char *name, unsigned int flags, MDB_dbi *dbi) {
  REAL(mdb_dbi_open);
  int result = real(txn, name, flags, dbi);
  if (!result && name && *dbi < 64 && strlen(name) < 64 && strcmp(names[*dbi], name)) {
    strcpy(names[*dbi], name);
    if (trace) table(*dbi);
  }
  return result;
}

int mdb_put(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *data, unsigned int flags) {
  REAL(mdb_put);
  change('P', txn, dbi, flags, key, data);
  return real(txn, dbi, key, data, flags);
}

int mdb_del(MDB_txn *txn, MDB_dbi dbi, MDB_val *key, MDB_val *data) {
  REAL(mdb_del);
  change('D', txn, dbi, 0, key, data);
  return real(txn, dbi, key, data);
}

int mdb_txn_commit(MDB_txn *txn) {
  REAL(mdb_txn_commit);
  if (trace && txn == changed) {
    fputc('C', trace);
    changed = NULL;
  }
  return real(txn);
}
