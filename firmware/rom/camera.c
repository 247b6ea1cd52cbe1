/* Which camera this is: the name stamped into the image picks a row of cameras.tsv. */
#include "rom.h"

static const struct camera cameras[] = {
#include "cameras.inc"
};

static const struct camera *found;

const struct camera *camera_facts(void)
{
    return found;
}

bool camera_find(void)
{
    for (uint32_t i = 0; i < sizeof cameras / sizeof *cameras; i++) {
        if (memcmp(cameras[i].name, camera_stamp, sizeof cameras[i].name) == 0)
            found = &cameras[i];
    }
    return found != 0;
}
