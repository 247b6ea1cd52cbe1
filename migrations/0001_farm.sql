-- The farm's tables. Times are the database's own. Verdict, state and reason words are those of the crate `protocol`.

-- Bytes, cut into chunks that are shared between blobs (ROM sets of different cameras have most chunks in common).
create table chunk (
    digest bytea primary key check (octet_length(digest) = 32),
    bytes  bytea not null
);
alter table chunk alter column bytes set storage external;

create table blob (
    digest     bytea primary key check (octet_length(digest) = 32),
    size       bigint not null check (size >= 0),
    created_at timestamptz not null default now()
);

create table blob_chunk (
    blob   bytea not null references blob on delete cascade,
    seq    integer not null,
    digest bytea not null references chunk,
    primary key (blob, seq)
);
create index blob_chunk_digest on blob_chunk (digest);

-- Access.
create table token (
    id         uuid primary key,
    name       text not null,
    hash       bytea not null unique,          -- SHA-256 of the secret
    scopes     text[] not null,                -- read, submit, worker, admin
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    used_at    timestamptz
);

create table session (
    hash       bytea primary key,              -- SHA-256 of the cookie
    token      uuid not null references token on delete cascade,
    created_at timestamptz not null default now(),
    seen_at    timestamptz not null default now()
);

create table audit (
    id    bigint generated always as identity primary key,
    at    timestamptz not null default now(),
    actor text not null,                       -- token or worker name
    verb  text not null,
    what  text not null
);

-- What can be run.
create table camera (
    name       text primary key,
    generation text not null,
    cards      text[] not null,
    roms       jsonb not null,                 -- {"ROM1.BIN": 16777216, …}
    toml       text,                           -- only for cameras added at run time
    position   integer not null,               -- order of lists
    created_at timestamptz not null default now()
);

create table rom_set (
    id         uuid primary key,
    camera     text not null references camera,
    firmware   text not null,
    created_at timestamptz not null default now(),
    content    bytea not null,                 -- digest over slots and file digests: the same files are one set
    unique (camera, firmware, content)
);

create table rom_file (
    rom_set uuid not null references rom_set on delete cascade,
    slot    text not null check (slot in ('rom0', 'rom1', 'sfdata')),
    blob    bytea not null references blob,
    size    bigint not null,
    primary key (rom_set, slot)
);

create table build (
    id         uuid primary key,
    name       text not null,
    upload     bytea not null references blob,
    created_at timestamptz not null default now(),
    created_by text not null default ''
);

create table build_platform (
    build    uuid not null references build on delete cascade,
    camera   text not null references camera,
    firmware text,
    kind     text not null check (kind in ('autoexec', 'zip')),
    blob     bytea not null references blob,
    size     bigint not null,
    primary key (build, camera)
);

create table scenario (
    id          uuid primary key,
    name        text not null,
    description text not null,
    source      text not null,
    created_at  timestamptz not null default now()
);
create index scenario_name on scenario (name, created_at desc);

create table scenario_reference (
    scenario uuid not null references scenario on delete cascade,
    name     text not null,
    camera   text not null default '*',        -- '*' = every camera without its own
    blob     bytea not null references blob,
    primary key (scenario, name, camera)
);

-- What was asked for.
create table batch (
    id              uuid primary key,
    name            text not null,
    created_by      text not null default '',
    idempotency_key text,
    request_hash    bytea,                     -- the same key with another request is refused
    created_at      timestamptz not null default now(),
    finished_at     timestamptz,
    unique (created_by, idempotency_key)
);
create index batch_recent on batch (created_at desc, id desc);

