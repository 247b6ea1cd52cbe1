#include "lib.h"

/* Where the text goes; `length` counts on when the room is used up. */
struct sink {
    char *to;
    size_t room, length;
};

/* One conversion: everything between '%' and its letter. */
struct spec {
    int left, zero, plus, space, alternate;
    int width, precision; /* precision -1: none given */
    int longs;            /* 2 for ll, -1 for h, -2 for hh */
};

static void put(struct sink *s, char c)
{
    if (s->length + 1 < s->room)
        s->to[s->length] = c;
    s->length++;
}

static void pad(struct sink *s, char c, int count)
{
    while (count-- > 0)
        put(s, c);
}

static int read_number(const char **f, va_list *args)
{
    int n = 0;
    if (**f == '*') {
        (*f)++;
        return va_arg(*args, int);
    }
    while (**f >= '0' && **f <= '9')
        n = n * 10 + *(*f)++ - '0';
    return n;
}

static void read_flags(const char **f, struct spec *spec)
{
    for (;; (*f)++) {
        switch (**f) {
        case '-': spec->left = 1; break;
        case '0': spec->zero = 1; break;
        case '+': spec->plus = 1; break;
        case ' ': spec->space = 1; break;
        case '#': spec->alternate = 1; break;
        default: return;
        }
    }
}

static struct spec read_spec(const char **f, va_list *args)
{
    struct spec spec = { .precision = -1 };
    read_flags(f, &spec);
    spec.width = read_number(f, args);
    if (spec.width < 0) {
        spec.left = 1;
        spec.width = -spec.width;
    }
    if (**f == '.') {
        (*f)++;
        spec.precision = read_number(f, args);
    }
    for (; **f == 'l'; (*f)++)
        spec.longs++;
    for (; **f == 'h'; (*f)++)
        spec.longs--;
    return spec;
}

/* Digits of a number, last first; gives how many. */
static int digits_of(uint64_t value, unsigned base, int upper, char *digits)
{
    const char *letters = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    int count = 0;
    while (value >> 32) {
        digits[count++] = letters[value % base];
        value /= base;
    }
    uint32_t low = (uint32_t)value;
    while (low) {
        digits[count++] = letters[low % base];
        low /= base;
    }
    return count;
}

static void put_number(struct sink *s, struct spec spec, uint64_t value, unsigned base, int upper, const char *sign)
{
    char digits[24];
    int count = digits_of(value, base, upper, digits);
    int wanted = spec.precision < 0 ? 1 : spec.precision;
    int zeros = wanted > count ? wanted - count : 0;
    int around = spec.width - (int)str_length(sign) - zeros - count;
    if (spec.zero && !spec.left && spec.precision < 0 && around > 0) {
        zeros += around;
        around = 0;
    }
    if (!spec.left)
        pad(s, ' ', around);
    while (*sign)
        put(s, *sign++);
    pad(s, '0', zeros);
    while (count)
        put(s, digits[--count]);
    if (spec.left)
        pad(s, ' ', around);
}

static void put_signed(struct sink *s, struct spec spec, int64_t value)
{
    const char *sign = value < 0 ? "-" : spec.plus ? "+" : spec.space ? " " : "";
    put_number(s, spec, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, 0, sign);
}

static void put_text(struct sink *s, struct spec spec, const char *text, int length)
{
    if (spec.precision >= 0 && length > spec.precision)
        length = spec.precision;
    if (!spec.left)
        pad(s, ' ', spec.width - length);
    for (int i = 0; i < length; i++)
        put(s, text[i]);
    if (spec.left)
        pad(s, ' ', spec.width - length);
}

static uint64_t unsigned_argument(struct spec spec, va_list *args)
{
    if (spec.longs >= 2)
        return va_arg(*args, unsigned long long);
    unsigned value = va_arg(*args, unsigned);
    return spec.longs == -1 ? (uint16_t)value : spec.longs <= -2 ? (uint8_t)value : value;
}

static int64_t signed_argument(struct spec spec, va_list *args)
{
    if (spec.longs >= 2)
        return va_arg(*args, long long);
    int value = va_arg(*args, int);
    return spec.longs == -1 ? (int16_t)value : spec.longs <= -2 ? (int8_t)value : value;
}

static void convert(struct sink *s, char letter, struct spec spec, va_list *args)
{
    switch (letter) {
    case 'd':
    case 'i': put_signed(s, spec, signed_argument(spec, args)); break;
    case 'u': put_number(s, spec, unsigned_argument(spec, args), 10, 0, ""); break;
    case 'o': put_number(s, spec, unsigned_argument(spec, args), 8, 0, spec.alternate ? "0" : ""); break;
    case 'x': put_number(s, spec, unsigned_argument(spec, args), 16, 0, spec.alternate ? "0x" : ""); break;
    case 'X': put_number(s, spec, unsigned_argument(spec, args), 16, 1, spec.alternate ? "0X" : ""); break;
    case 'p': put_number(s, spec, (uintptr_t)va_arg(*args, void *), 16, 0, "0x"); break;
    case 'c': {
        char c = (char)va_arg(*args, int);
        put_text(s, spec, &c, 1);
        break;
    }
    case 's': {
        const char *text = va_arg(*args, const char *);
        put_text(s, spec, text, (int)str_length(text));
        break;
    }
    default: put(s, letter);
    }
}

int format_list(char *to, size_t room, const char *f, va_list list)
{
    struct sink s = { to, room, 0 };
    va_list args;
    va_copy(args, list);
    while (*f) {
        if (*f != '%') {
            put(&s, *f++);
            continue;
        }
        f++;
        struct spec spec = read_spec(&f, &args);
        if (!*f)
            break;
        convert(&s, *f++, spec, &args);
    }
    va_end(args);
    if (room)
        to[s.length < room ? s.length : room - 1] = 0;
    return (int)s.length;
}

int format(char *to, size_t room, const char *f, ...)
{
    va_list args;
    va_start(args, f);
    int length = format_list(to, room, f, args);
    va_end(args);
    return length;
}
