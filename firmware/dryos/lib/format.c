/* Formatted text: the conversions d i u x X p c s %, with flags, width, precision and length (C99 section 7.19.6.1). */
#include <stdbool.h>

#include "kernel/debug.h"
#include "kernel/memory.h"
#include "kernel/offer.h"

struct output {
    char *text;
    uint32_t room; /* without the final zero */
    uint32_t length;
};

struct conversion {
    bool left, zeros, plus, space, alternate;
    int width, precision; /* precision -1: none given */
    int longs;            /* l: 1, ll: 2 */
    int shorts;           /* h: 1, hh: 2 */
};

static void put(struct output *out, char c)
{
    if (out->length < out->room)
        out->text[out->length] = c;
    out->length++;
}

static void put_times(struct output *out, char c, int times)
{
    while (times-- > 0)
        put(out, c);
}

/* `prefix` stands before the zeros that fill up. */
static void put_field(struct output *out, const struct conversion *how, const char *prefix, const char *text, int length, int zeros)
{
    int prefix_length = (int)text_length(prefix), fill = how->width - prefix_length - zeros - length;
    if (how->zeros && !how->left && how->precision < 0 && fill > 0) {
        zeros += fill;
        fill = 0;
    }
    if (!how->left)
        put_times(out, ' ', fill);
    while (*prefix)
        put(out, *prefix++);
    put_times(out, '0', zeros);
    for (int i = 0; i < length; i++)
        put(out, text[i]);
    if (how->left)
        put_times(out, ' ', fill);
}

static void put_number(struct output *out, const struct conversion *how, const char *prefix, uint64_t value, uint32_t base,
                       const char *letters)
{
    char digits[24], *end = digits + sizeof digits, *first = end;
    for (; value >> 32; value /= base)
        *--first = letters[value % base];
    for (uint32_t small = (uint32_t)value; small; small /= base)
        *--first = letters[small % base];
    int length = (int)(end - first), least = how->precision < 0 ? 1 : how->precision;
    put_field(out, how, prefix, first, length, length < least ? least - length : 0);
}

static int64_t signed_argument(const struct conversion *how, va_list *arguments)
{
    if (how->longs > 1)
        return va_arg(*arguments, int64_t);
    int32_t value = va_arg(*arguments, int32_t);
    return how->shorts == 1 ? (int16_t)value : how->shorts > 1 ? (int8_t)value : value;
}

static uint64_t unsigned_argument(const struct conversion *how, va_list *arguments)
{
    if (how->longs > 1)
        return va_arg(*arguments, uint64_t);
    uint32_t value = va_arg(*arguments, uint32_t);
    return how->shorts == 1 ? (uint16_t)value : how->shorts > 1 ? (uint8_t)value : value;
}

static void put_signed(struct output *out, const struct conversion *how, va_list *arguments)
{
    int64_t value = signed_argument(how, arguments);
    const char *sign = value < 0 ? "-" : how->plus ? "+" : how->space ? " " : "";
    put_number(out, how, sign, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, "0123456789");
}

static void put_hex(struct output *out, const struct conversion *how, char kind, va_list *arguments)
{
    uint64_t value = unsigned_argument(how, arguments);
    const char *prefix = how->alternate && value ? (kind == 'X' ? "0X" : "0x") : "";
    put_number(out, how, prefix, value, 16, kind == 'X' ? "0123456789ABCDEF" : "0123456789abcdef");
}

static void put_text(struct output *out, const struct conversion *how, const char *text)
{
    int length = 0;
    text = text ? text : "(null)";
    while ((how->precision < 0 || length < how->precision) && text[length])
        length++;
    struct conversion plain = *how;
    plain.zeros = false;
    put_field(out, &plain, "", text, length, 0);
}

static void put_char(struct output *out, const struct conversion *how, char c)
{
    struct conversion plain = *how;
    plain.zeros = false;
    put_field(out, &plain, "", &c, 1, 0);
}

static bool is_flag(struct conversion *how, char c)
{
    how->left |= c == '-';
    how->zeros |= c == '0';
    how->plus |= c == '+';
    how->space |= c == ' ';
    how->alternate |= c == '#';
    return c == '-' || c == '0' || c == '+' || c == ' ' || c == '#';
}

static int number(const char **format, va_list *arguments)
{
    int value = 0;
    if (**format == '*') {
        (*format)++;
        return va_arg(*arguments, int);
    }
    while (**format >= '0' && **format <= '9')
        value = value * 10 + (*(*format)++ - '0');
    return value;
}

static void lengths(const char **format, struct conversion *how)
{
    for (;; (*format)++) {
        if (**format == 'l')
            how->longs++;
        else if (**format == 'h')
            how->shorts++;
        else if (**format != 'z' && **format != 't')
            return;
    }
}

/* `*format` points behind the per cent sign; afterwards at the letter of the conversion. */
static struct conversion parse(const char **format, va_list *arguments)
{
    struct conversion how = {.precision = -1};
    while (is_flag(&how, **format))
        (*format)++;
    how.width = number(format, arguments);
    if (how.width < 0) {
        how.left = true;
        how.width = -how.width;
    }
    if (**format == '.') {
        (*format)++;
        how.precision = number(format, arguments);
    }
    lengths(format, &how);
    return how;
}

static void convert(struct output *out, const struct conversion *how, char kind, va_list *arguments)
{
    switch (kind) {
    case 'd': case 'i': put_signed(out, how, arguments); break;
    case 'u': put_number(out, how, "", unsigned_argument(how, arguments), 10, "0123456789"); break;
    case 'x': case 'X': put_hex(out, how, kind, arguments); break;
    case 'p': put_number(out, how, "0x", va_arg(*arguments, uint32_t), 16, "0123456789abcdef"); break;
    case 'c': put_char(out, how, (char)va_arg(*arguments, int)); break;
    case 's': put_text(out, how, va_arg(*arguments, const char *)); break;
    default: put(out, kind); break;
    }
}

int vformat_text(char *text, uint32_t capacity, const char *format, va_list arguments)
{
    struct output out = {.text = text, .room = capacity ? capacity - 1 : 0};
    va_list copy;
    va_copy(copy, arguments);
    while (*format) {
        char c = *format++;
        if (c != '%') {
            put(&out, c);
            continue;
        }
        struct conversion how = parse(&format, &copy);
        if (!*format)
            break;
        convert(&out, &how, *format++, &copy);
    }
    va_end(copy);
    if (capacity)
        text[out.length < out.room ? out.length : out.room] = 0;
    return (int)out.length;
}
STUB_IS(vsnprintf, vformat_text);

int format_text(char *out, uint32_t capacity, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vformat_text(out, capacity, format, arguments);
    va_end(arguments);
    return length;
}
