#pragma once

// Compiles a function twice, for AVX2 and for every x86-64, and picks at load time. The work is on
// integers and comparisons, or corrected by them, so both give the same bytes.
#if defined(__x86_64__) && defined(__linux__)
#define CUBEPRESS_FAST __attribute__((target_clones("avx2", "default")))
#else
#define CUBEPRESS_FAST
#endif
