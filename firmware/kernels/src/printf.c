/* Formatted text: the kind of lines that a camera's log has. */
#include "kernels.h"
#include "lib.h"

static uint32_t add(uint32_t sum, const char *line, int length)
{
    return mix_bytes(mix(sum, (uint32_t)length), line, str_length(line));
}

static uint32_t log_lines(uint32_t sum, struct random *r)
{
    static const char *const tasks[] = { "PropMgr", "Startup", "GuiMainTask", "FileMgr" };
    char line[96];
    uint32_t a = random_next(r), b = random_next(r), c = random_next(r);
    int n = format(line, sizeof line, "[%s:%08x] %s (%d) at %d.%06u", tasks[a & 3], (unsigned)b, "register", (int)c,
                   (int)(a >> 12), (unsigned)(c % 1000000));
    sum = add(sum, line, n);
    n = format(line, sizeof line, "%5d|%-5d|%05d|%+d|% d|%.3d", (int)(a >> 18) - 5000, (int)(b & 999), (int)(c >> 20),
               (int)(a & 77), (int)(b & 99), (int)(c & 7));
    sum = add(sum, line, n);
    n = format(line, sizeof line, "%#x %X %o %c%c %10s|%-10s|%.2s %%", (unsigned)a, (unsigned)(b & 0xFFF), (unsigned)(c >> 9),
               'A' + (int)(a % 26), 'a' + (int)(b % 26), tasks[b & 3], tasks[c & 3], tasks[a >> 30]);
    sum = add(sum, line, n);
    n = format(line, sizeof line, "%llu %lld %016llx %hd %*d", (unsigned long long)a * b, (long long)(int32_t)a * (int32_t)c,
               (unsigned long long)b << 20, (short)c, (int)(a & 15), (int)b);
    sum = add(sum, line, n);
    n = format(line, 16, "cut %s %u off here", tasks[2], (unsigned)c);
    return add(sum, line, n);
}

uint32_t printf_kernel(uint32_t rounds)
{
    uint32_t sum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        struct random r = random_for(round, 0x9F2D);
        for (int i = 0; i < 20; i++)
            sum = log_lines(sum, &r);
    }
    return sum;
}
