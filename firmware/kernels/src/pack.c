/* Compression: LZ77 with a hash of three bytes, then unpacked and compared. */
#include "kernels.h"
#include "lib.h"

enum { LENGTH = 1536, ROOM = 2 * LENGTH, HEADS = 256, SHORTEST = 3, LONGEST = 66, WINDOW = 1023 };

static uint8_t plain[LENGTH], packed[ROOM], unpacked[LENGTH];
static int16_t heads[HEADS], earlier[LENGTH];

static uint32_t hash_at(int i)
{
    return ((uint32_t)plain[i] << 10 ^ (uint32_t)plain[i + 1] << 5 ^ plain[i + 2]) * 0x9E3779B1u >> 24;
}

static void remember(int i)
{
    if (i + SHORTEST > LENGTH)
        return;
    uint32_t h = hash_at(i);
    earlier[i] = heads[h];
    heads[h] = (int16_t)i;
}

static int match_length(int a, int b)
{
    int n = 0;
    while (n < LONGEST && b + n < LENGTH && plain[a + n] == plain[b + n])
        n++;
    return n;
}

/* The longest earlier match of what stands at `i`; its place goes to `at`. */
static int longest_match(int i, int *at)
{
    int best = 0;
    if (i + SHORTEST > LENGTH)
        return 0;
    int tries = 16;
    for (int j = heads[hash_at(i)]; j >= 0 && i - j <= WINDOW && tries--; j = earlier[j]) {
        int n = match_length(j, i);
        if (n > best) {
            best = n;
            *at = j;
        }
    }
    return best;
}

/* A literal is 0 and the byte; a match is its length less 2 (1 to 64), and its distance in two bytes. */
static int pack(void)
{
    int out = 0;
    for (int i = 0; i < HEADS; i++)
        heads[i] = -1;
    for (int i = 0; i < LENGTH;) {
        int at = 0, n = longest_match(i, &at);
        if (n < SHORTEST) {
            packed[out++] = 0;
            packed[out++] = plain[i];
            n = 1;
        } else {
            packed[out++] = (uint8_t)(n - 2);
            packed[out++] = (uint8_t)(i - at);
            packed[out++] = (uint8_t)((i - at) >> 8);
        }
        while (n--)
            remember(i++);
    }
    return out;
}

static int unpack(int length)
{
    int out = 0;
    for (int i = 0; i < length;) {
        int n = packed[i++];
        if (n == 0) {
            unpacked[out++] = packed[i++];
            continue;
        }
        int from = out - (packed[i] | packed[i + 1] << 8);
        i += 2;
        for (n += 2; n; n--)
            unpacked[out++] = unpacked[from++];
    }
    return out;
}

static void write_plain(struct random *r)
{
    int i = 0;
    while (i < LENGTH) {
        uint32_t x = random_next(r);
        int from = (int)(x >> 8 & 0x1FF), n = (int)(x & 31);
        for (; n && i < LENGTH; n--, i++)
            plain[i] = i > from && x & 0x10000 ? plain[i - from - 1] : (uint8_t)(random_next(r) >> 5 & 31);
    }
}

uint32_t pack_kernel(uint32_t rounds)
{
    uint32_t sum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        struct random r = random_for(round, 0x1277);
        write_plain(&r);
        int length = pack();
        sum = mix(sum, (uint32_t)length);
        sum = mix(sum, unpack(length) == LENGTH && mem_compare(plain, unpacked, LENGTH) == 0);
        sum = mix_bytes(sum, packed, (size_t)length);
    }
    return sum;
}
