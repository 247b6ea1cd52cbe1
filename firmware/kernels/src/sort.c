/* Sorting: quick, heap, shell and radix sort of the same numbers must agree. */
#include "kernels.h"
#include "lib.h"

enum { COUNT = 512 };

static uint32_t original[COUNT], by_quick[COUNT], by_heap[COUNT], by_shell[COUNT], by_radix[COUNT], scratch[COUNT];

static void swap(uint32_t *a, uint32_t *b)
{
    uint32_t t = *a;
    *a = *b;
    *b = t;
}

static void insertion_sort(uint32_t *v, int count, int step)
{
    for (int i = step; i < count; i++) {
        uint32_t x = v[i];
        int j = i;
        for (; j >= step && v[j - step] > x; j -= step)
            v[j] = v[j - step];
        v[j] = x;
    }
}

static void quick_sort(uint32_t *v, int count)
{
    while (count > 12) {
        uint32_t a = v[0], b = v[count / 2], c = v[count - 1];
        uint32_t pivot = a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
        int i = 0, j = count - 1;
        while (i <= j) {
            while (v[i] < pivot)
                i++;
            while (v[j] > pivot)
                j--;
            if (i <= j)
                swap(&v[i++], &v[j--]);
        }
        quick_sort(v, j + 1);
        v += i;
        count -= i;
    }
    insertion_sort(v, count, 1);
}

static void sift_down(uint32_t *v, int root, int count)
{
    for (int child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && v[child] < v[child + 1])
            child++;
        if (v[root] >= v[child])
            return;
        swap(&v[root], &v[child]);
    }
}

static void heap_sort(uint32_t *v, int count)
{
    for (int i = count / 2; i-- > 0;)
        sift_down(v, i, count);
    while (--count > 0) {
        swap(&v[0], &v[count]);
        sift_down(v, 0, count);
    }
}

static void shell_sort(uint32_t *v, int count)
{
    static const int steps[] = { 301, 132, 57, 23, 10, 4, 1 };
    for (unsigned i = 0; i < sizeof steps / sizeof steps[0]; i++)
        insertion_sort(v, count, steps[i]);
}

static void radix_sort(uint32_t *v, int count)
{
    for (int shift = 0; shift < 32; shift += 8) {
        int at[257] = { 0 };
        for (int i = 0; i < count; i++)
            at[(v[i] >> shift & 255) + 1]++;
        for (int i = 0; i < 256; i++)
            at[i + 1] += at[i];
        for (int i = 0; i < count; i++)
            scratch[at[v[i] >> shift & 255]++] = v[i];
        mem_copy(v, scratch, (size_t)count * sizeof *v);
    }
}

/* Some rounds have few distinct values or are nearly sorted. */
static void fill(struct random *r, uint32_t round)
{
    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t x = random_next(r);
        original[i] = round % 3 == 0 ? x : round % 3 == 1 ? x & 15 : i * 64 + (x & 127);
    }
}

uint32_t sort_kernel(uint32_t rounds)
{
    uint32_t sum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        struct random r = random_for(round, 0x5027);
        fill(&r, round);
        uint32_t *copies[] = { by_quick, by_heap, by_shell, by_radix };
        for (int i = 0; i < 4; i++)
            mem_copy(copies[i], original, sizeof original);
        quick_sort(by_quick, COUNT);
        heap_sort(by_heap, COUNT);
        shell_sort(by_shell, COUNT);
        radix_sort(by_radix, COUNT);
        for (int i = 0; i < COUNT; i++)
            sum = mix(sum, by_quick[i] + 3 * by_heap[i] + 5 * by_shell[i] + 7 * by_radix[i]);
    }
    return sum;
}
