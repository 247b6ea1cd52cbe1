/* Hashing: CRC-32 by table, Adler-32, FNV-1a and SHA-256 over the same bytes. */
#include "kernels.h"
#include "lib.h"

enum { LENGTH = 2048 };

static uint8_t data[LENGTH];
static uint32_t crc_table[256];

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
static const uint32_t sha_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t x, int by)
{
    return x >> by | x << (32 - by);
}

static void sha_expand(uint32_t w[64], const uint8_t *block)
{
    for (int i = 0; i < 16; i++, block += 4)
        w[i] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 | (uint32_t)block[2] << 8 | block[3];
    for (int i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        uint32_t s0 = rotate(a, 7) ^ rotate(a, 18) ^ a >> 3;
        uint32_t s1 = rotate(b, 17) ^ rotate(b, 19) ^ b >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
}

static void sha_block(uint32_t state[8], const uint8_t *block)
{
    uint32_t w[64], v[8];
    sha_expand(w, block);
    for (int i = 0; i < 8; i++)
        v[i] = state[i];
    for (int i = 0; i < 64; i++) {
        uint32_t s1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
        uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        uint32_t t1 = v[7] + s1 + choice + sha_constants[i] + w[i];
        uint32_t s0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
        uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        for (int j = 7; j > 0; j--)
            v[j] = v[j - 1];
        v[4] += t1;
        v[0] = t1 + s0 + majority;
    }
    for (int i = 0; i < 8; i++)
        state[i] += v[i];
}

/* Whole blocks only: the data's length is a multiple of 64, and the padding block is built here. */
static uint32_t sha256(const uint8_t *bytes, uint32_t length)
{
    uint32_t state[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
    uint8_t last[64] = { 0x80 };
    for (uint32_t done = 0; done < length; done += 64)
        sha_block(state, bytes + done);
    for (int i = 0; i < 4; i++)
        last[60 + i] = (uint8_t)(length * 8 >> (24 - 8 * i));
    sha_block(state, last);
    return mix_bytes(0, state, sizeof state);
}

static void make_crc_table(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? c >> 1 ^ 0xEDB88320 : c >> 1;
        crc_table[i] = c;
    }
}

static uint32_t crc32(const uint8_t *bytes, uint32_t length)
{
    uint32_t c = ~0u;
    while (length--)
        c = crc_table[(c ^ *bytes++) & 255] ^ c >> 8;
    return ~c;
}

static uint32_t adler32(const uint8_t *bytes, uint32_t length)
{
    uint32_t a = 1, b = 0;
    while (length--) {
        a = (a + *bytes++) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

static uint32_t fnv1a(const uint8_t *bytes, uint32_t length)
{
    uint32_t h = 2166136261u;
    while (length--)
        h = (h ^ *bytes++) * 16777619u;
    return h;
}

uint32_t hash_kernel(uint32_t rounds)
{
    uint32_t sum = 0;
    make_crc_table();
    for (uint32_t round = 0; round < rounds; round++) {
        struct random r = random_for(round, 0x4A58);
        for (int i = 0; i < LENGTH; i++)
            data[i] = (uint8_t)(random_next(&r) >> 7);
        sum = mix(sum, crc32(data, LENGTH));
        sum = mix(sum, adler32(data, LENGTH));
        sum = mix(sum, fnv1a(data, LENGTH));
        sum = mix(sum, sha256(data, LENGTH));
    }
    return sum;
}
