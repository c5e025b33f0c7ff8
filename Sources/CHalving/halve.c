#include "CHalving.h"

#include <math.h>

#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__) && defined(__has_attribute)
#if __has_attribute(target_clones)
#define DISPATCHED __attribute__((target_clones("avx2", "default")))
#endif
#endif
#ifndef DISPATCHED
#define DISPATCHED
#endif

DISPATCHED
void chalving_cells(const float *restrict upper, const float *restrict lower,
                    ptrdiff_t columns, float upper_weight, float lower_weight,
                    float *restrict mean, float *restrict weight) {
  if (!lower) {
    lower = upper;
    lower_weight = 0;
  }
  ptrdiff_t pairs = columns / 2;
  for (ptrdiff_t i = 0; i < pairs; i++) {
    float a = upper[2 * i], b = upper[2 * i + 1], c = lower[2 * i], d = lower[2 * i + 1];
    float wa = a == a ? upper_weight : 0, wb = b == b ? upper_weight : 0;
    float wc = c == c ? lower_weight : 0, wd = d == d ? lower_weight : 0;
    float sum = (a == a ? a * upper_weight : 0) + (b == b ? b * upper_weight : 0) +
                (c == c ? c * lower_weight : 0) + (d == d ? d * lower_weight : 0);
    float total = wa + wb + wc + wd;
    weight[i] = total;
    mean[i] = total > 0 ? sum / total : NAN;
  }
  if (columns % 2) {
    float a = upper[columns - 1], c = lower[columns - 1];
    float wa = a == a ? upper_weight : 0, wc = c == c ? lower_weight : 0;
    float sum = (wa > 0 ? a * wa : 0) + (wc > 0 ? c * wc : 0);
    weight[pairs] = wa + wc;
    mean[pairs] = wa + wc > 0 ? sum / (wa + wc) : NAN;
  }
}

DISPATCHED
void chalving_means(const float *restrict upper, const float *restrict upper_weight,
                    const float *restrict lower, const float *restrict lower_weight,
                    ptrdiff_t columns, float *restrict mean, float *restrict weight) {
  ptrdiff_t pairs = columns / 2;
  for (ptrdiff_t i = 0; i < pairs; i++) {
    float wa = upper_weight[2 * i], wb = upper_weight[2 * i + 1];
    float sum = (wa > 0 ? upper[2 * i] * wa : 0) + (wb > 0 ? upper[2 * i + 1] * wb : 0);
    float total = wa + wb;
    if (lower) {
      float wc = lower_weight[2 * i], wd = lower_weight[2 * i + 1];
      sum += (wc > 0 ? lower[2 * i] * wc : 0) + (wd > 0 ? lower[2 * i + 1] * wd : 0);
      total += wc + wd;
    }
    weight[i] = total;
    mean[i] = total > 0 ? sum / total : NAN;
  }
  if (columns % 2) {
    ptrdiff_t last = columns - 1;
    float wa = upper_weight[last], wc = lower ? lower_weight[last] : 0;
    float sum = (wa > 0 ? upper[last] * wa : 0) + (wc > 0 ? lower[last] * wc : 0);
    weight[pairs] = wa + wc;
    mean[pairs] = wa + wc > 0 ? sum / (wa + wc) : NAN;
  }
}
