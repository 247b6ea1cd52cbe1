/* Memory suites and the buffers for raw pictures. */
#include "groups.h"

#define MIB (1024u * 1024)

static void *answered;
static struct suite *volatile given;
static volatile uint32_t seen_context;
static void *volatile picture;
static volatile uint32_t picture_bytes;

static bool same(const char *left, const char *right)
{
    while (*left && *left == *right)
        left++, right++;
    return *left == *right;
}

static void got_suite(uint32_t context, struct suite *suite)
{
    seen_context = context;
    given = suite;
    give_semaphore(answered);
}

static void freed(uint32_t context)
{
    seen_context = context;
    give_semaphore(answered);
}

static struct suite *allocate(uint32_t bytes)
{
    given = 0;
    AllocateMemoryResource(bytes, got_suite, bytes, 0x50);
    return take_semaphore(answered, 200) == 0 ? given : 0;
}

static void give_back(struct suite *suite)
{
    FreeMemoryResource(suite, freed, 5);
    take_semaphore(answered, 200);
}

static uint32_t chunk_bytes(struct suite *suite, uint32_t *chunks)
{
    uint32_t bytes = 0;
    *chunks = 0;
    for (struct chunk *chunk = GetFirstChunkFromSuite(suite); chunk; chunk = GetNextMemoryChunk(suite, chunk)) {
        bytes += chunk->bytes;
        ++*chunks;
    }
    return bytes;
}

static void large_suite(void)
{
    uint32_t chunks, bytes = 40 * MIB;
    struct suite *suite = allocate(bytes);
    check(suite && same(suite->signature, "MemSuite"), "40 MiB come as a suite");
    if (!suite)
        return;
    check(suite->bytes >= bytes && seen_context == bytes, "of the size, with the context");
    check(chunk_bytes(suite, &chunks) == suite->bytes && chunks == suite->chunks, "whose chunks add up");
    struct chunk *first = GetFirstChunkFromSuite(suite);
    check(same(first->signature, "MemChunk") && GetMemoryAddressOfMemoryChunk(first), "and have addresses");
    give_back(suite);
    check(seen_context == 5, "freeing calls back");
}

static void queued(void)
{
    struct suite *all = allocate(30 * MIB);
    given = 0;
    AllocateMemoryResource(1024 * MIB, got_suite, 1, 0x50);
    check(take_semaphore(answered, 100) != 0 && !given, "too much is not answered");
    AllocateMemoryResource(10 * MIB, got_suite, 2, 0x50);
    check(take_semaphore(answered, 100) == 0 && seen_context == 2, "later requests are");
    give_back(given);
    give_back(all);
}

static void contiguous(void)
{
    uint32_t chunks;
    given = 0;
    AllocateContinuousMemoryResource(8 * MIB, got_suite, 3, 0x50);
    check(take_semaphore(answered, 200) == 0 && given, "8 MiB in one piece");
    check(given && chunk_bytes(given, &chunks) >= 8 * MIB && chunks == 1, "are one chunk");
    give_back(given);
}

static void by_hand(void)
{
    static uint8_t one[64], two[128];
    struct suite *suite = CreateMemorySuite(one, sizeof one, 0);
    AddMemoryChunk(suite, CreateMemoryChunk(two, sizeof two, 0));
    uint32_t chunks, bytes = chunk_bytes(suite, &chunks);
    check(suite->bytes == 192 && bytes == 192 && chunks == 2, "a suite made by hand");
    check(GetMemoryAddressOfMemoryChunk(GetFirstChunkFromSuite(suite)) == one, "in order");
    DeleteMemorySuite(suite);
}

static void got_picture(void **where, void *buffer, uint32_t bytes)
{
    *where = buffer;
    picture_bytes = bytes;
    give_semaphore(answered);
}

static void pictures(void)
{
    picture = 0;
    SRM_AllocateMemoryResourceFor1stJob(got_picture, (void **)&picture);
    check(take_semaphore(answered, 200) == 0 && picture, "a picture's buffer");
    check(picture_bytes == ADDRESS(raw_buffer_bytes), "of the camera's size");
    SRM_FreeMemoryResourceFor1stJob(picture, 0, 0);
    msleep(20);
}

void suites_contract(void)
{
    group("suites");
    answered = create_named_semaphore("answered", 0);
    large_suite();
    queued();
    contiguous();
    by_hand();
    pictures();
}
