// The system's LMDB, whole: the Swift side picks what it uses.
#include <lmdb.h>
// statfs(2) and its magic numbers, which Swift's Glibc module leaves out.
#include <sys/statfs.h>
