/*
 * The file system on the host, with a formatted card:
 *   IMAGE torture SEED STEPS CUTS   random steps and losses of power (torture.c)
 *   IMAGE cases                     what has to be so in certain cases (cases.c)
 *   IMAGE large                     a file as large as FAT allows; the card needs 4 GiB (large.c)
 *   IMAGE damage SEED STEPS         a card with nonsense on it (damage.c)
 */
#include <stdlib.h>
#include <string.h>

#include "card.h"
#include "cases.h"
#include "fs/fs.h"
#include "host.h"
#include "torture.h"

void fs_start(void);

static uint64_t number(const char *word)
{
    return strtoull(word, NULL, 0);
}

static void start(const char *image)
{
    struct fs_drive drive;
    card_load(image);
    fs_start();
    if (fs_drive('B', &drive))
        give_up("%s cannot be mounted", image);
}

int main(int count, char *words[])
{
    const char *what = count > 2 ? words[2] : "";
    if (count > 2)
        start(words[1]);
    if (count == 6 && !strcmp(what, "torture"))
        torture(number(words[3]), (uint32_t)number(words[4]), (uint32_t)number(words[5]));
    else if (count == 3 && !strcmp(what, "cases"))
        cases();
    else if (count == 3 && !strcmp(what, "large"))
        large_file();
    else if (count == 5 && !strcmp(what, "damage"))
        damage(number(words[3]), (uint32_t)number(words[4]));
    else
        give_up("usage: IMAGE torture SEED STEPS CUTS | cases | large | damage SEED STEPS");
    card_save();
    return 0;
}
