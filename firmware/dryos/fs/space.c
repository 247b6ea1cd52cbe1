/* Free clusters: finding, taking, giving back, counting; and the sector of a FAT32 volume that tells their number. */
#include "kernel/memory.h"
#include "volume.h"

#define INFO_FREE 488
#define INFO_NEXT 492

static void put32(uint8_t *bytes, uint32_t value)
{
    for (uint32_t i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
}

static int write_info(struct volume *volume, uint32_t free_clusters, uint32_t next)
{
    uint8_t *data = sector_get(volume, volume->info_sector);
    if (!data)
        return FS_CARD_FAILED;
    put32(data + INFO_FREE, free_clusters);
    put32(data + INFO_NEXT, next);
    return sector_put(volume, volume->info_sector);
}

/* Before the table changes: the number on the card is no longer true. */
static int untell(struct volume *volume)
{
    if (!volume->info_told)
        return FS_OK;
    volume->info_told = false;
    return write_info(volume, UNKNOWN, UNKNOWN);
}

int space_tell(struct volume *volume)
{
    int error = table_flush(volume);
    if (error || !volume->info_sector || volume->info_told || volume->free_clusters == UNKNOWN)
        return error;
    volume->info_told = true;
    return write_info(volume, volume->free_clusters, volume->search_from);
}

static uint32_t end_of_clusters(const struct volume *volume)
{
    return volume->clusters + FIRST_CLUSTER;
}

/* The next row of free clusters from `cluster` on, at most `most` long; a count of 0 when there is none before `end`. */
static int free_run(struct volume *volume, uint32_t cluster, uint32_t end, uint32_t most, struct run *run)
{
    int error = table_find(volume, cluster, end, true, &run->first);
    if (error)
        return error;
    uint32_t limit = end - run->first < most ? end : run->first + most;
    uint32_t behind;
    error = table_find(volume, run->first, limit, false, &behind);
    run->count = behind - run->first;
    return error;
}

int space_count(struct volume *volume)
{
    uint32_t total = 0, end = end_of_clusters(volume);
    for (uint32_t at = FIRST_CLUSTER; volume->free_clusters == UNKNOWN;) {
        struct run run;
        int error = free_run(volume, at, end, end, &run);
        if (error)
            return error;
        if (run.count == 0)
            volume->free_clusters = total;
        total += run.count;
        at = run.first + run.count;
    }
    return FS_OK;
}

/* Rows of free clusters for `count`, from `at` on and then from the beginning; returns how many rows, 0 on a full card. */
static int find_runs(struct volume *volume, uint32_t at, uint32_t count, struct run *runs)
{
    uint32_t end = end_of_clusters(volume), rows = 0;
    uint32_t start = at;
    bool turned = false;
    while (count && rows < RUNS_AT_ONCE) {
        int error = free_run(volume, at, turned ? start : end, count, &runs[rows]);
        if (error)
            return error;
        if (runs[rows].count == 0) {
            if (turned)
                break;
            turned = true;
            at = FIRST_CLUSTER;
            continue;
        }
        at = runs[rows].first + runs[rows].count;
        count -= runs[rows++].count;
    }
    return (int)rows;
}

/* Marks a row of clusters as one piece of a chain that goes on at `next`, from its end to its beginning. */
static int chain_run(struct volume *volume, const struct run *run, uint32_t next)
{
    for (uint32_t i = run->count; i--;) {
        int error = table_set(volume, run->first + i, next);
        if (error)
            return error;
        next = run->first + i;
    }
    return FS_OK;
}

static int chain_runs(struct volume *volume, uint32_t last, uint32_t rows, uint32_t *first)
{
    uint32_t next = TABLE_END, total = 0;
    for (uint32_t i = rows; i--;) {
        int error = chain_run(volume, &volume->runs[i], next);
        if (error)
            return error;
        next = volume->runs[i].first;
        total += volume->runs[i].count;
    }
    *first = next;
    int error = last == NO_CLUSTER ? FS_OK : table_set(volume, last, next);
    if (!error)
        error = table_flush(volume);
    return error ? error : (int)total;
}

/* Right behind `last` if that is free, else where the last search ended. */
static int search_start(struct volume *volume, uint32_t last, uint32_t *start)
{
    uint32_t value;
    *start = volume->search_from;
    if (last == NO_CLUSTER || !cluster_exists(volume, last + 1))
        return FS_OK;
    int error = table_get(volume, last + 1, &value);
    if (!error && value == TABLE_FREE)
        *start = last + 1;
    return error;
}

int space_extend(struct volume *volume, uint32_t last, uint32_t count, uint32_t *first)
{
    uint32_t start;
    int result = search_start(volume, last, &start);
    if (!result)
        result = find_runs(volume, start, count, volume->runs);
    if (result == 0)
        return FS_CARD_FULL;
    if (result > 0) {
        int error = untell(volume);
        const struct run *end = &volume->runs[result - 1];
        volume->search_from = end->first + end->count;
        result = error ? error : chain_runs(volume, last, (uint32_t)result, first);
    }
    if (result > 0 && volume->free_clusters != UNKNOWN)
        volume->free_clusters -= (uint32_t)result;
    return result;
}

int space_take_two(struct volume *volume, uint32_t first, uint32_t second)
{
    int error = untell(volume);
    if (!error)
        error = table_set(volume, first, TABLE_END);
    if (!error)
        error = table_set(volume, second, TABLE_END);
    if (!error)
        error = table_flush(volume);
    if (!error && volume->free_clusters != UNKNOWN)
        volume->free_clusters -= 2;
    return error;
}

int space_free_chain(struct volume *volume, uint32_t first)
{
    int error = first == NO_CLUSTER ? FS_OK : untell(volume);
    while (!error && first != NO_CLUSTER) {
        uint32_t next;
        error = table_next(volume, first, &next);
        if (!error)
            error = table_set(volume, first, TABLE_FREE);
        if (!error && volume->free_clusters != UNKNOWN)
            volume->free_clusters++;
        first = next;
    }
    int flushed = table_flush(volume);
    return error ? error : flushed;
}
