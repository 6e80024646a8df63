// The system's LMDB, whole: the Swift side picks what it uses.
#include <lmdb.h>
// statfs(2) and its magic numbers, which Swift's Glibc module leaves out.
#include <sys/statfs.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// CRC-32C by the instruction that processors have for it. The register is the checksum with all bits inverted.

#if defined(__x86_64__)
#include <cpuid.h>

// SSE 4.2 has the instruction.
static inline bool ipledger_has_crc32c(void) {
  unsigned int eax, ebx, ecx, edx;
  return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & bit_SSE4_2);
}

__attribute__((target("sse4.2"))) static inline uint32_t ipledger_crc32c(
    uint32_t value, const uint8_t *bytes, size_t count) {
  uint64_t wide = value;
  for (; count >= 8; bytes += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    wide = __builtin_ia32_crc32di(wide, word);
  }
  for (value = (uint32_t)wide; count > 0; bytes += 1, count -= 1) {
    value = __builtin_ia32_crc32qi(value, *bytes);
  }
  return value;
}

#elif defined(__aarch64__)
#include <sys/auxv.h>

static inline bool ipledger_has_crc32c(void) {
  return (getauxval(AT_HWCAP) & (1 << 7)) != 0;  // HWCAP_CRC32
}

__attribute__((target("crc"))) static inline uint32_t ipledger_crc32c(
    uint32_t value, const uint8_t *bytes, size_t count) {
  for (; count >= 8; bytes += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    value = __builtin_arm_crc32cd(value, word);
  }
  for (; count > 0; bytes += 1, count -= 1) value = __builtin_arm_crc32cb(value, *bytes);
  return value;
}

#else

static inline bool ipledger_has_crc32c(void) { return false; }

static inline uint32_t ipledger_crc32c(uint32_t value, const uint8_t *bytes, size_t count) {
  (void)bytes;
  (void)count;
  return value;
}

#endif
