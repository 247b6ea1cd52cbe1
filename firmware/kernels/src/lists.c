/* Linked structures: sorted insertion, merge sort, removal, a binary tree, chains of a hash table. */
#include "kernels.h"
#include "lib.h"

enum { NODES = 256, BUCKETS = 32 };

struct node {
    struct node *next, *left, *right;
    uint32_t key;
};

static struct node pool[NODES];
static struct node *buckets[BUCKETS];

static struct node *insert_sorted(struct node *head, struct node *node)
{
    struct node **link = &head;
    while (*link && (*link)->key < node->key)
        link = &(*link)->next;
    node->next = *link;
    *link = node;
    return head;
}

static struct node *reverse(struct node *head)
{
    struct node *out = NULL;
    while (head) {
        struct node *next = head->next;
        head->next = out;
        out = head;
        head = next;
    }
    return out;
}

static struct node *merge(struct node *a, struct node *b)
{
    struct node *head = NULL, **tail = &head;
    while (a && b) {
        struct node **smaller = a->key <= b->key ? &a : &b;
        *tail = *smaller;
        tail = &(*smaller)->next;
        *smaller = *tail;
    }
    *tail = a ? a : b;
    return head;
}

static struct node *merge_sort(struct node *head)
{
    if (!head || !head->next)
        return head;
    struct node *slow = head, *fast = head->next;
    while (fast && fast->next) {
        slow = slow->next;
        fast = fast->next->next;
    }
    struct node *second = slow->next;
    slow->next = NULL;
    return merge(merge_sort(head), merge_sort(second));
}

static struct node *remove_multiples(struct node *head, uint32_t of)
{
    struct node **link = &head;
    while (*link) {
        if ((*link)->key % of == 0)
            *link = (*link)->next;
        else
            link = &(*link)->next;
    }
    return head;
}

static uint32_t walk(uint32_t sum, const struct node *head)
{
    for (; head; head = head->next)
        sum = mix(sum, head->key);
    return sum;
}

static struct node *tree_insert(struct node *root, struct node *node)
{
    struct node **link = &root;
    while (*link)
        link = node->key < (*link)->key ? &(*link)->left : &(*link)->right;
    node->left = node->right = NULL;
    *link = node;
    return root;
}

static uint32_t tree_walk(uint32_t sum, const struct node *root)
{
    if (!root)
        return sum;
    sum = tree_walk(sum, root->left);
    return tree_walk(mix(sum, root->key), root->right);
}

static uint32_t hashed(uint32_t sum, struct random *r)
{
    for (int i = 0; i < BUCKETS; i++)
        buckets[i] = NULL;
    for (int i = 0; i < NODES; i++) {
        struct node **bucket = &buckets[pool[i].key * 2654435761u >> 27];
        pool[i].next = *bucket;
        *bucket = &pool[i];
    }
    for (int i = 0; i < NODES; i++) {
        uint32_t key = random_next(r) & 1023, depth = 0;
        const struct node *node = buckets[key * 2654435761u >> 27];
        for (; node && node->key != key; node = node->next)
            depth++;
        sum = mix(sum, depth << 1 | (node != NULL));
    }
    return sum;
}

uint32_t lists_kernel(uint32_t rounds)
{
    uint32_t sum = 0;
    for (uint32_t round = 0; round < rounds; round++) {
        struct random r = random_for(round, 0x1157);
        struct node *sorted = NULL, *plain = NULL, *tree = NULL;
        for (int i = 0; i < NODES; i++) {
            pool[i].key = random_next(&r) & 1023;
            if (i < 96)
                sorted = insert_sorted(sorted, &pool[i]);
        }
        sum = walk(sum, reverse(sorted));
        for (int i = 0; i < NODES; i++) {
            pool[i].next = plain;
            plain = &pool[i];
            tree = tree_insert(tree, &pool[i]);
        }
        sum = walk(sum, remove_multiples(merge_sort(plain), 3));
        sum = tree_walk(sum, tree);
        sum = hashed(sum, &r);
    }
    return sum;
}
