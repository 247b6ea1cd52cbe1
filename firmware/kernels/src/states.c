/* A state machine: a lexer of C-like text, written as a switch; and a table-driven one for a serial protocol. */
#include "kernels.h"
#include "lib.h"

enum state { BLANK, WORD, NUMBER, HEX, FRACTION, STRING, ESCAPE, SLASH, LINE_COMMENT, COMMENT, COMMENT_STAR, STATES };

static char source[2048];
static uint32_t seen[STATES];

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static enum state start(char c)
{
    if (is_digit(c))
        return NUMBER;
    if (is_letter(c))
        return WORD;
    return c == '"' ? STRING : c == '/' ? SLASH : BLANK;
}

static enum state step(enum state state, char c)
{
    switch (state) {
    case BLANK: return start(c);
    case WORD: return is_letter(c) || is_digit(c) ? WORD : start(c);
    case NUMBER: return is_digit(c) ? NUMBER : c == 'x' ? HEX : c == '.' ? FRACTION : start(c);
    case HEX: return is_digit(c) || (c >= 'a' && c <= 'f') ? HEX : start(c);
    case FRACTION: return is_digit(c) ? FRACTION : start(c);
    case STRING: return c == '\\' ? ESCAPE : c == '"' ? BLANK : STRING;
    case ESCAPE: return STRING;
    case SLASH: return c == '/' ? LINE_COMMENT : c == '*' ? COMMENT : start(c);
    case LINE_COMMENT: return c == '\n' ? BLANK : LINE_COMMENT;
    case COMMENT: return c == '*' ? COMMENT_STAR : COMMENT;
    case COMMENT_STAR: return c == '/' ? BLANK : c == '*' ? COMMENT_STAR : COMMENT;
    default: return BLANK;
    }
}

static void write_source(struct random *r)
{
    static const char *const pieces[] = { "int x = 0x1f;", "/* note * */", "call(a, b_2)", "\"text \\\" more\"", "3.25 ",
                                          "// line\n",     "if (n / 2)",   "\n\n",         "while(y--)",         "42;",
                                          "struct s ",     "0xdeadbeef ",  "a=b/c;",       "\"\"",               "++ ",
                                          "/**/" };
    char *p = source;
    while (p < source + 2000) {
        const char *piece = pieces[random_next(r) >> 9 & 15];
        str_copy(p, piece);
        p += str_length(piece);
    }
}

static uint32_t lex(uint32_t sum)
{
    enum state state = BLANK;
    for (int i = 0; i < STATES; i++)
        seen[i] = 0;
    for (const char *p = source; *p; p++) {
        enum state next = step(state, *p);
        if (next != state)
            seen[next]++;
        state = next;
    }
    for (int i = 0; i < STATES; i++)
        sum = mix(sum, seen[i]);
    return sum;
}

/* Frames of a serial line: sync, length, payload, check. Rows are states, columns classes of bytes. */
enum { SYNC, LENGTH, PAYLOAD, CHECK, ERROR, LINE_STATES };

static const uint8_t next_state[LINE_STATES][4] = {
    /*            sync     small    large    other */
    [SYNC]    = { LENGTH,  SYNC,    SYNC,    SYNC },
    [LENGTH]  = { LENGTH,  PAYLOAD, ERROR,   ERROR },
    [PAYLOAD] = { PAYLOAD, PAYLOAD, PAYLOAD, PAYLOAD },
    [CHECK]   = { SYNC,    SYNC,    SYNC,    SYNC },
    [ERROR]   = { LENGTH,  ERROR,   ERROR,   SYNC },
};

static int class_of(uint8_t byte)
{
    return byte == 0x7E ? 0 : byte < 12 ? 1 : byte < 64 ? 2 : 3;
}

static uint32_t receive(uint32_t sum, struct random *r)
{
    uint32_t state = SYNC, left = 0, good = 0, bad = 0;
    uint8_t check = 0;
    for (int i = 0; i < 1500; i++) {
        uint32_t x = random_next(r);
        uint8_t byte = x & 0x300 ? (uint8_t)(x >> 11 & 15) : x & 0x400 ? 0x7E : (uint8_t)(x >> 11);
        if (state == CHECK)
            *((byte ^ check) & 3 ? &bad : &good) += 1;
        if (state == LENGTH) {
            left = byte;
            check = 0;
        }
        check ^= byte;
        if (state == PAYLOAD && left-- <= 1)
            state = CHECK;
        else
            state = next_state[state][class_of(byte)];
        sum = mix(sum, state);
    }
    return mix(mix(sum, good), bad);
}

uint32_t states_kernel(uint32_t rounds)
{
    uint32_t sum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        struct random r = random_for(round, 0x57A7);
        write_source(&r);
        sum = lex(sum);
        sum = receive(sum, &r);
    }
    return sum;
}
