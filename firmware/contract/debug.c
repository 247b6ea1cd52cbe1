/* Formatted text and debug messages. */
#include "groups.h"

static char text[64];

static int format(const char *how, ...)
{
    va_list arguments;
    va_start(arguments, how);
    int length = vsnprintf(text, sizeof text, how, arguments);
    va_end(arguments);
    return length;
}

static bool is(const char *wanted)
{
    uint32_t i = 0;
    while (wanted[i] && text[i] == wanted[i])
        i++;
    return wanted[i] == text[i];
}

static int cut(const char *how, ...)
{
    va_list arguments;
    va_start(arguments, how);
    int length = vsnprintf(text, 4, how, arguments);
    va_end(arguments);
    return length;
}

static void formats(void)
{
    check(format("%d %i %u", -5, 7, 4000000000u) == 15 && is("-5 7 4000000000"), "%d %i %u");
    format("%x %X %08x %#x", 0xab, 0xAB, 0x1234, 16);
    check(is("ab AB 00001234 0x10"), "%x %X");
    format("[%5d|%-5d|%05d|%+d]", 42, 42, 42, 42);
    check(is("[   42|42   |00042|+42]"), "width and flags");
    format("%s %.2s %5s %-5s|", "one", "two", "ab", "cd");
    check(is("one tw    ab cd   |"), "%s");
    format("%*d %.*s %c%%", 4, 7, 3, "abcdef", 'x');
    check(is("   7 abc x%"), "* and %c");
    format("%.3d %5.3d", 7, 7);
    check(is("007   007"), "precision of numbers");
    format("%d %x", -2147483647 - 1, 0);
    check(is("-2147483648 0"), "the smallest number, and 0");
    check(cut("%s", "abcdef") == 6 && is("abc"), "cut to the buffer, the length told in full");
}

void debug_contract(void)
{
    group("debug");
    formats();
    DryosDebugMsg(0x32, 3, "contract message %d", 42);
    check(true, "a message was sent");
}