create table job (
    id            uuid primary key,
    batch         uuid not null references batch on delete cascade,
    build         uuid not null references build,
    camera        text not null references camera,
    scenario      uuid not null references scenario,
    rom_set       uuid references rom_set,
    state         text not null default 'queued' check (state in ('queued', 'running', 'finished')),
    priority      smallint not null default 50,
    position      integer not null,            -- order inside the batch
    not_before    timestamptz not null default now(),
    attempts      integer not null default 0,
    infra_retries integer not null default 0,
    cancel        boolean not null default false,
    lease_until   timestamptz,
    worker        uuid,
    verdict       text,
    reason_code   text,
    reason_detail text,
    report        jsonb,
    queued_at     timestamptz not null default now(),
    claimed_at    timestamptz,
    finished_at   timestamptz,
    unique (batch, build, camera, scenario),
    check ((state = 'finished') = (verdict is not null)),
    check ((state = 'running') = (lease_until is not null))
) with (fillfactor = 80);
create index job_queue on job (priority, queued_at, position) where state = 'queued';
create index job_lease on job (lease_until) where state = 'running';
create index job_history on job (camera, scenario, finished_at desc);
create index job_camera on job (camera, queued_at desc);
create index job_build on job (build);

create table worker (
    id            uuid primary key,
    name          text not null,
    version       text not null,
    backend       text not null,
    sandbox       jsonb not null default '[]',
    registered_at timestamptz not null default now(),
    seen_at       timestamptz not null default now(),
    gone_at       timestamptz,
    jobs_done     bigint not null default 0,
    infra_streak  integer not null default 0,      -- attempts in a row that ended by the worker's own trouble
    quarantined_until timestamptz                  -- no claims before, after three of them
);

create table attempt (
    job            uuid not null references job on delete cascade,
    number         integer not null,
    worker         uuid not null references worker,
    secret_hash    bytea not null,
    outcome        text not null default 'running'
                   check (outcome in ('running', 'finished', 'infra-error', 'lost', 'released', 'cancelled')),
    finish_hash    bytea,                      -- digest of the finish call: the same one twice is fine
    supervisor_log text not null default '',
    next_event     bigint not null default 0,
    log_bytes      bigint not null default 0,
    log_cap        bigint not null default 0,      -- most log bytes taken
    frames         integer not null default 0,
    frame_cap      integer not null default 0,     -- most frames taken
    blob_bytes     bigint not null default 0,
    blob_cap       bigint not null default 0,      -- most uploaded bytes taken
    claimed_at     timestamptz not null default now(),
    ended_at       timestamptz,
    primary key (job, number)
);
create index attempt_worker on attempt (worker, claimed_at desc);

-- What came back, per attempt, so that a later try never mixes with an earlier one.
create table log_chunk (
    job     uuid not null,
    number  integer not null,
    start   bigint not null,                   -- offset of the first byte
    bytes   bytea not null,
    primary key (job, number, start),
    foreign key (job, number) references attempt on delete cascade
);

create table frame (
    job      uuid not null,
    number   integer not null,
    seq      integer not null,
    label    text not null,
    guest_ns bigint not null,
    width    integer not null,
    height   integer not null,
    led      text not null,
    blob     bytea not null references blob,
    primary key (job, number, seq),
    foreign key (job, number) references attempt on delete cascade
);

create table check_result (
    job      uuid not null references job on delete cascade,
    number   integer not null,                 -- 0: the rows written when the job was made
    step     integer not null,
    title    text not null,
    outcome  text not null check (outcome in ('passed', 'failed', 'not-reached')),
    detail   text not null default '',
    evidence jsonb not null default '[]',
    primary key (job, number, step)
);

create table job_step (
    job      uuid not null,
    number   integer not null,
    step     integer not null,
    title    text not null,
    guest_ns bigint not null,
    primary key (job, number, step),
    foreign key (job, number) references attempt on delete cascade
);

create table card_change (
    job    uuid not null,
    number integer not null,
    path   text not null,
    kind   text not null check (kind in ('added', 'changed', 'removed')),
    size   bigint not null,
    blob   bytea references blob,
    primary key (job, number, path),
    foreign key (job, number) references attempt on delete cascade
);

-- Every expected check of a job with the newest that is known of it: the current attempt's row, or the one written
-- when the job was made.
create view job_check as
select distinct on (r.job, r.step) r.job, r.number, r.step, r.title, r.outcome, r.detail, r.evidence
from check_result r join job j on j.id = r.job
where r.number in (0, j.attempts)
order by r.job, r.step, r.number desc;
