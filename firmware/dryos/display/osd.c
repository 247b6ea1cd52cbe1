/*
 * The two OSD buffers: 960x540 bytes each, of which the LCD shows 720x480. ML draws into the same two, and finds them by the
 * address of the shown one (reference open-firmware.md section 3.5).
 */
#include "display/display.h"
#include "kernel/camera.h"
#include "kernel/memory.h"
#include "kernel/offer.h"
#include "kernel/registers.h"
#include "palette.h"

#define PITCH 960u
#define BUFFER_BYTES (PITCH * 540u)
#define CROP_OFFSET 0x70F8u /* from the start of a buffer to what the LCD shows */

#define DISPLAY_UPDATE 0xC0F14000u
#define DISPLAY_INTERRUPT 0xC0F1401Cu
#define OSD_ADDRESS_A 0xC0F140D0u
#define OSD_ADDRESS_B 0xC0F140D4u

/* Records of three words; ML reads the third of the second. */
#define SHOWN_BUFFER_OFFSET (12u + 8u)

static uint8_t *uncached(uint32_t address)
{
    return (uint8_t *)(address | UNCACHED);
}

static int clip(int value, int limit)
{
    return value < 0 ? 0 : value > limit ? limit : value;
}

void osd_box(int x, int y, int width, int height, uint8_t colour)
{
    int left = clip(x, OSD_WIDTH), right = clip(x + width, OSD_WIDTH);
    int top = clip(y, OSD_HEIGHT), bottom = clip(y + height, OSD_HEIGHT);
    for (int row = top; row < bottom && left < right; row++)
        memset(uncached(camera->osd_back) + (uint32_t)row * PITCH + left, colour, (uint32_t)(right - left));
}

void osd_show(void)
{
    for (uint32_t row = 0; row < OSD_HEIGHT && osd_is_ours(); row++)
        memcpy(uncached(camera->osd_front) + row * PITCH, uncached(camera->osd_back) + row * PITCH, OSD_WIDTH);
}

bool osd_is_ours(void)
{
    return WORD(osd_owned) == 0;
}

/* ML waits for the address before it draws anything, so the palette comes first. */
static void osd_start(void)
{
    memset(uncached(camera->osd_front - CROP_OFFSET), OSD_TRANSPARENT, BUFFER_BYTES);
    memset(uncached(camera->osd_back - CROP_OFFSET), OSD_TRANSPARENT, BUFFER_BYTES);
    palette_load();
    reg_write(OSD_ADDRESS_A, camera->osd_front);
    reg_write(OSD_ADDRESS_B, camera->osd_front);
    reg_write(DISPLAY_INTERRUPT, 0);
    reg_write(DISPLAY_UPDATE, 1);
    *(volatile uint32_t *)(camera->bmp_vram_info + SHOWN_BUFFER_OFFSET) = camera->osd_front;
}
AT_START(START_DEVICES, osd_start);
