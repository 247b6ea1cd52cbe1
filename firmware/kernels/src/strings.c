/* Strings and memory: copies at every alignment, overlapping moves, search, compare, split. */
#include "kernels.h"
#include "lib.h"

static char text[4096], copy[4096];
static uint32_t block_a[1024], block_b[1024];

static const char *const words[] = { "magic", "lantern", "zebra", "histogram", "raw", "focus", "shutter", "iso",
                                     "bracket", "intervalometer", "card", "menu", "a", "of", "exposure", "x" };

static void write_text(struct random *r)
{
    char *p = text;
    while (p < text + 3000) {
        const char *word = words[random_next(r) >> 5 & 15];
        str_copy(p, word);
        p += str_length(word);
        *p++ = random_next(r) & 256 ? ' ' : ',';
    }
    *p = 0;
}

/* Splits at spaces and commas; gives a checksum of the lengths and first letters. */
static uint32_t split(uint32_t sum)
{
    char *p = copy;
    while (*p) {
        char *word = p;
        while (*p && *p != ' ' && *p != ',')
            p++;
        char separator = *p;
        *p = 0;
        sum = mix(sum, (uint32_t)str_length(word) << 8 | (uint8_t)*word);
        if (separator)
            p++;
    }
    return sum;
}

static uint32_t count_words(uint32_t sum)
{
    for (int i = 0; i < 16; i += 5) {
        uint32_t found = 0;
        const char *p = text;
        while ((p = str_find(p, words[i]))) {
            found++;
            p++;
        }
        sum = mix(sum, found);
    }
    return sum;
}

static void upper_case(char *s)
{
    for (; *s; s++)
        if (*s >= 'a' && *s <= 'z')
            *s = (char)(*s - 'a' + 'A');
}

static void reverse(char *s)
{
    char *end = s + str_length(s);
    while (s < end) {
        char c = *s;
        *s++ = *--end;
        *end = c;
    }
}

static uint32_t copies(uint32_t sum, struct random *r)
{
    uint8_t *a = (uint8_t *)block_a, *b = (uint8_t *)block_b;
    for (int i = 0; i < 1024; i++)
        block_a[i] = random_next(r);
    mem_set(b, 0x5A, sizeof block_b);
    for (uint32_t i = 0; i < 16; i++)
        mem_copy(b + i * 128 + (i & 3), a + i * 100 + (i >> 2), 97 + i);
    mem_copy(b + 2048, a + 2048, 2048);
    mem_move(b + 64, b + 61, 700);
    mem_move(b + 1000, b + 1008, 900);
    sum = mix(sum, mem_compare(a + 2048, b + 2048, 2048) == 0);
    for (int i = 0; i < 1024; i++)
        sum = mix(sum, block_b[i]);
    return sum;
}

uint32_t strings_kernel(uint32_t rounds)
{
    uint32_t sum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        struct random r = random_for(round, 0x57A1);
        write_text(&r);
        sum = count_words(sum);
        str_copy(copy, text);
        sum = mix(sum, (uint32_t)str_compare(copy, text));
        sum = split(sum);
        str_copy(copy, text);
        upper_case(copy);
        reverse(copy);
        sum = mix(sum, str_compare(copy, text) < 0);
        sum = mix(sum, str_char(copy, 'Q') == NULL);
        sum = mix_bytes(sum, copy, 256);
        sum = copies(sum, &r);
    }
    return sum;
}
